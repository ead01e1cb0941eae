"""The forms of the room. Of a visit nothing but how, whom and how things are is asked; all else is optional."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import UUID, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from gridcase.cases.rules import Answer
from gridcase.checks.rules import HomeList, Looked
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.words import N_
from gridcase.households.rules import LifeKind
from gridcase.visits.rules import PURPOSE_GROUPS, DoneBy, Errand, Purpose, Sign, Tick, VisitMode, VisitState
from gridcase.web.filters import translate
from gridcase.web.formkit import BaseForm, labelled, options, tidy

MET_MOST = 6
SPOKEN = (Answer.SOLVED, Answer.ANSWERED_QUESTION, Answer.NOT_SOLVED)
Choices = Sequence[tuple[str, str]]
Pairs = Sequence[tuple[int, str]]
PLAIN_STATES = (
    (VisitState.SAFE.value, N_("都好")), (VisitState.FOLLOW_UP.value, N_("有事要再去")),
    (VisitState.PASSED_ON.value, N_("有事，已经报上去")), (VisitState.NOT_MET.value, VisitState.NOT_MET.label),
)  # fmt: skip


class VisitForm(BaseForm):
    """A visit. The classes are handed in: the common ones as large rows, the rest to choose from."""

    client_uuid = HiddenField(validators=[UUID(_("请重新打开这张表。"))])
    mode = RadioField(_("方式"), default=VisitMode.HOME.value, validators=[InputRequired(_("请选走访方式。"))])
    met = RadioField(_("见到几人"), coerce=int, default=1, validators=[InputRequired(_("请选见到几人。"))])
    state = RadioField(_("这一户现在"), validators=[InputRequired(_("请选这一户的情况。"))])
    ticks = SelectMultipleField(
        _("看到的、问到的"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    note = TextAreaField(_("备注"), filters=[tidy], validators=[Length(max=500, message=_("最多 500 个字。"))])
    purpose = SelectField(_("事由"), default=Purpose.CARE.value)
    visited_at = DateTimeLocalField(_("走访时间"), validators=[InputRequired(_("请填写走访时间。"))])

    case_class = RadioField(_("哪一类"), default="")
    other_class = SelectField(_("其他类别"), default="")
    title = StringField(_("一句话说清"), filters=[tidy], validators=[Length(max=60, message=_("最多 60 个字。"))])
    text = TextAreaField(_("详细情况"), filters=[tidy], validators=[Length(max=2000, message=_("最多 2000 个字。"))])
    solved = BooleanField(_("当场办好了"))
    result = TextAreaField(_("怎么办的"), filters=[tidy], validators=[Length(max=1000, message=_("最多 1000 个字。"))])
    answer = RadioField(_("群众怎么说"), validators=[Optional()])

    spot = RadioField(_("办了什么"), default="")
    spot_words = StringField(_("一句话"), filters=[tidy], validators=[Length(max=100, message=_("最多 100 个字。"))])
    spot_by = RadioField(_("谁办的"), default=DoneBy.SELF.value)

    news = RadioField(_("什么变化"), default="")
    news_who = StringField(_("是谁"), filters=[tidy], validators=[Length(max=60, message=_("最多 60 个字。"))])
    news_on = DateField(_("哪一天"), validators=[Optional()])
    news_note = StringField(_("说明"), filters=[tidy], validators=[Length(max=200, message=_("最多 200 个字。"))])

    deed = TextAreaField(_("做了什么好事"), filters=[tidy], validators=[Length(max=500, message=_("最多 500 个字。"))])
    told = SelectMultipleField(
        _("顺便说到的通知"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    looked = SelectMultipleField(_("查过了"), option_widget=CheckboxInput())
    found = SelectMultipleField(_("有问题的"), option_widget=CheckboxInput())
    photos = MultipleFileField(_("照片"), validators=[Optional()], render_kw={"accept": "image/*"})
    signs = SelectMultipleField(_("看到的迹象"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())

    def __init__(
        self, *, common: Choices, others: Choices, lists: Sequence[HomeList] = (), notes: Pairs = (), **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._lists = lists
        self.told.choices = options(notes)
        self.looked.choices = [(one.kind.value, "") for one in lists]
        self.found.choices = [(item.code, "") for one in lists for item in one.items]
        self._class_names = dict([*common, *others])
        self.mode.choices = labelled(VisitMode)
        self.state.choices = labelled(VisitState)
        self.ticks.choices = labelled(Tick)
        self.purpose.choices = {translate(words): labelled(purposes) for words, purposes in PURPOSE_GROUPS}
        self.spot.choices = [("", _("没有")), *labelled(Errand)]
        self.spot_by.choices = labelled(DoneBy)
        self.news.choices = [("", _("没有变化")), *labelled(LifeKind)]
        self.signs.choices = labelled(Sign)
        self.met.choices = [(n, str(n)) for n in range(MET_MOST)] + [(MET_MOST, f"{MET_MOST}+")]
        self.case_class.choices = [("", _("没有诉求")), *common]
        self.other_class.choices = [("", _("上面都不是，从这里选")), *others]
        self.answer.choices = labelled(SPOKEN)
        for name in ("purpose", "case_class", "result", "answer", "spot", "spot_by", "news", "news_who"):
            self[name].flags.required = True  # has a default, or is asked for only where it is needed

    def say_plainly(self) -> None:
        """The words of elder mode; what is kept stays the same."""
        for field, words in ((self.mode, _("怎么去的")), (self.state, _("这家人好不好"))):
            field.label.text = words
        self.ticks.label.text = _("看到什么要管的")
        self.state.choices = options(PLAIN_STATES)

    @property
    def checks(self) -> tuple[Looked, ...]:
        """What was looked at; where something was found somebody has looked."""
        looked, found = set(self.looked.data or ()), frozenset(self.found.data or ())
        pairs = [(one, found & {item.code for item in one.items}) for one in self._lists]
        return tuple(Looked(one.kind, wrong) for one, wrong in pairs if wrong or one.kind.value in looked)

    @property
    def class_code(self) -> str | None:
        """The chosen class; one from the long list wins, for it takes more trouble to choose."""
        return self.other_class.data or self.case_class.data or None

    @property
    def has_demand(self) -> bool:
        """Whether anything was put into the block of the demand."""
        return bool(self.class_code or self.title.data or self.text.data or self.solved.data)

    @property
    def demand_title(self) -> str:
        """What was written, else the name of the class: a tap is enough."""
        return self.title.data or self._class_names[self.class_code or ""]

    @property
    def at(self) -> datetime:
        """The time of the visit, aware: the form speaks the town's clock."""
        moment: datetime = self.visited_at.data
        return moment.replace(tzinfo=TOWN_ZONE)

    def validate(self, extra_validators: Any = None) -> bool:
        """A demand has a class; one settled on the spot says how, and what the villager said. Where nobody was met the
        state is chosen by itself."""
        if self.met.data == 0 and (not self.state.raw_data or self.state.data == VisitState.SAFE):
            self.state.data, self.state.raw_data = VisitState.NOT_MET.value, [VisitState.NOT_MET.value]
        sound: bool = super().validate(extra_validators)
        missing: list[tuple[Any, Any]] = []
        if self.has_demand and self.class_code is None:
            missing.append((self.case_class, _("请选诉求的类别。")))
        if self.solved.data and not self.result.data:
            missing.append((self.result, _("请写一句怎么办的。")))
        if self.solved.data and not self.answer.data:
            missing.append((self.answer, _("请选群众的答复。")))
        if self.spot.data == Errand.QUESTION and not self.spot_words.data:
            missing.append((self.spot_words, _("请写一句答了什么。")))
        if self.news.data and not self.news_who.data:
            missing.append((self.news_who, _("请写是谁。")))
        for field, words in missing:
            field.errors = [*field.errors, words]
        return sound and not missing


