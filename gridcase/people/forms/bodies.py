"""Forms of units and organisations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from gridcase.people.forms.posts import NOBODY, PickForm, day
from gridcase.people.rules import COUNCILS, REVIEW_PARTS, BodyKind, Capacity, UnitKind
from gridcase.web.formkit import BaseForm, labelled, options, tidy


class UnitForm(BaseForm):
    """A unit: name and kind; a new one has a place too (handed in)."""

    seen = HiddenField()
    name = StringField(
        _("名称"),
        filters=[tidy],
        validators=[InputRequired(_("请填写名称。")), Length(max=80, message=_("最多 80 个字。"))],
    )
    kind = SelectField(_("类型"), validators=[InputRequired(_("请选类型。"))])
    place = SelectField(_("属于哪里"), validators=[Optional()])

    def offer(self, places: list[tuple[int, str]]) -> None:
        """Fill in the choices; without places the field goes."""
        self.kind.choices = options((kind.value, kind.label) for kind in UnitKind)
        if places:
            self.place.choices = options((str(place_id), name) for place_id, name in places)
        else:
            del self.place


class OrganisationForm(BaseForm):
    """A body: kind, name, what it hangs under (handed in), since when."""

    seen = HiddenField()
    kind = SelectField(_("类型"), validators=[InputRequired(_("请选类型。"))])
    name = StringField(
        _("名称"),
        filters=[tidy],
        validators=[InputRequired(_("请填写名称。")), Length(max=80, message=_("最多 80 个字。"))],
    )
    parent = SelectField(_("上级组织"), validators=[Optional()], default="")
    start = day(_("成立日期"), _("请填写成立日期。"))

    def offer(self, parents: list[tuple[int, str]]) -> None:
        """Fill in the choices."""
        self.kind.choices = labelled(BodyKind)
        self.parent.choices = options([("", "—"), *((str(body_id), name) for body_id, name in parents)])


class SeatForm(PickForm):
    """Who is what in a body, for which term."""

    title = StringField(
        _("职务"),
        filters=[tidy],
        validators=[InputRequired(_("请填写职务。")), Length(max=40, message=_("最多 40 个字。"))],
    )
    rank = IntegerField(
        _("排序"),
        default=1,
        validators=[InputRequired(_("请填写排序。")), NumberRange(1, 99, message=_("请填 1 到 99。"))],
    )
    capacity = SelectField(_("以什么身份"), validators=[Optional()], default="")
    start = day(_("任期从哪天起"), _("请填写任期开始的日期。"))
    until = DateField(_("任期最后一天"), validators=[Optional()])

    def offer_capacities(self, kind: str) -> None:
        """A review group asks for its parts, a council for kinds of worthies too, other bodies for neither."""
        if kind not in COUNCILS:
            del self.capacity
            return
        parts = REVIEW_PARTS if kind == BodyKind.REVIEW else tuple(Capacity)
        self.capacity.choices = [*options([NOBODY]), *labelled(parts)]
