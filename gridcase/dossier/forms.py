"""Why somebody looks at unmasked names; what a place has to work with, when it ends, where a home lies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, FloatField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from gridcase.grid.rules import MOST_OF_ONE, Datum, ResourceKind
from gridcase.web.formkit import BaseForm, labelled, options, tidy


class RevealForm(BaseForm):
    """One reason out of those offered (handed in)."""

    reason = RadioField(_("为什么要看"), validators=[InputRequired(_("请选择为什么要看。"))])


class ResourceForm(BaseForm):
    """A facility, team or piece of equipment; whom to ask for it is handed in."""

    kind = RadioField(_("类别"), validators=[InputRequired(_("请选类别。"))])
    name = StringField(
        _("名称"),
        filters=[tidy],
        validators=[InputRequired(_("请填名称。")), Length(max=60, message=_("最多 60 个字。"))],
    )
    quantity = IntegerField(
        _("数量"), default=1, validators=[InputRequired(_("请填数字。")), NumberRange(1, MOST_OF_ONE, _("请填数字。"))]
    )
    contact = SelectField(_("联系岗位"), coerce=int, default=0, validators=[Optional()])
    note = StringField(_("备注"), filters=[tidy], validators=[Length(max=100, message=_("最多 100 个字。"))])

    def __init__(self, *, posts: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = labelled(ResourceKind)
        self.contact.choices = options([(0, _("不指定")), *posts])


class EndForm(BaseForm):
    """From which day something is no more."""

    on = DateField(_("从哪天起"), validators=[InputRequired(_("请填日期。"))])


class PinForm(BaseForm):
    """Where a home lies."""

    lon = FloatField(_("经度"), validators=[InputRequired(_("请填经度，例如 112.61762。"))])
    lat = FloatField(_("纬度"), validators=[InputRequired(_("请填纬度，例如 28.49158。"))])
    datum = RadioField(_("坐标系"), default=Datum.WGS84.value, validators=[InputRequired(_("请选坐标系。"))])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.datum.choices = labelled(Datum)
