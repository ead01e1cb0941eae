"""Why somebody looks at unmasked names; the few things a liaison's page asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, StringField
from wtforms.validators import AnyOf, InputRequired, Length, Regexp

from gridcase.people.rules.liaisons import STEPS
from gridcase.web.formkit import BaseForm, tidy


class RevealForm(BaseForm):
    """One reason out of those offered (handed in)."""

    reason = RadioField(_("为什么要看"), validators=[InputRequired(_("请选择为什么要看。"))])


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
