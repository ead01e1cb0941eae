"""Forms of teams and requests; choices are handed in."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import UUID, InputRequired, Length

from gridcase.affairs.rules import TeamKind
from gridcase.web.formkit import BaseForm, labelled, options, tidy

TOO_LONG = _("写得太长了，请缩短。")


class TeamForm(BaseForm):
    """A new team."""

    village = SelectField(_("哪个村"), coerce=int, validators=[InputRequired(_("请选哪个村。"))])
    kind = RadioField(_("哪一类"), validators=[InputRequired(_("请选哪一类队伍。"))])
    name = StringField(
        _("队伍名称"), filters=[tidy],
        validators=[InputRequired(_("请写队伍的名称。")), Length(max=40, message=TOO_LONG)],
    )  # fmt: skip
    since = DateField(_("哪天成立"), validators=[InputRequired(_("请选成立的日期。"))])

    def offer(self, villages: Sequence[tuple[int, str]]) -> None:
        """Where it may stand."""
        self.village.choices = options(villages)
        self.kind.choices = labelled(TeamKind)


class MateForm(BaseForm):
    """Somebody comes into a team."""

    person = HiddenField(validators=[InputRequired(_("请先找到这个人。"))])
    leads = BooleanField(_("是队长"))
    on = DateField(_("哪天入队"), validators=[InputRequired(_("请选入队的日期。"))])


class AskForm(BaseForm):
    """What help is needed."""

    kind = RadioField(_("请哪一类队伍"), validators=[InputRequired(_("请选哪一类队伍。"))])
    text = TextAreaField(
        _("要帮什么"), filters=[tidy], render_kw={"rows": 3},
        validators=[
            InputRequired(_("请写要帮什么，至少四个字。")), Length(max=200, message=_("最多 200 字。")),
        ],
    )  # fmt: skip
    client_uuid = HiddenField(validators=[UUID(_("请重新打开这张表。"))])

    def offer(self) -> None:
        """The kinds of teams."""
        self.kind.choices = labelled(TeamKind)


class DoneForm(BaseForm):
    """What was done."""

    note = TextAreaField(
        _("帮了什么"), filters=[tidy], render_kw={"rows": 2},
        validators=[
            InputRequired(_("请写帮了什么，至少四个字。")), Length(max=200, message=_("最多 200 字。")),
        ],
    )  # fmt: skip


class HandForm(BaseForm):
    """Which other team."""

    team = SelectField(_("改请哪支队伍"), coerce=int, validators=[InputRequired(_("请选一支队伍。"))])
