"""Forms of the villager's door: few fields, plain words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from gridcase.cases.rules import Rating
from gridcase.resident.rules import LONGEST
from gridcase.web.formkit import BaseForm, labelled, options, tidy

PHONE = r"^[0-9+\- ]{5,20}$"


class DemandForm(BaseForm):
    """What it is, and, if one likes, where, what kind, and who is asking."""

    text = TextAreaField(
        _("什么事"), filters=[tidy], render_kw={"rows": 5},
        validators=[
            InputRequired(_("请写明是什么事、在哪里，几句话就行。")),
            Length(max=LONGEST, message=_("太长了，请缩短到 1000 字以内。")),
        ],
    )  # fmt: skip
    where = StringField(_("在哪里"), filters=[tidy], validators=[Optional(), Length(max=120)])
    kind = SelectField(_("哪一类"), validators=[Optional()])
    name = StringField(_("怎么称呼您"), filters=[tidy], validators=[Optional(), Length(max=40)])
    phone = StringField(
        _("电话"), filters=[tidy], render_kw={"type": "tel", "autocomplete": "tel"},
        validators=[Optional(), Regexp(PHONE, message=_("电话只写数字，例如 13800000000；不想留就空着。"))],
    )  # fmt: skip
    once = HiddenField(validators=[InputRequired(), Length(max=40)])

    def offer(self, kinds: list[tuple[str, str]]) -> None:
        """The kinds a villager may choose from."""
        self.kind.choices = options([("", _("说不清，请工作人员看")), *kinds])


class OpenForm(BaseForm):
    """Number or phone, and the code."""

    who = StringField(_("编号或电话"), validators=[InputRequired(_("请填编号或登记时留的电话。")), Length(max=40)])
    code = StringField(
        _("查询码"), render_kw={"autocomplete": "off", "autocapitalize": "characters"},
        validators=[InputRequired(_("请填查询码，八位，在回执上。")), Length(max=20)],
    )  # fmt: skip


class WordForm(BaseForm):
    """One's own word on the result."""

    solved = RadioField(_("解决了吗"), validators=[InputRequired(_("请选一项。"))])
    rating = RadioField(_("满意吗"), validators=[Optional()])
    note = TextAreaField(_("还想说的"), filters=[tidy], validators=[Optional(), Length(max=300)], render_kw={"rows": 2})

    def offer(self) -> None:
        """Solved or not, and how content."""
        self.solved.choices = options([("yes", _("解决了")), ("no", _("没有解决"))])
        self.rating.choices = labelled(Rating)


class NoteForm(BaseForm):
    """A few words: to add, to take it back, or why it is not solved."""

    note = TextAreaField(
        _("写几句"), filters=[tidy], validators=[InputRequired(_("请写几句。")), Length(max=300)], render_kw={"rows": 2}
    )


class SheetForm(BaseForm):
    """A new code: for which place, and where it will hang."""

    grid = SelectField(_("哪里的码"), coerce=int, validators=[InputRequired(_("请选一个地方。"))])
    note = StringField(_("贴在哪里"), filters=[tidy], validators=[Optional(), Length(max=60)])
