"""Forms of accounts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, PasswordField, StringField, SubmitField
from wtforms.validators import InputRequired, Length

from gridcase.web.formkit import BaseForm


class SignInForm(BaseForm):
    """Name and password."""

    login = StringField(_("账号"), validators=[InputRequired(_("请填写账号。")), Length(max=60)])
    password = PasswordField(_("密码"), validators=[InputRequired(_("请填写密码。")), Length(max=200)])
    next = HiddenField()
    submit = SubmitField(_("登录"))
