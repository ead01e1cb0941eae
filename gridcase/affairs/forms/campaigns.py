"""Forms of campaigns; choices are handed in."""

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
)
from wtforms.validators import UUID, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from gridcase.affairs.rules.campaigns import NUMBER_MOST, ActionKind
from gridcase.web.formkit import BaseForm, labelled, options, tidy

TOO_LONG = _("写得太长了，请缩短。")
PLAN_RANGE = _("计划数填 1 到 %(most)s；没有计划就空着。", most=NUMBER_MOST)
DIGITS = {"inputmode": "numeric", "autocomplete": "off"}


class CampaignForm(BaseForm):
    """A new campaign."""

    name = StringField(
        _("名称"), filters=[tidy], render_kw={"autocomplete": "off"},
        validators=[InputRequired(_("请写专项行动的名称。")), Length(max=40, message=TOO_LONG)],
    )  # fmt: skip
    place = SelectField(_("在哪里"), coerce=int, validators=[InputRequired(_("请选一个地方。"))])
    begins_on = DateField(_("从哪天"), validators=[InputRequired(_("请选日期。"))])
    ends_on = DateField(_("到哪天"), validators=[InputRequired(_("请选日期。"))])
    kinds = SelectMultipleField(
        _("记哪些数"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        validators=[InputRequired(_("至少选一样。"))],
    )  # fmt: skip
    opinions = BooleanField(_("逐户走访，征求意见：听到的意见按村归类，写明结果"))
    text = TextAreaField(
        _("做什么"), filters=[tidy], validators=[Optional(), Length(max=300, message=TOO_LONG)], render_kw={"rows": 3},
    )  # fmt: skip
    client_uuid = HiddenField(validators=[UUID(_("请重新打开这张表。"))])

    def offer(self, places: Sequence[tuple[int, str]]) -> None:
        """Where it may take place, and what it may count."""
        self.place.choices = options(places)
        self.kinds.choices = labelled(ActionKind)


class ActionForm(BaseForm):
    """One thing that is counted; the view adds a field a village for the plan."""

    kind = SelectField(_("是哪一类"), validators=[InputRequired(_("请选是哪一类。"))])
    name = StringField(
        _("叫什么"), filters=[tidy], render_kw={"autocomplete": "off"},
        validators=[InputRequired(_("请写这一项叫什么。")), Length(max=20, message=TOO_LONG)],
    )  # fmt: skip
    unit = StringField(_("单位"), filters=[tidy], validators=[Optional(), Length(max=6, message=TOO_LONG)])
    planned = IntegerField(
        _("一共计划多少"), render_kw=DIGITS,
        validators=[Optional(), NumberRange(1, NUMBER_MOST, PLAN_RANGE)],
    )  # fmt: skip
    purpose = SelectField(_("走访记录自动算进来"), validators=[Optional()])

    def offer(self, purposes: Sequence[tuple[str, Any]]) -> None:
        """The kinds, and for which visits it may count."""
        self.kind.choices = labelled(ActionKind)
        self.purpose.choices = options([("", _("不算")), *purposes])


def planned_by_village(villages: Sequence[tuple[int, str]]) -> type[ActionForm]:
    """The form with one more field a village."""
    fields = {
        f"village_{key}": IntegerField(
            name, render_kw=DIGITS,
            validators=[Optional(), NumberRange(0, NUMBER_MOST, PLAN_RANGE)],
        )
        for key, name in villages
    }  # fmt: skip
    return type("PlannedForm", (ActionForm,), fields)


class EntryForm(BaseForm):
    """What was done: four fields, one of them may be left out."""

    action = RadioField(_("做了什么"), coerce=int, validators=[InputRequired(_("请选做了什么。"))])
    number = IntegerField(
        _("多少"), render_kw=DIGITS,
        validators=[
            InputRequired(_("请填数量。")), NumberRange(0, NUMBER_MOST, _("数量填 1 到 %(most)s。", most=NUMBER_MOST)),
        ],
    )  # fmt: skip
    whole = IntegerField(
        _("总数"), render_kw=DIGITS,
        validators=[Optional(), NumberRange(1, NUMBER_MOST, _("指标要填总数，至少 1。"))],
    )  # fmt: skip
    day = DateField(_("哪天"), validators=[InputRequired(_("请选日期。"))])
    place = SelectField(_("哪里"), coerce=int, validators=[InputRequired(_("请选一个地方。"))])
    note = StringField(_("备注"), filters=[tidy], validators=[Optional(), Length(max=100, message=TOO_LONG)])
    client_uuid = HiddenField(validators=[UUID(_("请重新打开这张表。"))])

    def offer(self, *, actions: Sequence[tuple[int, str]], places: Sequence[tuple[int, str]]) -> None:
        """What is counted and where."""
        self.action.choices = options(actions)
        self.place.choices = options(places)


class CountForm(BaseForm):
    """Activities that were held, to be counted in an action."""

    action = RadioField(_("算进哪一项"), coerce=int, validators=[InputRequired(_("请选算进哪一项。"))])
    activities = SelectMultipleField(
        _("哪些活动"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        validators=[InputRequired(_("至少选一次活动。"))],
    )  # fmt: skip

    def offer(self, *, actions: Sequence[tuple[int, str]], activities: Sequence[tuple[int, str]]) -> None:
        """What takes activities, and which there are."""
        self.action.choices = options(actions)
        self.activities.choices = options(activities)
