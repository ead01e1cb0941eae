"""Forms of proposals."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from gridcase.web.formkit import BaseForm, tidy

LONGEST = 200


class AskForm(BaseForm):
    """What to propose, where, and how long the solver may think; the choices are handed in."""

    kind = RadioField(_("规划什么"), validators=[InputRequired(_("请选择规划什么。"))])
    place = SelectField(_("范围"), coerce=int, validators=[InputRequired()])
    seconds = RadioField(_("最多算多久"), coerce=int, validators=[InputRequired(_("请选择计算时间。"))])


class ConfirmForm(BaseForm):
    """The meeting that agreed, and from when it holds."""

    record = StringField(
        _("会议记录"),
        filters=[tidy],
        validators=[
            InputRequired(_("请写明会议的日期和决定，例如“11月25日村民代表会议通过”。")),
            Length(max=LONGEST, message=_("最多 200 字。")),
        ],
    )
    start = DateField(_("生效日期"), validators=[InputRequired(_("请选择生效日期。"))])


class RefuseForm(BaseForm):
    """Why the village does not want it."""

    why = StringField(
        _("不采用的原因"),
        filters=[tidy],
        validators=[
            InputRequired(_("请写明不采用的原因。")),
            Length(max=LONGEST, message=_("最多 200 字。")),
        ],
    )


def _number(label: str, most: int) -> IntegerField:
    return IntegerField(
        label,
        validators=[
            InputRequired(_("请填一个整数。")),
            NumberRange(min=0, max=most, message=_("请填 %(min)s 到 %(max)s 之间的整数。")),
        ],
    )


class RulesForm(BaseForm):
    """What a village's proposals weigh."""

    stay_metres = _number(_("一户换网格，相当于多走多少米"), 5000)
    first = _number(_("第一意愿的分量"), 100)
    second = _number(_("第二意愿的分量"), 100)
    third = _number(_("第三意愿的分量"), 100)
    own_home = BooleanField(_("联户代表自己家在自己的圈里"))
    change_metres = _number(_("一户换代表，相当于多走多少米"), 5000)
    uneven_metres = _number(_("比目标多一户或少一户，相当于多走多少米"), 5000)
