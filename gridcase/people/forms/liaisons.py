"""Forms of certificates."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import DateField, IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from gridcase.people.forms.posts import day
from gridcase.people.rules import Candidate, MeetingKind
from gridcase.web.formkit import BaseForm, labelled, tidy

_COUNT = NumberRange(1, 2000, message=_("请填 1 到 2000。"))


class ElectionForm(BaseForm):
    """How the homes chose their representative, and the term; the person is the holder of the post."""

    elected_on = day(_("推选日期"), _("请填写推选日期。"))
    meeting = RadioField(_("推选方式"), validators=[InputRequired(_("请选推选方式。"))])
    votes = IntegerField(_("得票数"), validators=[Optional(), _COUNT])
    signatures = IntegerField(_("签名户数"), validators=[Optional(), _COUNT])
    led_by = StringField(
        _("主持人"),
        filters=[tidy],
        validators=[InputRequired(_("请填写主持人。")), Length(max=60, message=_("最多 60 个字。"))],
    )
    candidate = RadioField(_("人选类型"), validators=[InputRequired(_("请选人选类型。"))])
    term_from = day(_("任期从哪天起"), _("请填写任期开始的日期。"))
    until = day(_("任期最后一天"), _("请填写任期的最后一天。"))
    oath_on = DateField(_("宣誓日期"), validators=[Optional()])

    def offer(self) -> None:
        """Fill in the choices."""
        self.meeting.choices = labelled(MeetingKind)
        self.candidate.choices = labelled(Candidate)


class OathForm(BaseForm):
    """When the representative swore."""

    on = day(_("宣誓日期"), _("请填写宣誓日期。"))


class RevokeForm(BaseForm):
    """From when on the certificate does not hold, and why."""

    start = day(_("从哪天起"), _("请填写日期。"))
    why = StringField(
        _("撤销原因"),
        filters=[tidy],
        validators=[InputRequired(_("请写明撤销原因。")), Length(max=120, message=_("最多 120 个字。"))],
    )
