"""Forms of opinions; choices are handed in."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from gridcase.affairs.rules.opinions import ANSWER_MOST, TEXT_MOST, Outcome
from gridcase.web.formkit import BaseForm, labelled, options, tidy

TOO_LONG = _("写得太长了，请缩短。")


class CollectForm(BaseForm):
    """Notes put into an opinion: a new one in a sentence, or one there is."""

    visits = SelectMultipleField(
        _("走访时听到的"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        validators=[Optional()],
    )  # fmt: skip
    into = SelectField(_("归到哪一条"), coerce=int, validators=[Optional()])
    text = StringField(
        _("新的一条意见"), filters=[tidy], render_kw={"autocomplete": "off"},
        validators=[Optional(), Length(max=TEXT_MOST, message=TOO_LONG)],
    )  # fmt: skip

    def offer(self, *, visits: Sequence[tuple[int, str]], opinions: Sequence[tuple[int, str]]) -> None:
        """The notes that wait, and the opinions there are."""
        self.visits.choices = options(visits)
        self.into.choices = options([(0, _("新的一条，写在下面")), *opinions])


class SettleForm(BaseForm):
    """What became of an opinion."""

    text = StringField(
        _("意见"), filters=[tidy], render_kw={"autocomplete": "off"},
        validators=[InputRequired(_("请用一句话写意见，不写姓名。")), Length(max=TEXT_MOST, message=TOO_LONG)],
    )  # fmt: skip
    outcome = RadioField(_("结果"), validators=[InputRequired(_("请选结果。"))])
    led = SelectField(_("引出了哪一处改动"), validators=[Optional()])
    answer = TextAreaField(
        _("怎么答复的，或者为什么不采纳"), filters=[tidy], render_kw={"rows": 3},
        validators=[Optional(), Length(max=ANSWER_MOST, message=TOO_LONG)],
    )  # fmt: skip
    seen = HiddenField()

    def offer(self, changes: Sequence[tuple[str, object]]) -> None:
        """The outcomes, and what it can have led to."""
        self.outcome.choices = labelled(Outcome)
        self.led.choices = options([("", _("请选择")), *changes])
