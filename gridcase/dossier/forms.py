"""Why somebody looks at unmasked names; what was written twice; means and ends of places; a liaison's page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    FloatField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional, Regexp

from gridcase.grid.rules import MOST_OF_ONE, Datum, ResourceKind
from gridcase.people.rules.liaisons import STEPS
from gridcase.web.formkit import BaseForm, labelled, options, tidy


class RevealForm(BaseForm):
    """One reason out of those offered (handed in)."""

    reason = RadioField(_("为什么要看"), validators=[InputRequired(_("请选择为什么要看。"))])


class WhyForm(BaseForm):
    """Why a decision is dropped."""

    why = StringField(
        _("作废原因"),
        filters=[tidy],
        validators=[InputRequired(_("请写明作废原因。")), Length(max=200, message=_("最多 %(n)s 个字。", n=200))],
    )


class SignForm(BaseForm):
    """On which day homes signed; the homes are ticked in the list."""

    signed_on = DateField(_("签约日期"), validators=[InputRequired(_("请填写签约日期。"))])


class MottoForm(BaseForm):
    """A home's motto, and its consent."""

    text = StringField(
        _("家风家训"), filters=[tidy], validators=[Optional(), Length(max=120, message=_("最多 120 个字。"))]
    )
    shown = BooleanField(_("我家同意在本村公开，署户主的姓"))


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


class DayForm(BaseForm):
    """From which day on."""

    start = DateField(_("从哪天起"), validators=[InputRequired(_("请填写日期。"))])


class PairForm(DayForm):
    """A home paired with a party contact, or no longer."""

    code = StringField(_("户编号"), filters=[tidy], validators=[InputRequired(_("请填写户编号。")), Length(max=60)])
    end = BooleanField(_("结束结对"))


class FirstVisitForm(BaseForm):
    """One step of the first round with one home."""

    household = IntegerField(validators=[InputRequired()])
    step = HiddenField(validators=[AnyOf(STEPS)])
    undo = BooleanField()


class DutyPhoneForm(BaseForm):
    """The number of a village's duty desk."""

    phone = StringField(
        _("村值班电话"),
        filters=[tidy],
        validators=[
            InputRequired(_("请填写值班电话。")),
            Regexp(r"^[0-9+\- ]{5,20}$", message=_("请填写数字的电话号码。")),
        ],
    )


class MergeHomeForm(BaseForm):
    """The other home, and which of its members is which of this one's (`same_<n>`: in the order of the members)."""

    MOST = 20
    confirmed = HiddenField()
    code = StringField(_("另一户的编号"), filters=[tidy], validators=[InputRequired(_("请填另一户的编号。"))])

    def pair(self, here: Sequence[tuple[int, str]], there: Sequence[tuple[int, str]]) -> None:
        """Give every member of the double a list of the kept home's members to be one with."""
        choices = [(0, _("另一个人，转到这一户")), *there]
        for number, (_person, words) in enumerate(here):
            bound = self._fields[f"same_{number}"] = SelectField(words, choices=choices, coerce=int, default=0).bind(
                self, f"same_{number}", translations=self.meta.get_translations(self)
            )
            bound.process(request.form if self.is_submitted() else None)

    def pairs(self) -> list[Any]:
        """The fields of `pair`, in the order of the members."""
        return [field for name, field in self._fields.items() if name.startswith("same_")]

    def same(self, here: Sequence[tuple[int, str]]) -> dict[int, int]:
        """Which member of the double is which of the kept home."""
        chosen = zip(here, self.pairs(), strict=True)
        return {person_id: field.data for (person_id, _words), field in chosen if field.data}


class MergePersonForm(BaseForm):
    """Two records: the one that stays, and the one that goes, in this home or in the one with the code."""

    confirmed = HiddenField()
    code = StringField(_("多出来的那条在哪一户（户编号）"), filters=[tidy])
    kept = RadioField(_("保留哪一条"), coerce=int, validators=[InputRequired(_("请选保留哪一条。"))])
    double = RadioField(_("去掉哪一条"), coerce=int, validators=[InputRequired(_("请选去掉哪一条。"))])
