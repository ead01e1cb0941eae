"""Forms of the conduct file and of the supervisors' look at it."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from gridcase.points.rules.conduct import MOST_WORDS
from gridcase.web.formkit import BaseForm, tidy


def _text(label: Any, *validators: Any, most: int = MOST_WORDS) -> TextAreaField:
    longest = Length(max=most, message=_("最多 300 字。") if most == MOST_WORDS else _("最多 500 字。"))
    return TextAreaField(label, filters=[tidy], validators=[*validators, longest], render_kw={"rows": 3})


class ReplyForm(BaseForm):
    """The home's own word."""

    text = _text(_("您的说明"))


class CorrectionForm(BaseForm):
    """What is wrong with an entry."""

    reason = _text(_("哪里不对"), InputRequired(_("请写明哪里不对。")))


class AnswerForm(BaseForm):
    """The answer to a request."""

    granted = RadioField(
        _("复核结论"),
        choices=[("yes", _("应当更正，冲回这一条")), ("no", _("不用更正"))],
        validators=[InputRequired(_("请选择复核结论。"))],
    )
    answer = _text(_("复核意见"), InputRequired(_("请写明复核意见。")))


class DrawForm(BaseForm):
    """The month that is drawn, as 2026-11."""

    month = HiddenField()


class SpotsForm(BaseForm):
    """What was found are fields of the page; besides them the note of the month."""

    note = _text(_("监督意见"), most=500)
