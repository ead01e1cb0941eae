"""Forms of a party member's year."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from gridcase.web.formkit import BaseForm, tidy


def _value(label: Any) -> IntegerField:
    return IntegerField(label, validators=[InputRequired(_("请填整数。"))])


class MemberValuesForm(BaseForm):
    """What one of each counts."""

    promise = _value(_("兑现一件承诺（分）"))
    party_day = _value(_("到场一次主题党日（分）"))
    deed = _value(_("一件公示期满的善行（分）"))
    review_share = _value(_("年终评诺得分，按百分之几计入"))


class PromisesForm(BaseForm):
    """The promises that a party day brought forward, and what is noted of them."""

    items = SelectMultipleField(
        _("哪些承诺有进展"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        validators=[Optional()],
    )  # fmt: skip
    words = StringField(
        _("记什么"), filters=[tidy], render_kw={"autocomplete": "off"},
        validators=[
            InputRequired(_("请写做了什么，会记在承诺的进展里。")), Length(max=100, message=_("最多 100 个字。")),
        ],
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items.flags.required = True  # the service refuses an empty list
