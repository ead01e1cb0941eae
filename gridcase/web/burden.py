"""What gridcase's own forms cost those who fill them: counted in memory, by town, by nobody in particular.

A form is an address that answers to both GET and POST. Counting is a few additions under a lock; what was counted is
folded into the database at most once a minute, after the answer to a form that was sent has left. No cookie, no person,
no address: only staff are counted, as one of their town. A process that stops loses at most what it counted since.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, cast

from flask import Flask, Response, current_app, g, request
from flask_babel import force_locale
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import BooleanField, FileField, HiddenField, SubmitField
from wtforms import Form as AnyForm

from gridcase.core import clock
from gridcase.core.form_uses import Key, Use, Uses, step_of
from gridcase.core.permissions import Viewer
from gridcase.core.places import TOWN, cut_to

EVERY = 60.0  # seconds between two writes
LABEL_MOST, FORMS_MOST = 60, 5000
SALT = "wtf-csrf-token"  # the form's own mark says when it was made
NOT_ASKED = (HiddenField, SubmitField)


class Tally:
    """What one process counted and has not written yet."""

    def __init__(self, every: float = EVERY) -> None:
        self.every, self._lock, self._uses, self._folded = every, threading.Lock(), Uses(), time.monotonic()

    def opened(self, key: Key, *, on: date) -> None:
        """A form was shown."""
        with self._lock:
            use = self._use(key)
            use.opened, use.last_opened = use.opened + 1, on

    def sent(self, key: Key, *, kept: bool, asked: Mapping[str, bool], minutes: float | None) -> None:
        """A form came in: kept, or shown again. `asked`: each field, and whether it was left empty."""
        with self._lock:
            use = self._use(key)
            if not kept:
                use.refused += 1
                return
            use.sent += 1
            for label, empty in asked.items():
                counts = use.fields.setdefault(label, [0, 0])
                counts[0], counts[1] = counts[0] + 1, counts[1] + empty
            if minutes is not None:
                step = step_of(minutes)
                use.minutes[step] = use.minutes.get(step, 0) + 1

    def _use(self, key: Key) -> Use:
        if key not in self._uses and len(self._uses) >= FORMS_MOST:
            self._uses.clear()  # nobody could write for hours: better no figures than no memory
        return self._uses.setdefault(key, Use())

    def due(self) -> Uses | None:
        """What is to be written now, taken out; None where it is too early or there is nothing."""
        with self._lock:
            if not self._uses or time.monotonic() - self._folded < self.every:
                return None
            taken, self._uses, self._folded = self._uses, Uses(), time.monotonic()
            return taken


def asked_of(form: AnyForm) -> dict[str, bool]:
    """The fields of a form by their label as it stands in the code, and whether each was left empty. What a person
    wrote, or what was put into a label for one person, is not among them."""
    found: dict[str, bool] = {}
    for name, one in form._fields.items():
        if not isinstance(one, NOT_ASKED) and one.type != "CSRFTokenField":
            found[_label(cast(Hashable, type(form)), name)] = _empty(one)
    return found


@lru_cache(maxsize=2000)
def _label(form: Hashable, name: str) -> str:
    """The label of a field as it stands in the code; it is the same for all who fill it in."""
    written = getattr(form, name, None)
    if written is None or re.search(r"\d", name):
        return "#"
    words = written.kwargs.get("label", written.args[0] if written.args else "")
    with force_locale("zh_Hans_CN"):
        return str(words or "")[:LABEL_MOST] or "#"


def _empty(one: Any) -> bool:
    if isinstance(one, BooleanField):
        return False  # not ticked is an answer
    if isinstance(one, FileField):
        return not (one.data and getattr(one.data, "filename", ""))
    return one.data is None or one.data in ("", [], ())


def note(form: AnyForm) -> None:
    """Remember for this request what a form asked; called where a form is checked."""
    if request.method == "POST":
        g.form_asked = g.get("form_asked", {}) | asked_of(form)


def town_of(someone: Viewer) -> str | None:
    """The path of the town somebody works in; of the county's desks that of the county."""
    path = next((grant.path for grant in someone.grants if grant.path and grant.path != "/"), None)
    return None if path is None else cut_to(path, TOWN)


def minutes_since(token: str, secret: str, *, now: float) -> float | None:
    """How long ago a form's mark was made; None where it does not say, or says what cannot be."""
    try:
        _value, made = URLSafeTimedSerializer(secret, salt=SALT).loads(token, return_timestamp=True)
    except BadData:
        return None
    gone: float = (now - made.timestamp()) / 60
    return gone if 0 <= gone <= 12 * 60 else None


def init_app(app: Flask, *, fold: Callable[[Uses], None]) -> None:
    """Count what is opened and sent; `fold` writes what was counted, in a short unit of work of its own."""
    tally = app.extensions["gridcase_burden"] = Tally()

    @app.after_request
    def _count(response: Response) -> Response:
        someone, rule = g.get("viewer"), request.url_rule
        if someone is None or someone.kind != "staff" or rule is None or not {"GET", "POST"} <= (rule.methods or set()):
            return response
        town, today = town_of(someone), clock.town_day(clock.now())
        if town is None:
            return response
        key = (today.replace(day=1), town, rule.endpoint)
        if request.method == "GET" and response.status_code == 200:
            tally.opened(key, on=today)
        elif request.method == "POST" and response.status_code in (200, 302, 303):
            _sent(tally, key, response)
            response.call_on_close(lambda: _fold(app, tally, fold))
        return response


def _sent(tally: Tally, key: Key, response: Response) -> None:
    secret, now = str(current_app.secret_key), clock.now().timestamp()
    kept = response.status_code != 200
    minutes = minutes_since(request.form.get("csrf_token", ""), secret, now=now) if kept else None
    tally.sent(key, kept=kept, asked=g.get("form_asked", {}), minutes=minutes)


def _fold(app: Flask, tally: Tally, fold: Callable[[Uses], None]) -> None:
    """After the answer has left: nobody waits for it, and what cannot be written is forgotten."""
    uses = tally.due()
    if uses is None:
        return
    try:
        with app.app_context():
            fold(uses)
    except Exception:  # a figure of comfort must never break what somebody does
        app.logger.warning("the use of %s forms was not written", len(uses), exc_info=True)
