"""Forms of the town's screen; choices are handed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import AnyOf, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from gridcase.dashboard.rules.areas import ENGLISH_MOST, NAME_MOST
from gridcase.dashboard.rules.wall import Lasts
from gridcase.web.formkit import BaseForm, labelled, options, tidy

TOO_LONG = _("写得太长了，请缩短。")


class ScreenForm(BaseForm):
    """A new link for a screen."""

    name = StringField(
        _("屏挂在哪里"), filters=[tidy], render_kw={"autocomplete": "off"},
        validators=[
            InputRequired(_("请写屏挂在哪里，例如“便民大厅”。")), Length(max=40, message=TOO_LONG),
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


class AreaForm(BaseForm):
    """One area of the county's work: its names, and what counts in it."""

    zh = StringField(
        _("名称"), filters=[tidy], render_kw={"autocomplete": "off"},
        validators=[InputRequired(_("请写这个方面叫什么。")), Length(max=NAME_MOST, message=TOO_LONG)],
    )  # fmt: skip
    en = StringField(
        _("英文名称"), filters=[tidy], render_kw={"autocomplete": "off"},
        validators=[Optional(), Length(max=ENGLISH_MOST, message=TOO_LONG)],
    )  # fmt: skip
    majors = SelectMultipleField(
        _("哪些事件大类"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    kinds = SelectMultipleField(_("哪些活动"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(_("请重新打开这张表。"))])

    def offer(self, majors: Sequence[tuple[str, Any]], kinds: Sequence[tuple[str, Any]]) -> None:
        """What can be placed, each with the area it is in now."""
        self.majors.choices = options(majors)
        self.kinds.choices = options(kinds)


class AreasForm(BaseForm):
    """One press on the page of areas: a step up or down, out, or back to the example."""

    act = HiddenField(validators=[AnyOf(("up", "down", "remove", "reset"))])
    area = IntegerField(widget=HiddenInput(), validators=[Optional()])
    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(_("请重新打开这张表。"))])
