"""The blueprint of the room and its entry in the navigation."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from gridcase.cases.models import Case
from gridcase.core.clock import town_day
from gridcase.core.permissions import Permission
from gridcase.core.words import N_, Text
from gridcase.web.filters import in_language, show_date
from gridcase.web.frame import NavItem

bp = Blueprint("cases", __name__, url_prefix="/cases")

NAV = (
    NavItem(
        key="cases", label=N_("事件"), endpoint="cases.index", icon="case", needs=frozenset({Permission.SEE_CASE}),
        order=10, phone=True, group="cases",
    ),
    NavItem(
        key="duties", label=N_("履职清单"), endpoint="cases.duties", icon="check",
        needs=frozenset({Permission.MANAGE_TOWN}), order=49, group="registers",
        pages=frozenset({"cases.duties", "cases.new_duty", "cases.edit_duty", "cases.import_duties"}),
    ),
)  # fmt: skip


def rules_from(case: Case) -> Text:
    """Which version of the catalogue a case is under, and since when it was in force."""
    version = case.class_version
    if version is None:
        return N_("按类别目录的示例默认值")
    words = {"number": version.number, "day": show_date(town_day(version.since))}
    if version.place_id == case.county_id:
        return N_("按本县类别目录第 %(number)s 版（%(day)s起）", **words)
    return N_("按本村类别目录第 %(number)s 版（%(day)s起）", **words)


def class_name(row: Any) -> str:
    """The name of a class in the reader's language."""
    return in_language(zh=row.zh, en=row.en)
