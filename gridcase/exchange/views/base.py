"""The room's blueprint and its entries in the navigation."""

from __future__ import annotations

from flask import Blueprint

from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.web.frame import NavItem

bp = Blueprint("exchange", __name__, url_prefix="/exchange")
CASE_PAGES = frozenset({"exchange.import_cases", "exchange.confirm_import"})
REGISTER_PAGES = frozenset(
    f"exchange.{name}"
    for name in ("index", "upload", "show", "columns", "confirm", "drop", "template", "export", "marked")
)
NAV = (
    NavItem(
        key="registers",
        label=N_("台账导入导出"),
        endpoint="exchange.index",
        icon="import",
        needs=frozenset({Permission.IMPORT_REGISTERS, Permission.EXPORT_REGISTERS}),
        order=48,
        group="registers",
        pages=REGISTER_PAGES,
    ),
    NavItem(
        key="exchange",
        label=N_("导入"),
        endpoint="exchange.import_cases",
        icon="import",
        needs=frozenset({Permission.IMPORT_CASES}),
        order=70,
        pages=CASE_PAGES,
    ),
)
