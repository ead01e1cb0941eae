"""Forms of honours and boards; choices are handed in."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import UUID, InputRequired, Length, NumberRange, Optional

from gridcase.affairs.rules import AwardKind, AwardLevel
from gridcase.web.formkit import BaseForm, labelled, options, tidy

TOO_LONG = _("写得太长了，请缩短。")


class RoundForm(BaseForm):
    """A new round."""

    village = SelectField(_("哪个村"), coerce=int, validators=[InputRequired(_("请选哪个村。"))])
    kind = RadioField(_("评什么"), validators=[InputRequired(_("请选评什么。"))])
    name = StringField(_("叫什么"), filters=[tidy], validators=[Optional(), Length(max=40, message=TOO_LONG)])
    level = SelectField(_("哪一级"), validators=[InputRequired(_("请选哪一级。"))])
    places = IntegerField(
        _("名额"),
        validators=[InputRequired(_("请填名额。")), NumberRange(1, 500, _("名额填 1 到 500 户。"))],
    )
    counts_from = DateField(_("看哪一段的积分，从"), validators=[InputRequired(_("请选日期。"))])
    counts_to = DateField(_("到"), validators=[InputRequired(_("请选日期。"))])
    client_uuid = HiddenField(validators=[UUID(_("请重新打开这张表。"))])

    def offer(self, villages: Sequence[tuple[int, str]]) -> None:
        """Villages, honours, levels."""
        self.village.choices = options(villages)
        self.kind.choices = labelled(AwardKind)
        self.level.choices = labelled(AwardLevel)


class NameForm(BaseForm):
    """A home is named."""

    home = IntegerField(_("哪一户"), validators=[InputRequired(_("请选哪一户。"))])
    stars = SelectField(_("几星"), coerce=int, validators=[Optional()])
    deeds = StringField(
        _("主要事迹"), filters=[tidy], validators=[Optional(), Length(max=200, message=_("最多 200 字。"))]
    )

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.stars.choices = options([(0, ""), *((number, "★" * number) for number in range(5, 0, -1))])


class HangForm(BaseForm):
    """A council's opinion, and how long it hangs out."""

    decision = SelectField(
        _("评议会意见"), coerce=int, validators=[InputRequired(_("请选一份道德评议会已通过的意见。"))]
    )
    days = IntegerField(
        _("公示几天"), default=7,
        validators=[InputRequired(_("请填公示几天。")), NumberRange(5, 30, _("公示 5 到 30 天。"))],
    )  # fmt: skip


class ObjectForm(BaseForm):
    """Why a home should not be honoured."""

    reason = TextAreaField(
        _("为什么有异议"), filters=[tidy], render_kw={"rows": 3},
        validators=[InputRequired(_("请写明异议的理由。")), Length(max=300, message=_("最多 300 字。"))],
    )  # fmt: skip


class AnswerForm(BaseForm):
    """The answer to an objection."""

    upheld = RadioField(_("核实结果"), validators=[InputRequired(_("请选核实结果。"))])
    words = TextAreaField(
        _("核实的情况"), filters=[tidy], render_kw={"rows": 3},
        validators=[InputRequired(_("请写明核实的情况。")), Length(max=300, message=_("最多 300 字。"))],
    )  # fmt: skip

    def offer(self) -> None:
        """Upheld or not."""
        self.upheld.choices = options([("no", _("异议不成立，保留提名")), ("yes", _("异议成立，取消提名"))])


class RevokeForm(BaseForm):
    """Why an honour is taken back."""

    reason = StringField(
        _("为什么撤销"), filters=[tidy],
        validators=[InputRequired(_("请写为什么撤销。")), Length(max=200, message=_("最多 200 字。"))],
    )  # fmt: skip


class ChoiceForm(BaseForm):
    """What a home wants others to read of it."""

    compared = BooleanField(_("愿意参加评比"))
    named = BooleanField(_("同意上红榜，写户主姓名"))


class BlackForm(BaseForm):
    """The decision a black list rests on."""

    decision = SelectField(_("村里的决议"), coerce=int, validators=[InputRequired(_("请选村里通过的决议。"))])
    span = HiddenField()
