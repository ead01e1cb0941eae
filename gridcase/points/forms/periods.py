"""Forms of periods and of the time before."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import lazy_gettext as _
from wtforms import DateField, DecimalField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from gridcase.web.formkit import BaseForm, tidy

MOST = 2_000_000_000
_COUNT = (InputRequired(_("请填一个数，没有填 0。")), NumberRange(min=0, max=MOST, message=_("请填 0 或更大的数。")))


class ConfirmForm(BaseForm):
    """Nothing to fill in: it says that somebody wants it."""


class AnnounceForm(BaseForm):
    """Until when the year's points can be exchanged."""

    until = DateField(_("兑换截止日"), validators=[InputRequired(_("请填日期。"))])


class BoardForm(BaseForm):
    """Whether the quarter board names homes."""

    homes = HiddenField()


class TotalForm(BaseForm):
    """The totals of a place up to a day."""

    place = SelectField(_("哪个镇、村"), coerce=int, validators=[InputRequired()])
    until = DateField(_("截至哪一天"), validators=[InputRequired(_("请填日期。"))])
    points = IntegerField(_("累计发放积分"), validators=[*_COUNT])
    redeemed = IntegerField(_("累计兑换积分"), default=0, validators=[*_COUNT])
    goods_yuan = DecimalField(
        _("兑换物资金额（元）"), places=2, default=Decimal(0),
        validators=[*_COUNT],
    )  # fmt: skip
    people = IntegerField(_("参与人数"), default=0, validators=[*_COUNT])
    note = StringField(
        _("数据来源"), filters=[tidy], validators=[Optional(), Length(max=60, message=_("最多 60 字。"))]
    )
