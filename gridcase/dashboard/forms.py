"""Forms of the town's screen; choices are handed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from gridcase.web.formkit import BaseForm, options


class PresetForm(BaseForm):
    """Under which heads a place reads its figures."""

    place = SelectField(_("哪个地方"), coerce=int, validators=[InputRequired(_("请选一个地方。"))])
    preset = RadioField(_("按哪一种看"))

    def offer(self, places: Sequence[tuple[int, str]], presets: Sequence[tuple[str, Any]]) -> None:
        """Which places, and which heads."""
        self.place.choices = options(places)
        self.preset.choices = options(presets)
