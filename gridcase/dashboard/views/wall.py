"""The screen on the wall: for who is signed in, and by a link of its own for a screen where nobody is."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.db import db
from gridcase.core.permissions import Permission, Viewer
from gridcase.dashboard.forms import ScreenForm
from gridcase.dashboard.queries import wall as queries
from gridcase.dashboard.rules.wall import FULL, HIGH, WIDE, Lasts, fullness, words_on
from gridcase.dashboard.service import wall as service
from gridcase.dashboard.views.base import bp
from gridcase.grid.models import Grid
from gridcase.measures.rules import MEASURES
from gridcase.users.session import leave_asleep
from gridcase.web.access import by_token, needs, viewer
from gridcase.web.formkit import BaseForm, submit

room = Blueprint("wall", __name__)
LOOKS = ("dark", "light")
LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
AT = "Gridcase-At"  # the moment the figures are of; also where they have not changed


@room.get("/dashboard/wall/")
@needs(Permission.SEE_DASHBOARD)
def show() -> ResponseReturnValue:
    """The screen of the own places."""
    screen = queries.screen_of(viewer())
    return _page(screen, now_url=url_for(".now"), here=".show", name="")


@room.get("/dashboard/wall/now")
@needs(Permission.SEE_DASHBOARD)
def now() -> ResponseReturnValue:
    """The figures anew; asked by the page every minute, so a screen left on does not keep its session alive."""
    leave_asleep()
    return _figures(queries.screen_of(viewer()), now=clock.now())


@room.get("/wall/<token>")
@by_token("a screen in a hall shows a place's counts; nobody is signed in at it")
def screen(token: str) -> ResponseReturnValue:
    """The screen with this link."""
    row, who = queries.at_secret(token, now=clock.now())
    again = url_for(".screen_now", token=token, lang=request.args.get("lang"))
    with _language():
        return _page(who, now_url=again, here=".screen", name=row.name, token=token)


@room.get("/wall/<token>/now")
@by_token("a screen in a hall asks for its counts every minute")
def screen_now(token: str) -> ResponseReturnValue:
    """The figures of that screen anew; 404 once its link was ended or has run out."""
    who = queries.at_secret(token, now=clock.now())[1]
    with _language():
        return _figures(who, now=clock.now())


def _look() -> str | None:
    return request.args.get("look") if request.args.get("look") in LOOKS else None


def _language() -> AbstractContextManager[None]:
    """A screen has no menu: the language may stand in its link."""
    asked = request.args.get("lang")
    return force_locale(LANGUAGES[asked]) if asked in LANGUAGES else nullcontext()


def _page(who: Viewer, *, now_url: str, here: str, name: str, token: str | None = None) -> str:
    moment, lang = clock.now(), request.args.get("lang")
    looks = [(each, url_for(here, token=token, look=each, lang=lang)) for each in LOOKS]
    return render_template(
        "dashboard/wall.html", now_url=now_url, look=_look(), name=name, at=_clock(moment), moment=moment, looks=looks,
        **_shown(who, moment),
    )  # fmt: skip


def _shown(who: Viewer, moment: datetime) -> dict[str, Any]:
    found = queries.wall(who, now=moment)
    return {
        "wall": found, "fullness": fullness, "full": FULL, "size": (WIDE, HIGH),
        "words": words_on(found.areas, {part.id: (part.open, part.late) for part in found.parts_all}, found.names),
        "whistle": MEASURES[queries.WHISTLES],
    }  # fmt: skip


def _figures(who: Viewer, *, now: datetime) -> Response:
    """The drawn figures with their tag; 304 where the screen has them already."""
    body = render_template("dashboard/_wall.html", **_shown(who, now))
    response = Response(body, mimetype="text/html")
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    response.headers[AT] = _clock(now)
    return response


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(clock.TOWN_ZONE):%H:%M}"


@room.route("/dashboard/wall/screens", methods=["GET", "POST"])
@needs(Permission.MANAGE_TOWN)
def screens() -> ResponseReturnValue:
    """Links for screens: the new one is shown this once."""
    form, link = ScreenForm(), None
    form.offer([(one.id, one.name) for one in queries.places_for(viewer())])
    if form.validate_on_submit():
        secret = submit(
            form, service.hang, actor=viewer(), place=db.session.get_one(Grid, form.place.data),
            name=form.name.data or "", lasts=Lasts(form.lasts.data), now=clock.now(),
        )  # fmt: skip
        if isinstance(secret, str):
            link = url_for(".screen", token=secret, _external=True)
    rows = queries.screens(viewer())
    one = BaseForm(formdata=None)
    return render_template("dashboard/screens.html", form=form, rows=rows, link=link, one=one, now=clock.now())


@room.post("/dashboard/wall/screens/<int:screen_id>/end")
@needs(Permission.MANAGE_TOWN)
def end_screen(screen_id: int) -> ResponseReturnValue:
    """One click: the link opens nothing any more."""
    row, form = queries.get_screen(screen_id, viewer=viewer()), BaseForm()
    if form.validate_on_submit() and submit(form, service.take_down, row, actor=viewer(), now=clock.now()):
        flash(_("已停用，那块屏一分钟内就不再显示。"), "ok")
    return redirect(url_for(".screens"))


bp.register_blueprint(room)
