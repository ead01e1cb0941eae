"""Forms of the room: buttons, and the reason why an item is put aside."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from gridcase.web.formkit import BaseForm, tidy


class ActForm(BaseForm):
    """A button without fields."""


class AsideForm(BaseForm):
    """Why an item does not count."""

    words = StringField(
        _("为什么不收"), filters=[tidy],
        validators=[
            InputRequired(_("请写明为什么不收，提交的人会看到。")), Length(max=200, message=_("最多 200 个字。")),
        ],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
