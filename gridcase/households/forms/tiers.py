"""Forms of care tiers. Nothing of them is kept in the browser: what is restricted must not lie on a phone."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from gridcase.core.words import N_
from gridcase.households.rules import FACTORS, RED, CareTier, Factor, MeetingKind, Verdict
from gridcase.households.rules.tiers_factors import END_BY_HAND, FactorKind, Source
from gridcase.households.rules.tiers_rules import HEAVIEST, LONGEST_DAYS, TierRules
from gridcase.web.formkit import BaseForm, labelled, options, tidy

LONG = Length(max=200, message=_("最多 200 个字。"))
WHOLE = _("请填整数。")


class FactorForm(BaseForm):
    """What weighs on a home. The members are handed in, masked."""

    code = SelectField(_("哪一项"), validators=[InputRequired(_("请选哪一项。"))])
    source = RadioField(_("怎么知道的"), validators=[InputRequired(_("请选怎么知道的。"))])
    person = SelectField(_("是谁"), default="")
    basis = StringField(_("依据"), filters=[tidy], validators=[Length(max=120, message=_("最多 120 个字。"))])

    def __init__(self, *, members: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        words = ((one.code, N_("%(kind)s：%(factor)s", kind=one.kind.label, factor=one.label)) for one in _by_kind())
        self.code.choices = options([("", N_("请选择")), *words])
        self.source.choices = labelled(Source)
        self.person.choices = options([("", N_("全家")), *members])

    @property
    def person_id(self) -> int | None:
        """Whom it is about; None: the whole home."""
        return int(self.person.data) if self.person.data else None


def _by_kind() -> list[Factor]:
    return sorted(FACTORS.values(), key=lambda one: (list(FactorKind).index(one.kind), one.code))


class EndForm(BaseForm):
    """Why a factor no longer holds."""

    why = RadioField(_("为什么不再算"), validators=[InputRequired(_("请选为什么不再算。"))])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.why.choices = labelled(END_BY_HAND)


class ConfirmFactorForm(BaseForm):
    """By which record a restricted factor is confirmed."""

    ref = StringField(
        _("会议记录或评定的编号"), filters=[tidy], validators=[InputRequired(_("请填会议记录或评定的编号。"))]
    )


class ProposeForm(BaseForm):
    """A tier, and why."""

    tier = RadioField(_("建议的等级"), validators=[InputRequired(_("请选建议的等级。"))])
    words = TextAreaField(_("理由"), filters=[tidy], validators=[InputRequired(_("请写一句理由。")), LONG])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tier.choices = options(
            (tier.value, N_("%(mark)s %(tier)s", mark=tier.mark, tier=tier.label)) for tier in CareTier
        )


class DecideForm(BaseForm):
    """Yes or no to a proposal; into red and out of it with the record of a meeting."""

    agree = RadioField(_("您的意见"), validators=[InputRequired(_("请选同意或不同意。"))])
    meeting_on = DateField(_("开会日期"), validators=[Optional()])
    meeting_kind = RadioField(_("会议"), validators=[Optional()])
    meeting_ref = StringField(_("会议记录编号或结论"), filters=[tidy], validators=[Optional()])
    words = TextAreaField(_("不同意的理由"), filters=[tidy], validators=[LONG])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.agree.choices = options([("yes", N_("同意")), ("no", N_("不同意"))])
        self.meeting_kind.choices = labelled(MeetingKind)
        for field in (self.meeting_on, self.meeting_kind, self.meeting_ref):
            field.flags.required = True  # shown only where a meeting is asked for


class ObjectForm(BaseForm):
    """The words of the home."""

    words = TextAreaField(
        _("想说的话"), filters=[tidy],
        validators=[InputRequired(_("请写一句话说明为什么。")), Length(max=500, message=_("最多 500 个字。"))],
    )  # fmt: skip


class ReviewForm(BaseForm):
    """How an objection ended, and what the home is told."""

    outcome = RadioField(_("复核结果"), validators=[InputRequired(_("请选复核结果。"))])
    answer = TextAreaField(
        _("给这一户的答复"), filters=[tidy],
        validators=[InputRequired(_("请写给这一户的答复。")), Length(max=500, message=_("最多 500 个字。"))],
    )  # fmt: skip

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outcome.choices = labelled(Verdict)


def _number(label: Any, least: int, most: int) -> IntegerField:
    message = _("请填 %(least)s 到 %(most)s 之间的数。", least=least, most=most)
    return IntegerField(label, validators=[InputRequired(WHOLE), NumberRange(least, most, message)])


class RulesForm(BaseForm):
    """A draft of a county's rules: a weight and a span for every factor are added below."""

    yellow_from = _number(_("关心户：满几分"), 1, 100)
    red_from = _number(_("连心户：满几分"), 2, 200)
    green_days = _number(_("放心户：几天一访"), 7, 366)
    yellow_days = _number(_("关心户：几天一访"), 2, 183)
    red_days = _number(_("连心户：几天一访"), 1, 31)
    down_visits = _number(_("调低前：走访几次"), 0, 12)
    down_days = _number(_("或满几天"), 0, 366)
    assess_red_days = _number(_("连心户：几天复评"), 30, 366)
    assess_days = _number(_("其他户：几天复评"), 30, 730)
    valid_from = DateField(_("从哪天起用"), validators=[Optional()])
    looked_at = HiddenField()

    @property
    def draft(self) -> TierRules:
        """What was typed."""
        numbers = {name: self[name].data for name in NUMBERS}
        weights = {code: _weight(self[f"weight_{code}"].data) for code in FACTORS}
        return TierRules(**numbers, weights=weights, days={code: self[f"days_{code}"].data for code in FACTORS})


NUMBERS = (
    "yellow_from", "red_from", "green_days", "yellow_days", "red_days", "down_visits", "down_days", "assess_red_days",
    "assess_days",
)  # fmt: skip


def _weight(chosen: str) -> Any:
    return RED if chosen == RED else int(chosen)


for _code, _factor in FACTORS.items():
    # a select offers what is sensible; a value of another county's file is added when the form is filled
    setattr(RulesForm, f"weight_{_code}", SelectField(_("分值"), validate_choice=False))
    setattr(RulesForm, f"days_{_code}", _number(_("有效期（天）"), 1, LONGEST_DAYS))


def rules_form(rules: TierRules, *, today: date) -> RulesForm:
    """The form filled with the rules in force; a draft takes effect today unless another day is chosen."""
    values: dict[str, Any] = {name: getattr(rules, name) for name in NUMBERS} | {"valid_from": today}
    for code, factor in FACTORS.items():
        values[f"weight_{code}"] = str(rules.weight(code))
        values[f"days_{code}"] = rules.days.get(code, factor.days)
    form = RulesForm(data=values)
    form.valid_from.flags.required = True  # only asked for when a draft is saved
    for code in FACTORS:
        steps = {*range(0, HEAVIEST + 1, 5)}
        now = rules.weight(code)
        if now != RED:
            steps.add(int(now))
        field = form[f"weight_{code}"]
        field.choices = options([*((str(n), str(n)) for n in sorted(steps)), (RED, N_("直接连心户"))])
        if field.data not in {choice.value for choice in field.choices}:
            field.data = str(now)
    return form
