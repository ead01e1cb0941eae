"""Forms of persons: particulars, what they are, pledges, why a number is looked at."""

from __future__ import annotations

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
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from gridcase.people.forms.posts import PHONE, day
from gridcase.people.rules import PledgeReview, Tag
from gridcase.web.formkit import BaseForm, labelled, options, tidy


class PersonForm(BaseForm):
    """A person's particulars."""

    seen = HiddenField()
    name = StringField(
        _("姓名"),
        filters=[tidy],
        validators=[InputRequired(_("请填写姓名。")), Length(max=60, message=_("最多 60 个字。"))],
    )
    gender = SelectField(_("性别"), validators=[Optional()], default="")
    born_on = DateField(_("出生日期"), validators=[Optional()])
    phone = StringField(
        _("电话"), filters=[tidy], validators=[Optional(), Regexp(PHONE, message=_("请填写数字的电话号码。"))]
    )

    def offer(self) -> None:
        """Fill in the choices."""
        self.gender.choices = options([("", _("不填")), ("m", _("男")), ("f", _("女"))])


class RevealForm(BaseForm):
    """Why somebody looks at a phone number; the reasons are handed in."""

    reason = RadioField(_("为什么要看"), validators=[InputRequired(_("请选择为什么要看。"))])


class TagForm(BaseForm):
    """What a person is, from when to when."""

    kind = SelectField(_("身份"), validators=[InputRequired(_("请选身份。"))])
    start = day(_("从哪天起"), _("请填写日期。"))
    until = DateField(_("最后一天"), validators=[Optional()])

    def offer(self) -> None:
        """Fill in the choices."""
        self.kind.choices = labelled(Tag)


class UntagForm(TagForm):
    """What a person is no longer, from which day on."""

    until = None


class PledgeForm(BaseForm):
    """What is promised for a year, one thing a line."""

    year = IntegerField(
        _("年份"),
        validators=[InputRequired(_("请填写年份。")), NumberRange(2000, 2100, message=_("请填四位年份。"))],
    )
    words = TextAreaField(
        _("承诺的事"),
        filters=[tidy],
        validators=[InputRequired(_("请至少写一件承诺的事。")), Length(max=2000, message=_("最多 2000 个字。"))],
        render_kw={"rows": 5},
    )

    def lines(self) -> list[str]:
        """Each promise by itself."""
        return [line.strip()[:200] for line in (self.words.data or "").splitlines() if line.strip()]


class ProgressForm(BaseForm):
    """How far one promise has come."""

    progress = StringField(_("进展"), filters=[tidy], validators=[Length(max=200, message=_("最多 200 个字。"))])
    done = BooleanField(_("已兑现"))


class ReviewForm(BaseForm):
    """How the members judged."""

    review = RadioField(_("评诺结果"), validators=[InputRequired(_("请选评诺结果。"))])
    score = IntegerField(_("得分"), validators=[Optional(), NumberRange(0, 100, message=_("请填 0 到 100。"))])

    def offer(self) -> None:
        """Fill in the choices."""
        self.review.choices = labelled(PledgeReview)
