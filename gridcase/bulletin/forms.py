"""Forms of announcements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import UUID, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from gridcase.bulletin.rules import TEXT_LENGTH, TITLE_LENGTH, How
from gridcase.web.formkit import BaseForm, labelled, options, tidy

TOO_LONG = _("写得太长了，请缩短。")


class WordsForm(BaseForm):
    """What is said, and up to when."""

    title = StringField(
        _("标题"), validators=[InputRequired(_("请写标题。")), Length(max=TITLE_LENGTH, message=TOO_LONG)],
        filters=[tidy], render_kw={"autocomplete": "off"},
    )  # fmt: skip
    text = TextAreaField(
        _("要传达的内容"),
        validators=[InputRequired(_("请写要传达的内容。")), Length(max=TEXT_LENGTH, message=TOO_LONG)],
        filters=[tidy], render_kw={"rows": 6},
    )  # fmt: skip
    until = DateField(_("传达到哪天为止"), validators=[InputRequired(_("请填截止日期。"))])
    seen = HiddenField()


class AnnounceForm(WordsForm):
    """A new announcement: to whom it goes, too."""

    client_uuid = HiddenField(validators=[UUID(_("请重新打开这张表。"))])
    place = SelectField(_("传达到哪里"), coerce=int, validators=[InputRequired(_("请选传达到哪里。"))])

    def __init__(self, *, places: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.place.choices = options(places)


class TellForm(BaseForm):
    """Which homes were told, and how."""

    homes = SelectMultipleField(
        _("已经说到的户"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        validators=[Optional()], validate_choice=False,
    )  # fmt: skip
    how = RadioField(_("怎么说的"), default=How.DOOR.value)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.how.choices = labelled(How)
        self.homes.choices = []
