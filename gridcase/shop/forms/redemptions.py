"""Forms of a reservation and of the counter."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, SelectMultipleField, StringField
from wtforms.validators import UUID, InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from gridcase.shop.forms.fields import count
from gridcase.shop.forms.goods import AGAIN
from gridcase.shop.rules import MOST_AT_ONCE
from gridcase.web.formkit import BaseForm


class ReserveForm(BaseForm):
    """How many pieces."""

    client_uuid = HiddenField(validators=[UUID(AGAIN)])
    quantity = count(_("几件"), low=1, high=MOST_AT_ONCE, ask=_("请填 1 到 20 件。"), default=1)


class CodeForm(BaseForm):
    """The code a villager shows."""

    code = StringField(
        _("领取码"), validators=[InputRequired(_("请输入领取码，8 位字母和数字。"))],
        render_kw={
            "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 12,
            "autofocus": True,
        },
    )  # fmt: skip


class ListForm(BaseForm):
    """What the printed list has ticked."""

    handed_on = DateField(_("哪天交付的"), validators=[InputRequired(_("请填交付日期。"))])
    rows = SelectMultipleField(
        _("已签字领取的"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        validators=[Optional()], validate_choice=False,
    )  # fmt: skip

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows.choices = []
