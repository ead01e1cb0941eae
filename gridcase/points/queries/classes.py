"""A home's points of the year by the classes of its village's scheme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gridcase.points.queries.periods import home_points
from gridcase.points.queries.schemes import scheme_of
from gridcase.points.rules import Board, weighted


@dataclass(frozen=True)
class Classes:
    """Points by class, in the order of the card; `index` weighs them where the classes weigh differently."""

    sums: tuple[tuple[Board, int], ...]
    index: int | None

    @property
    def most(self) -> int:
        """The longest bar."""
        return max((points for _, points in self.sums), default=0)


def classes_of(household_id: int, *, village_id: int, on: date) -> Classes | None:
    """This year's points of a home by class; None where its village has no scheme or the home no points by it."""
    scheme = scheme_of(village_id, on=on)
    if scheme is None:
        return None
    rows = home_points(village_id, starts_on=date(on.year, 1, 1), ends_on=on, household_id=household_id)
    totals = {row.board: row.points for row in rows}
    boards = list(scheme.boards.values())
    if not any(totals.get(board.code) for board in boards):
        return None
    sums = tuple((board, totals.get(board.code, 0)) for board in boards)
    return Classes(sums, weighted(totals, boards) if scheme.weights_differ else None)
