"""A home and its members, added and corrected."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, DecimalField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from gridcase.households.rules import RELATIONS
from gridcase.web.formkit import BaseForm, options, tidy

NAME = [InputRequired(_("请填写姓名。")), Length(max=60, message=_("最多 60 个字。"))]
PHONE = [Optional(), Regexp(r"^[0-9 +()-]{5,20}$", message=_("电话只写数字，例如 13812340000。"))]
DAY_WRONG = _("请按 2026-11-21 的样子填写日期。")


class Day(DateField):
    """A day; what cannot be read is said in the reader's words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(DAY_WRONG)) from None


def relations(*, head: bool = False) -> Any:
    """The relations to a head, as choices."""
    return options((key, words) for key, words in RELATIONS.items() if head or key != "head")


class StayFields:
    """When a home is away or only lives here for a time."""

    absent = BooleanField(_("全家外出"))
    floating = BooleanField(_("流动户（户籍不在本村）"))
    arrived_on = Day(_("哪天来的"), validators=[Optional()])
    leaving_on = Day(_("预计哪天离开"), validators=[Optional()])


class HomeForm(StayFields, BaseForm):
    """The facts of a home."""

    seen = HiddenField()
    address = StringField(_("住址"), filters=[tidy], validators=[Length(max=120, message=_("最多 120 个字。"))])
    hamlet = StringField(_("自然村"), filters=[tidy], validators=[Length(max=40, message=_("最多 40 个字。"))])
    phone = StringField(_("电话"), filters=[tidy], validators=PHONE)
    external_code = StringField(
        _("镇上原有的户号"), filters=[tidy], validators=[Length(max=60, message=_("最多 60 个字。"))]
    )

    def facts(self) -> dict[str, Any]:
        """The facts by name."""
        return {
            "address": self.address.data or "", "hamlet": self.hamlet.data or "", "phone": self.phone.data,
            "external_code": self.external_code.data, "absent": self.absent.data, "floating": self.floating.data,
            "arrived_on": self.arrived_on.data, "leaving_on": self.leaving_on.data,
        }  # fmt: skip


class NameFields:
    """Somebody's name and sex."""

    name = StringField(_("姓名"), filters=[tidy], validators=NAME)
    gender = RadioField(_("性别"), validators=[Optional()])

    def genders(self) -> Any:
        """The choices of the field `gender`."""
        return [("f", _("女")), ("m", _("男"))]


class PersonFields(NameFields):
    """One person."""

    born_on = Day(_("出生日期"), validators=[Optional()])
    person_phone = StringField(_("本人电话"), filters=[tidy], validators=PHONE)


class NewHomeForm(PersonFields, HomeForm):
    """A home with its head and further members, up to five at once; more are added on its page."""

    MORE = 5
    place = SelectField(_("小组或网格"), coerce=int, validators=[NumberRange(min=1, message=_("请选择小组或网格。"))])
    on = Day(_("从哪天起列入"), validators=[InputRequired(_("请填写日期。"))])
    lon = DecimalField(
        _("经度"), validators=[Optional(), NumberRange(-180, 180, message=_("经度在 -180 到 180 之间。"))]
    )
    lat = DecimalField(_("纬度"), validators=[Optional(), NumberRange(-90, 90, message=_("纬度在 -90 到 90 之间。"))])

    name_1 = StringField(_("姓名"), filters=[tidy], validators=[Length(max=60)])
    name_2 = StringField(_("姓名"), filters=[tidy], validators=[Length(max=60)])
    name_3 = StringField(_("姓名"), filters=[tidy], validators=[Length(max=60)])
    name_4 = StringField(_("姓名"), filters=[tidy], validators=[Length(max=60)])
    name_5 = StringField(_("姓名"), filters=[tidy], validators=[Length(max=60)])
    relation_1 = SelectField(_("与户主的关系"), default="spouse")
    relation_2 = SelectField(_("与户主的关系"), default="child")
    relation_3 = SelectField(_("与户主的关系"), default="child")
    relation_4 = SelectField(_("与户主的关系"), default="child")
    relation_5 = SelectField(_("与户主的关系"), default="child")
    born_1 = Day(_("出生日期"), validators=[Optional()])
    born_2 = Day(_("出生日期"), validators=[Optional()])
    born_3 = Day(_("出生日期"), validators=[Optional()])
    born_4 = Day(_("出生日期"), validators=[Optional()])
    born_5 = Day(_("出生日期"), validators=[Optional()])

    def __init__(self, *, places: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # No place is chosen beforehand: the first group of the village would collect every home of a hasty hand.
        self.place.choices = [(0, _("请选择")), *places]
        self.place.flags.required = True
        self.gender.choices = self.genders()
        for number in range(1, self.MORE + 1):
            self[f"relation_{number}"].choices = relations()

    def others(self) -> list[tuple[str, str, Any]]:
        """(name, relation, born on) of the further members that were filled in."""
        rows = ((self[f"{part}_{n}"].data for part in ("name", "relation", "born")) for n in range(1, self.MORE + 1))
        return [(name, relation, born) for name, relation, born in rows if name]


class MemberForm(PersonFields, BaseForm):
    """The facts of a member; where he works when he is away."""

    seen = HiddenField()
    relation = SelectField(_("与户主的关系"))
    absent = BooleanField(_("在外务工或上学"))
    away_place = StringField(_("在哪里"), filters=[tidy], validators=[Length(max=60, message=_("最多 60 个字。"))])
    since = Day(_("从哪天起"), validators=[Optional()])
    by_phone = BooleanField(_("可以电话联系"))

    def __init__(self, *, is_head: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gender.choices = self.genders()
        self.relation.choices = relations(head=True) if is_head else relations()
        self.relation.flags.required = True
        self.is_head = is_head

    def facts(self) -> dict[str, Any]:
        """The facts by name."""
        return {
            "name": self.name.data, "gender": self.gender.data or None, "born_on": self.born_on.data,
            "phone": self.person_phone.data, "relation": self.relation.data, "absent": self.absent.data,
            "away_place": self.away_place.data, "since": self.since.data, "by_phone": self.by_phone.data,
        }  # fmt: skip


class RelocateForm(BaseForm):
    """The home lies in another cell from a day on."""

    confirmed = HiddenField()
    place = SelectField(_("小组或网格"), coerce=int)
    on = Day(_("从哪天起"), validators=[InputRequired(_("请填写日期。"))])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.place.flags.required = True
