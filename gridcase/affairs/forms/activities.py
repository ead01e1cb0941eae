"""Forms of activities; choices are handed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import UUID, InputRequired, Length, NumberRange, Optional

from gridcase.affairs.rules import ActivityKind, Branch
from gridcase.web.formkit import BaseForm, labelled, options, tidy

TOO_LONG = _("写得太长了，请缩短。")


class CallForm(BaseForm):
    """What people are called to."""

    kind = RadioField(_("办什么"), validators=[InputRequired(_("请选办什么。"))])
    title = StringField(
        _("名称"), filters=[tidy], render_kw={"autocomplete": "off"},
        validators=[InputRequired(_("请写活动的名称。")), Length(max=40, message=TOO_LONG)],
    )  # fmt: skip
    starts_at = DateTimeLocalField(
        _("什么时候"), format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[InputRequired(_("请选日期和时间。"))],
    )  # fmt: skip
    spot = StringField(
        _("在哪里集合"), filters=[tidy],
        validators=[InputRequired(_("请写在哪里集合。")), Length(max=60, message=TOO_LONG)],
    )  # fmt: skip
    afterwards = BooleanField(_("已经办过，现在补记：不报名，直接记到场的人"))
    hours = IntegerField(
        _("每人大约几小时"), default=2,
        validators=[InputRequired(_("请填小时数。")), NumberRange(1, 24, _("每人几小时，填 1 到 24。"))],
    )  # fmt: skip
    place = SelectField(_("召集哪里的人"), coerce=int, validators=[InputRequired(_("请选在哪里办。"))])
    item = SelectField(_("记多少积分"), default="auto", validators=[InputRequired(_("请选记多少积分。"))])
    seats = IntegerField(_("名额"), validators=[Optional(), NumberRange(1, 5000, _("名额至少 1 人；不限就空着。"))])
    branch = SelectField(_("属于哪一治"), validators=[Optional()])
    text = TextAreaField(
        _("还要说明的"), filters=[tidy], validators=[Optional(), Length(max=600, message=TOO_LONG)],
        render_kw={"rows": 3},
    )  # fmt: skip
    client_uuid = HiddenField(validators=[UUID(_("请重新打开这张表。"))])
    seen = HiddenField()

    def offer(self, *, places: Sequence[tuple[int, str]], items: Sequence[tuple[str, Any]]) -> None:
        """Where people are called from, and what it may give."""
        self.kind.choices = labelled(ActivityKind)
        self.branch.choices = [*options([("", _("不分"))]), *labelled(Branch)]
        self.place.choices = options(places)
        self.item.choices = options(items)


class JoinForm(BaseForm):
    """Who of the home comes."""

    home = SelectField(_("哪一户"), coerce=int, validators=[InputRequired(_("请选哪一户。"))])
    who = RadioField(_("谁去"), validators=[InputRequired(_("请选谁去。"))])


class CancelForm(BaseForm):
    """Why it is called off."""

    reason = StringField(
        _("为什么取消"), filters=[tidy],
        validators=[InputRequired(_("请写为什么取消，报了名的人会看到。")), Length(max=100, message=TOO_LONG)],
    )  # fmt: skip


class EndForm(BaseForm):
    """How long it took; shown first, done when confirmed."""

    hours = IntegerField(
        _("每人实际几小时"),
        validators=[InputRequired(_("请填小时数。")), NumberRange(1, 24, _("每人几小时，填 1 到 24。"))],
    )
    confirmed = HiddenField()


class GiveForm(BaseForm):
    """Points for those left out before; shown first, done when confirmed."""

    confirmed = HiddenField()


class SheetForm(BaseForm):
    """The names of a sign-in sheet, pasted or as a table."""

    text = TextAreaField(
        _("签到的姓名"), filters=[tidy], validators=[Optional(), Length(max=20000, message=TOO_LONG)],
        render_kw={"rows": 8, "autocomplete": "off"},
    )  # fmt: skip
    table = FileField(_("或者选签到表文件"), render_kw={"accept": ".xlsx,.csv"})
    matched = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text.flags.one_of = self.table.flags.one_of = True


class SignInForm(BaseForm):
    """At the place: the home's digits and the name."""

    digits = StringField(
        _("户编号最后 6 位"), render_kw={"inputmode": "numeric", "autocomplete": "off"},
        validators=[InputRequired(_("请填户编号最后 6 位，在联户卡上。")), Length(max=40, message=TOO_LONG)],
    )  # fmt: skip
    name = StringField(
        _("姓名"), filters=[tidy], render_kw={"autocomplete": "off"},
        validators=[InputRequired(_("请填姓名，只填姓也行。")), Length(max=20, message=TOO_LONG)],
    )  # fmt: skip


class ValueForm(BaseForm):
    """What a day of unpaid work is reckoned at."""

    place = SelectField(_("哪里"), coerce=int, validators=[InputRequired(_("请选一个地方。"))])
    yuan = IntegerField(
        _("一个工日折多少元"),
        validators=[
            InputRequired(_("请填元数。")), NumberRange(1, 2000, _("一个工日的折算价，填 1 到 2000 元。")),
        ],
    )  # fmt: skip
