"""What happened in a family: one form each. `confirmed` is set when what will happen has been read."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from gridcase.households.forms.homes import Day, NameFields, PersonFields, relations
from gridcase.households.rules import LifeKind, Why
from gridcase.web.formkit import BaseForm, labelled, tidy

WHEN = [InputRequired(_("请填写日期。"))]


def people(label: Any) -> SelectMultipleField:
    """Members ticked off a list."""
    return SelectMultipleField(
        label,
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired(_("请选是谁。"))],
    )


class LifeForm(BaseForm):
    """What all share: the day, and whether it was confirmed."""

    confirmed = HiddenField()
    change = HiddenField()  # the proposed change that this settles
    on = Day(_("哪一天"), validators=WHEN)

    def offer(self, members: Any) -> None:
        """Fill the lists of members: (person id, words)."""
        empty = [(0, _("不用换"))]
        for name in ("who", "head", "new_head"):
            if name in self:
                self[name].choices = (empty if name == "new_head" else []) + list(members)


class BirthForm(NameFields, LifeForm):
    """A child was born."""

    relation = SelectField(_("与户主的关系"), default="child")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gender.choices, self.relation.choices = self.genders(), relations()
        self.relation.flags.required = True


class DeathForm(LifeForm):
    """A member died."""

    who = RadioField(_("是谁"), coerce=int, validators=[InputRequired(_("请选是谁。"))])
    new_head = SelectField(_("户主去世的，新户主是"), coerce=int, default=0)


class ArrivalForm(PersonFields, LifeForm):
    """Somebody came: from outside, or from another home whose code is known."""

    why = RadioField(_("为什么来"), default=Why.MOVE.value)
    code = StringField(_("从本县哪一户来（户编号）"), filters=[tidy], validators=[Length(max=60)])
    relation = SelectField(_("与户主的关系"), default="spouse")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gender.choices, self.relation.choices = self.genders(), relations()
        self.relation.flags.required = True
        self.why.choices = labelled(Why)
        self.why.flags.required = True


class DepartureForm(LifeForm):
    """Members go, out of the county or into another home of it; all of them: the home ends."""

    who = people(_("是谁"))
    why = RadioField(_("为什么走"), default=Why.MOVE.value)
    code = StringField(_("去本县哪一户（户编号）"), filters=[tidy], validators=[Length(max=60)])
    relation = SelectField(_("到那一户后与户主的关系"), default="other")
    new_head = SelectField(_("户主离开的，新户主是"), coerce=int, default=0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.why.choices, self.relation.choices = labelled(Why), relations()
        self.why.flags.required = True


class SplitForm(LifeForm):
    """Some members form a home of their own."""

    who = people(_("谁去新户"))
    head = RadioField(_("新户的户主"), coerce=int, validators=[InputRequired(_("请选新户的户主。"))])
    new_head = SelectField(_("原户主去新户的，原户的新户主是"), coerce=int, default=0)
    place = SelectField(_("新户在哪个小组或网格"), coerce=int)
    address = StringField(_("新户的住址"), filters=[tidy], validators=[Length(max=120, message=_("最多 120 个字。"))])
    keep_circle = BooleanField(_("仍由原来的联户代表联系"), default=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.place.flags.required = True


class HeadForm(LifeForm):
    """Another head."""

    who = RadioField(_("新户主是"), coerce=int, validators=[InputRequired(_("请选新户主。"))])


class ProposalForm(BaseForm):
    """A liaison has heard of a change."""

    kind = RadioField(_("什么变化"), validators=[InputRequired(_("请选是什么变化。"))])
    who = StringField(
        _("是谁"),
        filters=[tidy],
        validators=[InputRequired(_("请写是谁。")), Length(max=60, message=_("最多 60 个字。"))],
    )
    on = Day(_("哪一天"), validators=[Optional()])
    note = TextAreaField(_("说明"), filters=[tidy], validators=[Length(max=200, message=_("最多 200 个字。"))])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = labelled(LifeKind)


class RefusalForm(BaseForm):
    """Why a proposed change is not taken over."""

    reason = TextAreaField(
        _("为什么不采纳"),
        filters=[tidy],
        validators=[
            InputRequired(_("请写明为什么不采纳，提出的人会看到。")),
            Length(max=200, message=_("最多 200 个字。")),
        ],
    )
