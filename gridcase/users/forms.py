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


class PasswordForm(BaseForm):
    """The present password, and twice the new one."""

    old = PasswordField(
        _("现在的密码"), validators=[InputRequired(_("请填写现在的密码。")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )  # fmt: skip
    password = PasswordField(
        _("新密码"), validators=[InputRequired(_("请填写新密码。")), Length(max=200)],
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip
    repeated = PasswordField(
        _("再输一次新密码"), validators=[InputRequired(_("请再输一次新密码。")), Length(max=200)],
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip


class OpenAccountForm(BaseForm):
    """The login of a new account."""

    login = StringField(
        _("账号"), validators=[InputRequired(_("请填写账号。")), Length(max=60)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )  # fmt: skip


class ActForm(BaseForm):
    """A button without fields."""
