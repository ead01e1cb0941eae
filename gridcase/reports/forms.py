"""Forms of reports. Choices are handed in by the views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import UUID, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from gridcase.core.words import N_
from gridcase.reports.rules import (
    BELOW,
    COLUMNS,
    EVERY,
    HEAD_LENGTH,
    MOST_PARTS,
    NOTES_LENGTH,
    ROWS,
    TITLE_LENGTH,
    Adding,
    Kind,
    Order,
    Shape,
)
from gridcase.reports.rules.indicators import NAME_LENGTH, REASON_LENGTH, SOURCE_LENGTH, UNIT_LENGTH
from gridcase.web.formkit import BaseForm, labelled, options, tidy

TOO_LONG = _("写得太长了，请缩短。")
Pairs = Sequence[tuple[Any, Any]]
ROW_CHOICES: Pairs = (
    ("", N_("不分行，只列指标")), (BELOW, N_("下一级（县看镇、镇看村、村看组）")),
    *((str(one), one.label) for one in ROWS),
)  # fmt: skip
COLUMN_CHOICES: Pairs = (("", N_("不分列")), *((str(one), one.label) for one in COLUMNS))
ADDINGS = (Adding.FLOW, Adding.STOCK, Adding.SURVEY)


def _line(label: Any, *, wanted: Any = None, most: int = 60) -> StringField:
    needed = InputRequired(wanted) if wanted else Optional()
    return StringField(
        label, validators=[needed, Length(max=most, message=TOO_LONG)], filters=[tidy],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip


def _ticks(label: Any, **how: Any) -> SelectMultipleField:
    return SelectMultipleField(
        label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validators=[Optional()], **how
    )


class PartForm(Form):
    """One table of a report."""

    head = _line(_("这一部分的标题"), most=HEAD_LENGTH)
    rows = SelectField(_("行"), validators=[Optional()])
    columns = SelectField(_("列"), validators=[Optional()])
    major = SelectField(_("事件大类"), validators=[Optional()])
    measures = _ticks(_("统计项"))


class BuildForm(BaseForm):
    """A form of a report as it is being put together."""

    client_uuid = HiddenField(validators=[UUID(_("请重新打开这张表。"))])
    seen = HiddenField()
    title = _line(_("报表名称"), wanted=_("请写报表名称。"), most=TITLE_LENGTH)
    place = SelectField(_("哪里的报表"), coerce=int)
    every = SelectField(_("周期"))
    shape = SelectField(_("样式"))
    order = SelectField(_("行的顺序"))
    parts = FieldList(FormField(PartForm), min_entries=1, max_entries=MOST_PARTS)
    notes = TextAreaField(
        _("表下说明"), validators=[Optional(), Length(max=NOTES_LENGTH, message=TOO_LONG)], filters=[tidy],
        render_kw={"rows": 2},
    )  # fmt: skip

    def offer(self, *, places: Pairs, majors: Pairs, measures: Pairs) -> None:
        """What there is to choose from."""
        self.place.choices = options(places)
        self.every.choices = labelled(EVERY)
        self.shape.choices = labelled(Shape)
        self.order.choices = labelled(Order)
        for one in (self.place, self.every, self.shape, self.order):
            one.flags.required = True  # each has a value: nothing to say about it
        for part in self.parts:
            for name in ("rows", "columns", "major"):
                part[name].flags.required = True
            part["rows"].choices = options(ROW_CHOICES)
            part["columns"].choices = options(COLUMN_CHOICES)
            part["major"].choices = options(majors)
            part["measures"].choices = options(measures)


class ScheduleForm(BaseForm):
    """How often a report is made by itself, and who is told."""

    every = RadioField(_("多久出一次"), validators=[InputRequired(_("请选一种周期。"))])
    readers = _ticks(_("出来后告诉谁"), coerce=int, validate_choice=False)  # a strange one the service refuses in words
    hand_up = BooleanField(_("出来后直接上报县里"))

    def offer(self, *, readers: Pairs, town: bool) -> None:
        """The posts that may read it; only a town has somebody to hand it up to."""
        self.every.choices = labelled(EVERY)
        self.readers.choices = options(readers)
        if not town:
            del self.hand_up


class ReasonForm(BaseForm):
    """Why something is made anew."""

    reason = _line(_("为什么重做"), wanted=_("请写明为什么重做。"), most=REASON_LENGTH)


class IndicatorForm(BaseForm):
    """A new indicator."""

    name = _line(_("指标名称"), wanted=_("请写指标名称。"), most=NAME_LENGTH)
    unit = _line(_("单位"), wanted=_("请写单位，例如万元、人。"), most=UNIT_LENGTH)
    place = SelectField(_("哪里用"), coerce=int)
    kind = RadioField(_("什么样的数"), default=str(Kind.AMOUNT), validators=[InputRequired(_("请选是什么样的数。"))])
    adding = RadioField(_("多个数怎么算"), validators=[InputRequired(_("请选多个数怎么算。"))])

    def offer(self, *, places: Pairs) -> None:
        """The places one makes indicators for."""
        self.place.flags.required = True
        self.place.choices = options(places)
        self.kind.choices = labelled(Kind)
        self.adding.choices = labelled(ADDINGS)


class RowForm(Form):
    """One indicator to be entered."""

    indicator = HiddenField()
    number = _line(_("数"), most=20)
    source = _line(_("数从哪里来"), most=SOURCE_LENGTH)


class EnterForm(BaseForm):
    """The indicators of a place and a period that nobody has entered yet."""

    rows = FieldList(FormField(RowForm))


class CorrectForm(BaseForm):
    """A number put right."""

    over = HiddenField()
    number = _line(_("改为"), wanted=_("请填改正后的数。"), most=20)
    source = _line(_("数从哪里来"), wanted=_("请写明数从哪里来，例如村级账目、统计年报。"), most=SOURCE_LENGTH)
    reason = _line(_("为什么改"), wanted=_("请写明为什么改。"), most=REASON_LENGTH)


class SurveyForm(BaseForm):
    """A figure that somebody outside has measured."""

    indicator = SelectField(_("哪一项"), coerce=int)
    year = SelectField(_("哪一年"))
    number = _line(_("数"), wanted=_("请填一个数，最多两位小数，例如 9.94。"), most=20)
    source = _line(_("谁调查的、哪里公布的"), wanted=_("请写明谁调查的、哪里公布的。"), most=SOURCE_LENGTH)

    def offer(self, *, indicators: Pairs, years: Sequence[str]) -> None:
        """The figures one keeps, and the years that are over or running."""
        self.indicator.flags.required = self.year.flags.required = True
        self.indicator.choices = options(indicators)
        self.year.choices = options((year, year) for year in years)