class DeedForm(BaseForm):
    """A good deed: of a home of the own circle, or of somebody else in the village."""

    client_uuid = HiddenField(validators=[UUID(_("请重新打开这张表。"))])
    text = TextAreaField(
        _("做了什么好事"),
        filters=[tidy],
        validators=[
            InputRequired(_("请写一句做了什么好事。")),
            Length(max=500, message=_("最多 500 个字。")),
        ],
    )
    household = SelectField(_("哪一户"), coerce=int, default=0)
    on = DateField(_("哪一天"), validators=[InputRequired(_("请填哪一天。"))])

    def __init__(self, *, homes: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.household.choices = [(0, _("不在我联系的户里")), *homes]
        self.household.flags.required = True  # has a default


class DeclareDeedForm(BaseForm):
    """For which item of the scheme."""

    item_code = SelectField(_("申报哪一项"), validators=[InputRequired(_("请选一项。"))])

    def __init__(self, *, items: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.item_code.choices = list(items)


class ConfirmForm(BaseForm):
    """By which record the signs of a home are confirmed."""

    ref = StringField(_("会议记录或评定的编号"), filters=[tidy])


class DropForm(BaseForm):
    """Nothing is asked: what is kept of a home goes."""


class WeekForm(BaseForm):
    """A weekly sheet as it is typed in: its lines are fields of the page, one set a home."""
