"""Checking what was sealed: a home its own entries, a village its published totals."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from gridcase.core.permissions import Permission
from gridcase.households import queries as households
from gridcase.points import queries
from gridcase.points.views.base import bp, village_of
from gridcase.web.access import needs, viewer


@bp.get("/household/<int:household_id>/check")
@needs(Permission.SEE_POINTS)
def check_home(household_id: int) -> ResponseReturnValue:
    """Every entry of a home against its seal, and its purses against its entries."""
    home = households.get_household(household_id, viewer=viewer(), permission=Permission.SEE_POINTS)
    return render_template(
        "points/check_home.html", home=home, found=queries.check_home(home.id, viewer=viewer()),
        state=queries.seal_state_of_home(home.id, viewer=viewer()),
    )  # fmt: skip


@bp.get("/check")
@needs(Permission.SEE_POINTS)
def check_village() -> ResponseReturnValue:
    """A village's chain, its books, and what it published against its entries."""
    boards = queries.boards(viewer())
    if not boards:
        return render_template("points/none.html")
    village = village_of(boards)
    return render_template(
        "points/check_village.html", village=village, boards=boards, state=queries.seal_state(village.id),
        found=queries.check_village(village.id),
    )  # fmt: skip
