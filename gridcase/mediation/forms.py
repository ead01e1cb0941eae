"""Forms of a mediation. Choices are handed in by the views."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    MultipleFileField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp

from gridcase.cases.rules import Answer
from gridcase.cases.rules.papers import PaperKind
from gridcase.files.rules import ACCEPTED
from gridcase.mediation.rules import Result
from gridcase.web.formkit import BaseForm, labelled, tidy

PHONE = r"^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})?$"
PLAIN = {"autocomplete": "off"}


def _line(label: Any, *, wanted: Any = None, most: int = 60, **render: Any) -> StringField:
    needed = InputRequired(wanted) if wanted else Optional()
    return StringField(label, validators=[needed, Length(max=most)], filters=[tidy], render_kw=PLAIN | render)


def _text(label: Any, *, wanted: Any = None, most: int = 4000, rows: int = 3) -> TextAreaField:
    needed = InputRequired(wanted) if wanted else Optional()
    return TextAreaField(label, validators=[needed, Length(max=most)], filters=[tidy], render_kw={"rows": rows})


class OpenForm(BaseForm):
    """Who mediates."""

    mediators = _line(_("调解员"), wanted=_("请填调解员姓名。"), most=200)


class FrameForm(OpenForm):
    """Who mediates, and until when."""

    due_on = DateField(_("调解到哪天"), validators=[InputRequired(_("请填日期。"))])
    both_agreed = BooleanField(_("超过一个月，双方都同意"))


class PartyForm(BaseForm):
    """Somebody in dispute."""

    name = _line(_("姓名"), wanted=_("请填当事人姓名。"))
    phone = StringField(
        _("电话"), validators=[Optional(), Regexp(PHONE, message=_("请填 11 位手机号，或带区号的座机号。"))],
        filters=[tidy], render_kw=PLAIN | {"inputmode": "tel"},
    )  # fmt: skip
    household = _line(_("哪一户（户主姓名或户编号）"))
    consented_on = DateField(_("哪天同意调解"), validators=[Optional()])


class SessionForm(BaseForm):
    """One sitting."""

    held_at = DateTimeLocalField(_("时间"), validators=[InputRequired(_("请填时间。"))])
    place = _line(_("地点"), wanted=_("请填地点。"), most=120)
    present = _line(_("谁到场"), wanted=_("请填到场的人。"), most=300)
    said = _text(_("一句话经过"), wanted=_("请用一句话写明经过。"), most=1000, rows=2)


class AgreementForm(BaseForm):
    """The text of the agreement."""

    dispute = _text(_("争议事项"), wanted=_("请写明争议的是什么。"))
    facts = _text(_("主要事实"))
    terms = _text(_("约定内容"), wanted=_("请写明双方约定了什么。"), rows=5)
    fulfilment = _text(_("怎么履行"), most=1000, rows=2)
    fulfil_by = DateField(_("履行期限"), validators=[Optional()])
    seen = HiddenField()


class EndForm(BaseForm):
    """How it ended."""

    result = RadioField(_("调解结果"), validators=[InputRequired(_("请选调解结果。"))])
    signed_on = DateField(_("双方签字日期"), validators=[Optional()])
    note = _text(_("说明"), most=1000, rows=2)
    ways_told = BooleanField(_("已告诉双方可以走的途径"))
    look_on = DateField(_("回访日期"), validators=[Optional()])

    def offer(self) -> None:
        """The ways a mediation can end."""
        self.result.choices = labelled(Result)


class CourtForm(BaseForm):
    """Asked of the court, and confirmed by it."""

    asked_on = DateField(_("双方共同申请的日期"), validators=[InputRequired(_("请填日期。"))])
    confirmed_on = DateField(_("法院确认的日期"), validators=[Optional()])
    confirmed_no = _line(_("文书号"))


class LookForm(BaseForm):
    """A day to look whether it holds."""

    look_on = DateField(_("回访日期"), validators=[InputRequired(_("请填日期。"))])


class TickForm(BaseForm):
    """What was found."""

    word = _line(_("回访情况"), wanted=_("请用一句话写明回访情况。"), most=300)


class ReopenForm(BaseForm):
    """Why it goes on."""

    note = _text(_("为什么恢复"), wanted=_("请写明为什么恢复调解。"), most=1000, rows=2)


class ResultForm(BaseForm):
    """The move "submit result" of the case, filled from the mediation."""

    note = _text(_("办理结果"), wanted=_("请写明怎么办的、结果如何。"))


class SolvedForm(BaseForm):
    """The move "self solve" of the case, filled from the mediation."""

    note = _text(_("怎么解决的"), wanted=_("请写明怎么解决的。"))
    answer = RadioField(_("群众怎么说"), validators=[InputRequired(_("请选群众的答复。"))])

    def offer(self) -> None:
        """The villager's words."""
        self.answer.choices = labelled(one for one in Answer if one.is_word)


class ScanForm(BaseForm):
    """The signed paper, sent as a word on the case: the case's own move takes it."""

    note = HiddenField()
    papers = MultipleFileField(_("签好的协议（照片或 PDF）"), render_kw={"accept": ACCEPTED})
    papers_kind = HiddenField(default=PaperKind.AGREEMENT.value)
