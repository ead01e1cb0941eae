"""Forms of the public notice."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from gridcase.web.formkit import BaseForm, tidy

LONGEST = 300


class ObjectForm(BaseForm):
    """Why these points are not right."""

    reason = TextAreaField(
        _("为什么有异议"),
        filters=[tidy],
        validators=[InputRequired(_("请写明异议的理由。")), Length(max=LONGEST, message=_("最多 300 字。"))],
        render_kw={"rows": 3},
    )


class SettleForm(BaseForm):
    """The answer to an objection; the choices are handed in."""

    upheld = RadioField(_("复核结论"), validators=[InputRequired(_("请选择复核结论。"))])
    note = TextAreaField(
        _("复核意见"),
        filters=[tidy],
        validators=[InputRequired(_("请写明复核意见。")), Length(max=LONGEST, message=_("最多 300 字。"))],
        render_kw={"rows": 3},
    )
