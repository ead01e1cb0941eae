"""Forms of the doors. Choices are handed in by the views; what is asked depends on what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import UUID, InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from gridcase.checks.rules import ITEM_LENGTH, CheckItem, CheckKind, PatrolPlan, Season
from gridcase.core.words import N_
from gridcase.people.rules import PointFacts, PointKind
from gridcase.people.rules.service_points import LENGTHS
from gridcase.reception.rules import DayRule, Fate, MeetingNature, Outcome, Risk
from gridcase.reception.rules.days import NONE
from gridcase.web.formkit import BaseForm, labelled, options, tidy

OFFICE_PHONE = r"^\d[\d-]{3,18}\d$"
PHONE = r"^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})?$"
Choices = Sequence[SelectChoice]
Pairs = Sequence[tuple[Any, Any]]
ATTENDANCE = _("请填到会人数，至少 1 人。")
WEEKDAYS = (
    (0, N_("每周一")), (1, N_("每周二")), (2, N_("每周三")), (3, N_("每周四")), (4, N_("每周五")),
    (NONE, N_("不设接待日")),
)  # fmt: skip
MONTHS = [(month, str(month)) for month in range(1, 13)]


def _line(label: Any, *, wanted: Any = None, most: int = 60) -> StringField:
    needed = InputRequired(wanted) if wanted else Optional()
    return StringField(
        label, validators=[needed, Length(max=most, message=_("写得太长了，请缩短。"))], filters=[tidy],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip


def _text(label: Any, *, wanted: Any = None, most: int = 2000, rows: int = 3) -> TextAreaField:
    needed = InputRequired(wanted) if wanted else Optional()
    return TextAreaField(
        label, validators=[needed, Length(max=most, message=_("写得太长了，请缩短。"))], filters=[tidy],
        render_kw={"rows": rows},
    )  # fmt: skip


def _ticks(label: Any, **kwargs: Any) -> SelectMultipleField:
    return SelectMultipleField(
        label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validators=[Optional()], **kwargs
    )


class SentOnce(BaseForm):
    """A form with a mark of its own: what is sent twice from one page counts once."""

    client_uuid = HiddenField(validators=[UUID(_("请重新打开这张表。"))])


class SureFields:
    """Asked only of what reads like a complaint about an official."""

    not_officials = BooleanField(_("说的不是村干部、网格员或村账"))


class TellFields:
    """What a case needs besides what is known: the class, the place, whose home, whom to call back."""

    case_class = SelectField(_("哪一类"), validators=[Optional()])
    grid = SelectField(_("在哪里"), validators=[Optional()])
    household_words = _line(_("哪一户"))
    name = _line(_("姓名"))
    phone = StringField(
        _("电话"), validators=[Optional(), Regexp(PHONE, message=_("请填 11 位手机号，或带区号的座机号。"))],
        filters=[tidy], render_kw={"autocomplete": "off", "inputmode": "tel"},
    )  # fmt: skip

    # Is it one of the cases at hand? `looked` says that they were shown.
    same_as = StringField(_("是不是下面这件事？"), validators=[Optional(), Length(max=40)], filters=[tidy])
    looked = HiddenField()

    def offer(self, *, classes: Choices, places: Pairs, homes: bool) -> None:
        """The classes and places to choose from; who sees no homes is not asked for one."""
        self.case_class.choices = list(classes)
        self.grid.choices = options(places)
        if not homes:
            del self.household_words


class VisitorForm(SentOnce, SureFields, TellFields):
    """A visitor: the matter and what came of it, in one form."""

    matter = _line(_("什么事"), wanted=_("请用一句话写明是什么事。"))
    outcome = RadioField(_("怎么办的"), validators=[InputRequired(_("请选怎么办的。"))])
    reply = _text(_("怎么答复的，或告知去哪里办"), most=300, rows=2)
    text = _text(_("详细情况"))
    proxy_for = _line(_("替谁来反映"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outcome.choices = labelled(Outcome)
        self.reply.flags.required = self.case_class.flags.required = True  # each where it is asked for

    @property
    def becomes_case(self) -> bool:
        """Whether it is to be registered."""
        return self.outcome.data == Outcome.CASE

    def validate(self, extra_validators: Any = None) -> bool:
        """A case has a class, everything else an answer."""
        sound: bool = super().validate(extra_validators)
        if self.becomes_case and not self.case_class.data:
            self.case_class.errors = [*self.case_class.errors, _("请选一个类别。")]
            return False
        if self.outcome.data and not self.becomes_case and not self.reply.data:
            self.reply.errors = [*self.reply.errors, _("请写一句怎么答复的，或告知去哪里办。")]
            return False
        return sound


class RaiseForm(BaseForm, TellFields):
    """A row of a door becomes a case: most of it is filled in."""

    title = _line(_("什么事"), wanted=_("请用一句话写明是什么事。"))
    text = _text(_("详细情况"))
    case_class = SelectField(_("哪一类"), validators=[InputRequired(_("请选一个类别。"))])


class ClueForm(BaseForm, TellFields):
    """A dispute that shows itself."""

    title = _line(_("谁和谁、为什么事"), wanted=_("请用一句话写明谁和谁、为什么事。"))
    text = _text(_("看到、听到的情况"))
    risk = RadioField(_("怎么处理"), validators=[InputRequired(_("请选怎么处理。"))])
    case_class = SelectField(_("哪一类纠纷"), validators=[InputRequired(_("请选一个类别。"))])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.risk.choices = labelled(Risk)


class QuickForm(SentOnce, SureFields):
    """Ten seconds: what was asked, what was said."""

    question = _line(_("问了什么"), wanted=_("请写一句问了什么。"))
    reply = _line(_("怎么答的"), wanted=_("请写一句怎么答的。"), most=200)
    case_class = SelectField(_("哪一类"), validators=[InputRequired(_("请选一个类别。"))])
    point = SelectField(_("在哪个法律服务点答的"), validators=[Optional()])

    def offer(self, classes: Choices, points: Sequence[Any]) -> None:
        """The classes, and the service points; where there is none nothing is asked."""
        self.case_class.choices = list(classes)
        self.point.choices = options([("", _("不在服务点")), *((str(one.id), one.name) for one in points)])
        if not points:
            del self.point

    @property
    def point_id(self) -> int | None:
        """The point that was chosen."""
        return int(self.point.data) if "point" in self and self.point.data else None


class PointForm(SentOnce):
    """A service point, as villagers read it."""

    kind = RadioField(_("哪一种"), validators=[InputRequired(_("请选一种服务点。"))])
    name = _line(_("名称"), most=LENGTHS["name"])
    address = _line(_("在哪里"), most=LENGTHS["address"])
    opening = _text(_("开放时间"), most=LENGTHS["opening"], rows=3)
    on_holidays = BooleanField(_("法定节假日也照常开"))
    hours = _line(_("时间的补充说明"), most=LENGTHS["hours"])
    does = _text(_("能办什么"), most=LENGTHS["does"], rows=4)
    duty = _line(_("谁值班"), most=LENGTHS["duty"])
    phone = StringField(
        _("电话"), validators=[Optional(), Regexp(OFFICE_PHONE, message=_("请填电话号码，只用数字和短横。"))],
        filters=[tidy], render_kw={"autocomplete": "off", "inputmode": "tel"},
    )  # fmt: skip
    seen = HiddenField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = labelled(PointKind)
        for name in ("name", "address", "opening", "duty"):
            self[name].flags.required = True  # the rules say what is missing

    @property
    def facts(self) -> PointFacts:
        """As the rules take it."""
        words = {name: self[name].data or "" for name in LENGTHS}
        return PointFacts(
            **words, phone=self.phone.data, kind=PointKind(self.kind.data), on_holidays=bool(self.on_holidays.data)
        )


class MeetingForm(SentOnce):
    """A meeting that was held."""

    nature = RadioField(_("什么会"), validators=[InputRequired(_("请选一种会议。"))])
    held_on = DateField(_("哪天开的"), validators=[InputRequired(_("请填日期。"))])
    topic = _line(_("议题"), wanted=_("请写议题。"), most=120)
    present = IntegerField(
        _("到会人数"),
        validators=[InputRequired(ATTENDANCE), NumberRange(1, 5000, ATTENDANCE)],
    )
    venue = _line(_("在哪里开的"))
    host = SelectField(_("主持岗位"), validators=[Optional()])
    outcomes = _text(_("会议结果和群众提的事"), most=8000, rows=5)

    def __init__(self, *, hosts: Pairs, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.nature.choices = labelled(MeetingNature)
        self.host.choices = options([("", _("不记")), *hosts])


class OutcomeForm(BaseForm):
    """One more line."""

    text = _line(_("补记一条"), wanted=_("请写一句。"), most=200)


class CheckForm(SentOnce):
    """A check: only what is not in order is ticked."""

    done_on = DateField(_("哪天查的"), validators=[InputRequired(_("请填日期。"))])
    note = _line(_("备注"), most=200)
    rows: list[tuple[CheckItem, Any, Any, Any, Any]]


def check_form(items: Sequence[CheckItem], *, places: Pairs, **kwargs: Any) -> CheckForm:
    """The form of a check of these items: a tick each, and for a ticked one what, where and what becomes of it."""
    fields: dict[str, Any] = {}
    for item in items:
        fields[f"found_{item.code}"] = BooleanField(_("有问题"))
        fields[f"text_{item.code}"] = _line(_("发现了什么、在哪里"), most=120)
        fields[f"fate_{item.code}"] = RadioField(_("怎么办"), default=Fate.CASE.value, validators=[Optional()])
        fields[f"grid_{item.code}"] = SelectField(_("在哪个网格"), validators=[Optional()])
    form: CheckForm = type("ThisCheckForm", (CheckForm,), fields)(**kwargs)
    form.rows = []
    for item in items:
        found, text, fate, grid = (form[f"{part}_{item.code}"] for part in ("found", "text", "fate", "grid"))
        fate.choices, grid.choices = labelled(Fate), options(places)
        text.flags.required = fate.flags.required = True
        form.rows.append((item, found, text, fate, grid))
    return form


class DutyForm(BaseForm):
    """Who sits on a day."""

    host = SelectField(_("接访人"), validators=[Optional()])
    stand_in = SelectField(_("替班人"), validators=[Optional()])

    def __init__(self, *, hosts: Pairs, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.host.choices = options([("", _("还没有安排")), *hosts])
        self.stand_in.choices = options([("", _("不设")), *hosts])
        self.host.flags.required = True


class RotaForm(BaseForm):
    """Who takes turns."""

    posts = _ticks(_("哪些岗位轮流"), coerce=int)

    def __init__(self, *, hosts: Pairs, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.posts.choices = options(hosts)
        self.posts.flags.required = True


class RuleForm(BaseForm):
    """When a place receives."""

    weekday = RadioField(_("哪天接访"), coerce=int, validators=[InputRequired(_("请选一天。"))])
    opens = TimeField(_("开始"), validators=[InputRequired(_("请填时间。"))])
    closes = TimeField(_("结束"), validators=[InputRequired(_("请填时间。"))])
    venue = _line(_("在哪里"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.weekday.choices = options(WEEKDAYS)

    @property
    def rule(self) -> DayRule:
        """As the rules take it."""
        return DayRule(self.weekday.data, self.opens.data, self.closes.data, self.venue.data or "")


class OwnItemForm(BaseForm):
    """One more thing to look at."""

    kind = SelectField(_("哪种巡查"), validators=[InputRequired(_("请选一种巡查。"))])
    words = _line(_("看什么"), wanted=_("请写看什么。"), most=ITEM_LENGTH)
    case_class = SelectField(_("有问题时登记成"), validators=[InputRequired(_("请选一个类别。"))])
    home = BooleanField(_("走访时逐户查"))

    def __init__(self, *, classes: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = labelled(CheckKind)
        self.case_class.choices = list(classes)


class PlanForm(BaseForm):
    """The seasons, and which of the shipped items are looked at."""

    items = _ticks(_("看哪些"))
    kinds: list[tuple[CheckKind, Any, Any, Any]]

    def offer(self, items: Pairs) -> None:
        """The shipped items."""
        self.items.choices = options(items)

    def plan(self, before: PatrolPlan, shipped: Sequence[CheckItem]) -> PatrolPlan:
        """The plan as filled in; the place's own items stay."""
        seasons = {kind: Season(first.data, last.data, every.data) for kind, first, last, every in self.kinds}
        kept = set(self.items.data or ())
        return PatrolPlan(seasons, frozenset(item.code for item in shipped if item.code not in kept), before.own)


def plan_form(plan: PatrolPlan, shipped: Sequence[CheckItem], words: Pairs, **kwargs: Any) -> PlanForm:
    """The form of a plan, filled with the one in force."""
    fields: dict[str, Any] = {}
    for kind in CheckKind:
        season = plan.seasons[kind]
        fields[f"first_{kind}"] = SelectField(_("从几月"), coerce=int, choices=MONTHS, default=season.first)
        fields[f"last_{kind}"] = SelectField(_("到几月"), coerce=int, choices=MONTHS, default=season.last)
        fields[f"every_{kind}"] = IntegerField(
            _("几天一次"), default=season.every,
            validators=[InputRequired(_("请填天数。")), NumberRange(1, 183, _("请填 1 到 183 天。"))],
        )  # fmt: skip
    kept = [item.code for item in shipped if item.code not in plan.without]
    form: PlanForm = type("ThisPlanForm", (PlanForm,), fields)(data={"items": kept}, **kwargs)
    form.kinds = [(kind, form[f"first_{kind}"], form[f"last_{kind}"], form[f"every_{kind}"]) for kind in CheckKind]
    form.offer(words)
    return form
