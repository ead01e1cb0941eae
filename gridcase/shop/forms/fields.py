"""Fields that several forms share: yuan with two places, counts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DecimalField, IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

MOST_YUAN = 20_000_000


def yuan(label: Any, *, required: bool = True, least: str = "0", ask: Any = None) -> DecimalField:
    """An amount in yuan."""
    ask = ask or _("请填金额，最多两位小数。")
    return DecimalField(
        label, places=2,
        validators=[
            InputRequired(ask) if required else Optional(),
            NumberRange(min=Decimal(least), max=MOST_YUAN, message=ask),
        ],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )  # fmt: skip


def count(label: Any, *, low: int, high: int, ask: Any, default: int | None = None) -> IntegerField:
    """A whole number."""
    return IntegerField(
        label, default=default, validators=[InputRequired(ask), NumberRange(min=low, max=high, message=ask)],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )  # fmt: skip
