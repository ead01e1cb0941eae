"""The blueprint of the room and its entry in the navigation."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app
from flask_babel import get_locale

from gridcase.cases.service import ClosingPolicy
from gridcase.core.config import Config
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.web.frame import NavItem

bp = Blueprint("cases", __name__, url_prefix="/cases")

NAV = (
    NavItem(
        key="cases", label=N_("事件"), endpoint="cases.index", icon="case", needs=frozenset({Permission.SEE_CASE}),
        order=10, phone=True,
    ),
)  # fmt: skip


def class_name(row: Any) -> str:
    """The name of a class in the reader's language."""
    locale = get_locale()
    return str(row.zh if locale is None or locale.language == "zh" else row.en)


def closing_policy() -> ClosingPolicy:
    """What this installation has set about closing."""
    config: Config = current_app.extensions["gridcase"]
    return ClosingPolicy(config.second_check_percent, config.notice_days)
