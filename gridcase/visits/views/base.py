"""The blueprint of the room and its entries in the navigation."""

from __future__ import annotations

from flask import Blueprint

from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.web.frame import NavItem

bp = Blueprint("visits", __name__, url_prefix="/visits")
NAV = (
    NavItem(
        key="visits",
        label=N_("今天"),
        endpoint="visits.index",
        icon="today",
        needs=frozenset({Permission.LOG_VISIT}),
        order=5,
        phone=True,
        group="day",
    ),
    NavItem(
        key="sheet",
        label=N_("纸质周表"),
        endpoint="visits.sheet",
        icon="print",
        needs=frozenset({Permission.LOG_VISIT}),
        order=7,
        group="day",
        pages=frozenset({"visits.sheet", "visits.enter_sheet"}),
    ),
    NavItem(
        key="visit_signs",
        label=N_("限定研判"),
        endpoint="visits.signs",
        icon="lock",
        needs=frozenset({Permission.SEE_SENSITIVE_FACTORS}),
        order=22,
        group="homes",
        pages=frozenset({"visits.signs"}),
    ),
)
