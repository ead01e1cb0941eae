"""Forms of the town's screen; choices are handed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from gridcase.dashboard.rules.wall import Lasts
from gridcase.web.formkit import BaseForm, labelled, options, tidy


class ScreenForm(BaseForm):
    """A new link for a screen."""

    name = StringField(
        _("屏挂在哪里"), filters=[tidy], render_kw={"autocomplete": "off"},
        validators=[
            InputRequired(_("请写屏挂在哪里，例如“便民大厅”。")), Length(max=40, message=_("写得太长了，请缩短。")),
        ],
    )  # fmt: skip
    place = SelectField(_("显示哪里的数字"), coerce=int, validators=[InputRequired(_("请选一个地方。"))])
    lasts = RadioField(
        _("链接用多久"), coerce=int, default=int(Lasts.QUARTER), validators=[InputRequired(_("请选用多久。"))]
    )

    def offer(self, places: Sequence[tuple[int, str]]) -> None:
        """Which places, and for how long."""
        self.place.choices = options(places)
        self.lasts.choices = labelled(Lasts)


class PresetForm(BaseForm):
    """Under which heads a place reads its figures."""

    place = SelectField(_("哪个地方"), coerce=int, validators=[InputRequired(_("请选一个地方。"))])
    preset = RadioField(_("按哪一种看"))

    def offer(self, places: Sequence[tuple[int, str]], presets: Sequence[tuple[str, Any]]) -> None:
        """Which places, and which heads."""
        self.place.choices = options(places)
        self.preset.choices = options(presets)
