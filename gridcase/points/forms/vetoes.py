"""Forms of vetoes. Choices are handed in by the views."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from gridcase.web.formkit import BaseForm, tidy

_LONG = _("写得太长了，请缩短。")


class VetoForm(BaseForm):
    """A veto to put on record."""

    home = StringField(
        _("户主姓名或户编号"), filters=[tidy], validators=[InputRequired(_("请填户主姓名或户编号。")), Length(max=40)],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    code = RadioField(_("哪种情形"), validators=[InputRequired(_("请选一种情形。"))])
    document_no = StringField(
        _("文书编号"), filters=[tidy],
        validators=[InputRequired(_("请填法律文书的编号，没有文书不能登记。")), Length(max=40, message=_LONG)],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    reason = TextAreaField(
        _("事由"), filters=[tidy],
        validators=[InputRequired(_("请写明事由，本户看得到这段话。")), Length(max=200, message=_LONG)],
        render_kw={"rows": 2},
    )  # fmt: skip
    decision = SelectField(_("依据哪份决议"), validators=[InputRequired(_("请选一份决议。"))])
    until = DateField(_("到哪天为止"), validators=[InputRequired(_("请填日期。"))])
