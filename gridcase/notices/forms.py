"""Forms of channels: one asks for a mailbox, one for a robot, one for another system; each only what it needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import PasswordField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from gridcase.notices.rules import ROBOTS, Channel, What
from gridcase.web.formkit import BaseForm, labelled, options, tidy

_ADDRESS = [InputRequired(_("请填写地址。")), Length(max=500, message=_("最多 500 个字符。"))]
_SHUT = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class ChannelForm(BaseForm):
    """A channel of one kind. A robot's address holds its key: it is not shown again, as its secret."""

    place = SelectField(_("哪里的消息"), coerce=int, validators=[InputRequired(_("请选一个地方。"))])
    name = StringField(
        _("名称"), filters=[tidy],
        validators=[InputRequired(_("请填名称。")), Length(max=40, message=_("最多 40 个字。"))],
        description=_("例如：青溪镇值班群。"),
    )  # fmt: skip
    address = StringField(_("地址"), filters=[tidy], validators=_ADDRESS, render_kw=_SHUT)
    secret = PasswordField(
        _("密钥"), filters=[tidy], validators=[Optional(), Length(max=200)], render_kw={"autocomplete": "new-password"}
    )  # not shown again, not even with a mistake beside it
    what = RadioField(_("发哪些"), validators=[InputRequired(_("请选发哪些。"))])

    def __init__(self, kind: Channel, whats: Sequence[What], places: Sequence[tuple[int, str]] = (), **data: Any):
        super().__init__(**data)
        self.what.choices = labelled(whats)
        if places:
            self.place.choices = options(places)
        else:
            del self.place, self.name
        if kind in (Channel.MAIL, Channel.WECOM):
            del self.secret
        _say(self, kind)


def _say(form: ChannelForm, kind: Channel) -> None:
    """The words of a kind beside its fields."""
    if kind is Channel.MAIL:
        form.address.label.text = _("邮箱")
        form.address.render_kw = {"type": "email", "autocomplete": "email", "inputmode": "email"}
        form.address.description = _("保存后会发一封验证邮件。")
    elif kind in ROBOTS:
        form.address.label.text = _("机器人地址")
        form.address.description = _("在群里添加机器人后复制，以 %(start)s 开头。", start=ROBOTS[kind])
    else:
        form.address.label.text = _("网址")
        form.address.description = _("以 https:// 开头，由对方系统提供。")
    if kind is Channel.DINGTALK:
        form.secret.label.text = _("加签密钥")
        form.secret.validators = [InputRequired(_("请填机器人“加签”的密钥，以 SEC 开头。")), Length(max=200)]
        form.secret.flags.required = True
        form.secret.flags.optional = False
        form.secret.description = _("安全设置选“加签”，复制以 SEC 开头的密钥。")
    elif kind is Channel.WEBHOOK:
        form.secret.label.text = _("签名密钥")
        form.secret.description = _("以 whsec_ 开头；留空由系统生成，只显示一次。")


class WhatForm(BaseForm):
    """What goes out by a channel."""

    what = RadioField(_("发哪些"), validators=[InputRequired(_("请选发哪些。"))])

    def __init__(self, whats: Sequence[What], **data: Any):
        super().__init__(**data)
        self.what.choices = labelled(whats)


class CodeForm(BaseForm):
    """The code of a test mail."""

    code = StringField(
        _("验证码"), filters=[tidy], validators=[InputRequired(_("请填邮件里的验证码。")), Length(max=12)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )  # fmt: skip


class ActForm(BaseForm):
    """A button without fields."""
