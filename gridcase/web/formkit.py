"""What every form shares, and the two ways a view hands a form to a service: at once, or after a rehearsal."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar, cast

from babel.support import Translations
from flask_babel import get_locale
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms import Field
from wtforms.fields.choices import SelectChoice
from wtforms.i18n import messages_path
from wtforms.widgets.core import Input, clean_key

from gridcase.core.db import transaction
from gridcase.core.errors import Refused
from gridcase.core.text import clean
from gridcase.web import burden
from gridcase.web.filters import translate

Result = TypeVar("Result")


def attributes(**given: Any) -> Markup:
    """The attributes of an input, by name, as WTForms writes them, faster: the page of a case has hundreds."""
    written = []
    for name, value in sorted(given.items()):
        if value is True:
            written.append(clean_key(name))
        elif value is not False:
            written.append(f'{clean_key(name)}="{str(escape(value)).replace(chr(34), "&#34;")}"')
    return Markup(" ".join(written))  # noqa: S704 - each value escaped above


Input.html_params = staticmethod(attributes)


@cache
def _said_by_fields(locale: str) -> Translations:
    """What WTForms itself says, read once a process: Flask-WTF reads the file anew for every request with a form."""
    return cast(Translations, Translations.load(messages_path(), [locale], domain="wtforms"))


class BaseForm(FlaskForm):
    """A form that can take a refusal back: beside its field, or on top (`form_errors`) where it belongs to none."""

    class Meta(FlaskForm.Meta):
        """How WTForms speaks."""

        def get_translations(self, formdata: Any) -> Translations:
            """The reader's language."""
            return _said_by_fields(str(get_locale()))

    form_errors: list[str]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check what came in, and remember for the burden report what was asked."""
        burden.note(self)
        return bool(super().validate(*args, **kwargs))

    def refuse(self, refusal: Refused) -> None:
        """Put a refusal where the reader looks for it."""
        words = translate(refusal.text)
        field: Field | None = self._fields.get(refusal.field or "")
        if field is None:
            self.form_errors.append(words)
        else:
            field.errors = [*field.errors, words]


def tidy(value: Any) -> Any:
    """A WTForms filter: text without stray blanks; empty text becomes None."""
    return (clean(value) or None) if isinstance(value, str) else value


def options(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """(value, words) pairs as the choices of a select or radio field; the words are said in the reader's language."""
    return [SelectChoice(value, translate(words)) for value, words in pairs]


def labelled(members: Iterable[Any]) -> list[SelectChoice]:
    """The members of an enum whose words are its labels (`core.labels`) as choices."""
    return options((str(member.value), member.label) for member in members)


def submit(form: BaseForm, function: Callable[..., Result], *args: Any, **kwargs: Any) -> Result | bool | None:
    """Do `function` as one unit of work; a refusal goes back into the form and nothing is kept."""
    try:
        with transaction():
            result = function(*args, **kwargs)
    except Refused as refusal:
        form.refuse(refusal)
        return None
    return True if result is None else result


class _Undone(Exception):
    """Ends a rehearsal: everything is rolled back."""


def rehearse(form: BaseForm, function: Callable[[], Result]) -> tuple[Result | None, bool]:
    """Do `function` as one unit of work when the reader has seen what it does, else do and undo it.

    The form's hidden field `confirmed` holds the mark of the entries that were shown; changed entries are shown anew.
    Returns the result (None: refused, see the form) and whether it was kept.
    """
    entries = sorted((name, str(value)) for name, value in form.data.items() if name not in {"confirmed", "csrf_token"})
    mark = hashlib.sha256(repr(entries).encode()).hexdigest()[:16]
    keep, form["confirmed"].data = form["confirmed"].data == mark, mark
    result: Result | None = None
    try:
        with transaction():
            result = function()
            if not keep:
                raise _Undone
    except _Undone:
        return result, False
    except Refused as refusal:
        form.refuse(refusal)
        return None, False
    return result, True
