"""The app of a phone: a page without anybody's data, its service worker, its manifest. All of it may be kept."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from PIL import Image, ImageDraw

from gridcase.cases.rules import Answer
from gridcase.core.errors import Missing
from gridcase.core.labels import Labelled
from gridcase.core.paths import STATIC
from gridcase.core.words import Text
from gridcase.households.rules import LifeKind
from gridcase.visits.rules import DoneBy, Purpose, Tick, VisitMode, VisitState
from gridcase.web.access import public
from gridcase.web.static_files import packed, static_url

bp = Blueprint("phone", __name__)

OPEN = "the app's page holds nothing of anybody"
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
ICON_SIZES = (192, 512)
# The first is the page's own script, which asks for the others; they are named so that they come all at once.
FIRST = ("app", "words", "store", "vault", "net", "set", "outbox", "deposit", "gate")
LATER = ("screens", "photos", "fields", "visit", "report", "today", "facts", "box", "settings")
KEPT = (
    "css/tokens.css", "css/base.css", "css/phone.css", "css/phone-forms.css", "css/phone-lists.css",
    "js/phone/first.js", "img/mark.svg", "img/icons.svg",
)  # fmt: skip
SPOKEN = (Answer.SOLVED, Answer.ANSWERED_QUESTION, Answer.NOT_SOLVED)
# No nonce: the page is kept, and a kept nonce is none.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@bp.get("/phone/")
@public(OPEN)
def shell() -> ResponseReturnValue:
    """The app in Chinese, or where the browser speaks English and nobody asked otherwise, the way to the other one."""
    asked = request.args.get("lang")
    if asked != "zh" and (asked == "en" or request.accept_languages.best_match(["zh-CN", "zh", "en"], "zh") == "en"):
        return redirect(url_for(".shell_english"))
    return _page("zh")


@bp.get("/phone/en")
@public(OPEN)
def shell_english() -> ResponseReturnValue:
    """The app in English."""
    return _page("en")


def _page(language: str) -> Response:
    response = packed(_shell(language).encode(), "text/html")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept-Language")
    return response


def _shell(language: str) -> str:
    """The text of the page; it is the same for everybody, so it is written once a process."""
    if current_app.debug:
        return _written(request.script_root, language)
    return _kept(request.script_root, language)


@lru_cache(maxsize=8)
def _kept(root: str, language: str) -> str:
    return _written(root, language)


def _written(_root: str, language: str) -> str:
    with force_locale(LOCALES[language]):
        return render_template("phone/shell.html", language=language, modules=_modules(FIRST), words=_words())


def _modules(names: Sequence[str]) -> list[str]:
    """Modules name one another by file, so their addresses carry no digest; the worker keeps a whole set at a time."""
    return [url_for("static", filename=f"js/phone/{name}.js") for name in names]


def _words() -> Mapping[str, list[tuple[str, Text]]]:
    """The codes of a form with their words."""
    return {
        "mode": _rows(VisitMode),
        "state": _rows(VisitState),
        "tick": _rows(Tick),
        "purpose": _rows(Purpose),
        "change": _rows(LifeKind),
        "answer": _rows(SPOKEN),
        "by": _rows(DoneBy),
    }


def _rows(members: Iterable[Labelled]) -> list[tuple[str, Text]]:
    return [(member.value, member.label) for member in members]


@bp.get("/sw.js")
@public(OPEN)
def worker() -> ResponseReturnValue:
    """The service worker, with what it keeps and the version of it all put in front."""
    shells = {"zh": url_for(".shell", lang="zh"), "en": url_for(".shell_english")}
    files = [*_modules(FIRST + LATER), *map(static_url, KEPT)]
    source = (STATIC / "js/phone/worker.js").read_text("utf-8")
    facts = {"VERSION": _version(files, source), "FILES": files, "SHELLS": shells}
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in facts.items())
    response = packed((head + source).encode(), "text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = f"{request.script_root}/"
    return response


def _version(files: list[str], source: str) -> str:
    """A digest of everything that is kept: another byte anywhere is another version."""
    digest = hashlib.sha256(source.encode())
    for text in (*files, _shell("zh"), _shell("en")):
        digest.update(text.encode())
    for name in (*(f"js/phone/{module}.js" for module in FIRST + LATER), *KEPT):
        digest.update((STATIC / name).read_bytes())
    return digest.hexdigest()[:16]


@bp.get("/phone/manifest.webmanifest")
@public(OPEN)
def manifest() -> ResponseReturnValue:
    """How the app is called and looks on a home screen."""
    language = "en" if request.args.get("lang") == "en" else "zh"
    with force_locale(LOCALES[language]):
        about = {
            "id": f"{request.script_root}/phone/",
            "name": _("走访随手记"),
            "short_name": _("走访"),
            "lang": "en" if language == "en" else "zh-CN",
            "start_url": url_for(".shell_english") if language == "en" else url_for(".shell", lang="zh"),
            "scope": f"{request.script_root}/phone/",
            "display": "standalone",
            "background_color": "#f3f6f5",
            "theme_color": "#0a4f51",
            "icons": [
                {"src": static_url("img/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
                *(
                    {"src": url_for(".icon", size=size), "sizes": f"{size}x{size}", "type": "image/png", "purpose": use}
                    for size in ICON_SIZES
                    for use in ("any", "maskable")
                ),
            ],
        }
    response = Response(json.dumps(about, ensure_ascii=False), mimetype="application/manifest+json")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/phone/icon-<int:size>.png")
@public(OPEN)
def icon(size: int) -> ResponseReturnValue:
    """The mark as a picture, for systems that take no drawing."""
    if size not in ICON_SIZES:
        raise Missing
    response = Response(_drawn(size), mimetype="image/png")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@lru_cache(maxsize=len(ICON_SIZES))
def _drawn(size: int) -> bytes:
    """`img/mark.svg`, drawn: a grid of nine with one cell lit. The colour reaches the edge, so any mask may cut it."""
    big = 4 * size  # drawn large and made small: smooth lines
    unit = big / 32
    picture = Image.new("RGB", (big, big), "#0a5b5d")
    pen = ImageDraw.Draw(picture)
    for at in (12, 20):
        for ends in ((at, 7, at, 25), (7, at, 25, at)):
            pen.line([value * unit for value in ends], fill="#ffffff", width=round(1.8 * unit))
    pen.rounded_rectangle([13.5 * unit, 13.5 * unit, 18.5 * unit, 18.5 * unit], radius=unit, fill="#ffd68a")
    file = io.BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(file, "PNG", optimize=True)
    return file.getvalue()
