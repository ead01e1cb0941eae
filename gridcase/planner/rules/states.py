"""The life of a proposal and what may be asked of the planner. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from gridcase.core.words import N_, Text


class PlanState(StrEnum):
    """From asked for to confirmed. Nothing in the village changes before `CONFIRMED`."""

    WAITING = "waiting"
    RUNNING = "running"
    DRAFT = "draft"
    SHOWN = "shown"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    OUTDATED = "outdated"
    FAILED = "failed"

    @property
    def label(self) -> Text:
        """The word."""
        return _LABELS[self]


_LABELS = {
    PlanState.WAITING: N_("排队中"),
    PlanState.RUNNING: N_("计算中"),
    PlanState.DRAFT: N_("草案"),
    PlanState.SHOWN: N_("已提交村里"),
    PlanState.CONFIRMED: N_("已确认"),
    PlanState.REFUSED: N_("未采用"),
    PlanState.OUTDATED: N_("已过时"),
    PlanState.FAILED: N_("没有算成"),
}

UNDER_WAY = frozenset({PlanState.WAITING, PlanState.RUNNING})
OPEN = frozenset({PlanState.DRAFT, PlanState.SHOWN})
SECONDS = (5, 20, 60)  # what a person may wait for one village
SETTING_KEY = "planner"


@dataclass(frozen=True)
class Wishes:
    """What a village or county sets for its plans. Metres and weights; see docs/planner.md."""

    stay_metres: float = 200.0
    first: int = 3
    second: int = 2
    third: int = 1
    own_home: bool = True
    change_metres: float = 50.0
    uneven_metres: float = 30.0

    def as_json(self) -> dict[str, Any]:
        """For the setting of a place and the record of a plan."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any] | None) -> Wishes:
        """Read a setting; what it does not name keeps its default."""
        known = {key: value for key, value in (stored or {}).items() if key in cls.__dataclass_fields__}
        return cls(**known)
