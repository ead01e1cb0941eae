"""Forms of partners and titles of a place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from gridcase.people.forms.posts import day
from gridcase.people.rules import HonourLevel, PartnerKind
from gridcase.web.formkit import BaseForm, labelled, options, tidy


def _line(label: Any, most: int, wanted: Any = None) -> StringField:
    checks = [InputRequired(wanted) if wanted else Optional(), Length(max=most, message=_("最多 %(n)s 个字。", n=most))]
    return StringField(label, filters=[tidy], validators=checks)


class PlacedForm(BaseForm):
    """Something of a village or town (handed in)."""

    place = SelectField(_("哪里"), validators=[InputRequired(_("请选地方。"))])

    def offer(self, places: Sequence[tuple[int, str]]) -> None:
        """Fill in the choices."""
        self.place.choices = options((str(place_id), name) for place_id, name in places)


class PartnerForm(PlacedForm):
    """Who stands by the place."""

    kind = SelectField(_("类别"), validators=[InputRequired(_("请选类别。"))])
    name = _line(_("单位或工作队"), 80, _("请填写名称。"))
    contact = _line(_("联络人和电话"), 40)
    members = IntegerField(_("驻村人数"), validators=[Optional(), NumberRange(1, 99, message=_("请填 1 到 99。"))])
    duty = TextAreaField(
        _("帮什么"),
        filters=[tidy],
        validators=[Optional(), Length(max=300, message=_("最多 %(n)s 个字。", n=300))],
        render_kw={"rows": 3},
    )
    start = day(_("从哪天起"), _("请填写日期。"))

    def offer(self, places: Sequence[tuple[int, str]]) -> None:
        """Fill in the choices."""
        super().offer(places)
        self.kind.choices = labelled(PartnerKind)


class HonourForm(PlacedForm):
    """A title, by whom, of which year."""

    name = _line(_("称号"), 60, _("请填写称号。"))
    level = SelectField(_("级别"), validators=[InputRequired(_("请选级别。"))])
    year = IntegerField(
        _("年份"),
        validators=[InputRequired(_("请填写年份。")), NumberRange(1990, 2100, message=_("请填四位数的年份。"))],
    )
    giver = _line(_("授予单位"), 80)

    def offer(self, places: Sequence[tuple[int, str]]) -> None:
        """Fill in the choices."""
        super().offer(places)
        self.level.choices = labelled(HonourLevel)
