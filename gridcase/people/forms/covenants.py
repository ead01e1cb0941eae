"""Forms of the covenant."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from gridcase.people.forms.posts import day
from gridcase.web.formkit import BaseForm, options, tidy


class CovenantForm(BaseForm):
    """A new version: the decision it rests on (handed in), its text, from when."""

    decision = SelectField(_("依据的决议"), validators=[InputRequired(_("请选依据的决议。"))])
    text = TextAreaField(
        _("村规民约全文"),
        filters=[tidy],
        validators=[InputRequired(_("请写全文。")), Length(max=8000, message=_("最多 %(n)s 个字。", n=8000))],
        render_kw={"rows": 16},
    )
    confirmed = StringField(_("已逐句核对，仍然这样写"))  # the mark of the sentences that were shown
    valid_from = day(_("从哪天起生效"), _("请填写生效的日期。"))

    def offer(self, decisions: Sequence[tuple[str, str]]) -> None:
        """Fill in the choices."""
        self.decision.choices = options(decisions)
