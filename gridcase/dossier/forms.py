"""Why somebody looks at unmasked names."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import RadioField
from wtforms.validators import InputRequired

from gridcase.web.formkit import BaseForm


class RevealForm(BaseForm):
    """One reason out of those offered (handed in)."""

    reason = RadioField(_("为什么要看"), validators=[InputRequired(_("请选择为什么要看。"))])
