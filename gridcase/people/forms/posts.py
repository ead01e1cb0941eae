"""Forms of posts: setting up, renaming, who holds one from when, who stands in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from gridcase.people.rules import Absence, LeaderSource
from gridcase.web.formkit import BaseForm, labelled, options, tidy

PHONE = r"^[0-9+\- ]{5,20}$"
NOBODY = ("", "—")


def day(label: object, message: object) -> DateField:
    """A day that must be given."""
    return DateField(label, validators=[InputRequired(message)])


class DayForm(BaseForm):
    """From which day on something is so; nothing else is asked."""

    start = day(_("从哪天起"), _("请填写日期。"))


class PickForm(BaseForm):
    """Somebody out of those whose whole name was typed, or a new person; the choices are handed in."""

    person = RadioField(_("是哪一位"), validators=[InputRequired(_("请选是哪一位。"))])
    gender = SelectField(_("性别"), validators=[Optional()], default="")
    phone = StringField(
        _("电话"), filters=[tidy], validators=[Optional(), Regexp(PHONE, message=_("请填写数字的电话号码。"))]
    )

    def offer(self, people: list[tuple[str, object]]) -> None:
        """Fill in the choices."""
        self.person.choices = options(people)
        self.gender.choices = options([("", _("不填")), ("m", _("男")), ("f", _("女"))])


class AppointForm(PickForm):
    """Who holds the post, from when."""

    start = day(_("从哪天起任职"), _("请填写任职的日期。"))
    source = SelectField(_("选配来源"), validators=[Optional()], default="")

    def offer(self, people: list[tuple[str, object]]) -> None:
        """Fill in the choices."""
        super().offer(people)
        self.source.choices = [*options([NOBODY]), *labelled(LeaderSource)]


class StandInForm(PickForm):
    """Who stands in, from when to when, and why."""

    start = day(_("代班第一天"), _("请填写代班的第一天。"))
    until = day(_("代班最后一天"), _("请填写代班的最后一天。"))
    why = RadioField(_("为什么代班"), validators=[InputRequired(_("请选代班的原因。"))])

    def offer(self, people: list[tuple[str, object]]) -> None:
        """Fill in the choices."""
        super().offer(people)
        self.why.choices = labelled(Absence)


class EditPostForm(BaseForm):
    """What can be put right about a post; sections and units are handed in."""

    seen = HiddenField()
    title = StringField(
        _("岗位名称"),
        filters=[tidy],
        validators=[InputRequired(_("请填写岗位名称。")), Length(max=80, message=_("最多 80 个字。"))],
    )
    section = SelectField(_("片"), validators=[Optional()], default="")
    unit = SelectField(_("站所"), validators=[Optional()], default="")
    paid = BooleanField(_("有报酬的岗位"))


class NewPostForm(EditPostForm):
    """A new post: its role and place besides."""

    role = SelectField(_("角色"), validators=[InputRequired(_("请选角色。"))])
    place = SelectField(_("在哪里"), validators=[InputRequired(_("请选地方。"))])
    start = day(_("从哪天起设立"), _("请填写设立的日期。"))
