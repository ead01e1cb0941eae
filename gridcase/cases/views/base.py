"""The blueprint of the room and its entry in the navigation."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.web.filters import in_language
from gridcase.web.frame import NavItem

bp = Blueprint("cases", __name__, url_prefix="/cases")

NAV = (
    NavItem(
        key="cases", label=N_("事件"), endpoint="cases.index", icon="case", needs=frozenset({Permission.SEE_CASE}),
        order=10, phone=True,
    ),
    NavItem(
        key="duties", label=N_("履职清单"), endpoint="cases.duties", icon="check",
        needs=frozenset({Permission.MANAGE_TOWN}), order=49, group="registers",
        pages=frozenset({"cases.duties", "cases.new_duty", "cases.edit_duty", "cases.import_duties"}),
    ),
)  # fmt: skip


def class_name(row: Any) -> str:
    """The name of a class in the reader's language."""
    return in_language(zh=row.zh, en=row.en)
