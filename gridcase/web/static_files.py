"""Addresses of our own static files, with a digest of their content, so that a browser may keep them for a year; texts
go over the wire packed, and the sheets of every page as one file."""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, has_request_context, request, url_for
from markupsafe import Markup

from gridcase.core.paths import STATIC
from gridcase.web.assets import vendor_url

YEAR = 365 * 24 * 3600
# Below this size packing saves less than its header costs.
WORTH_PACKING = 600
# What every page is dressed in, in the order in which it counts, sent as one file: thirteen more requests would be
# seconds on a slow line. Bootstrap comes before it, from its own package.
EVERY_PAGE = "css/every-page.css"
SHEETS = (
    "tokens", "base", "frame", "desk", "parts", "states", "forms", "list", "table", "case", "papers", "routing",
    "figures", "print",
)  # fmt: skip
TEXTS = {"text/css", "text/javascript", "application/javascript", "image/svg+xml"}


def static_url(name: str) -> str:
    """`css/base.css` -> `/static/css/base.css?v=...`; a page asks for dozens, so each is worked out once a process."""
    changed = max(part.stat().st_mtime for part in _parts(name)) if current_app.debug else 0.0
    return _address(request.script_root if has_request_context() else "", name, changed)


@lru_cache(maxsize=256)
def _address(_root: str, name: str, _changed: float) -> str:
    return url_for("static", filename=name, v=hashlib.sha256(_content(name)).hexdigest()[:12])


def _parts(name: str) -> list[Path]:
    return [STATIC / "css" / f"{sheet}.css" for sheet in SHEETS] if name == EVERY_PAGE else [STATIC / name]


def _content(name: str) -> bytes:
    return b"\n".join(part.read_bytes() for part in _parts(name))


def icon(name: str) -> Markup:
    """One drawn sign of the sprite, as `templates/_macros/icon.html` tells; a page has thirty of them."""
    return _drawn(static_url("img/icons.svg"), name)


@lru_cache(maxsize=256)
def _drawn(sprite: str, name: str) -> Markup:
    return Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>').format(
        sprite, name
    )


def vendor(name: str) -> str:
    """`leaflet/dist/leaflet.js` -> its versioned address."""
    return vendor_url(name).url


def init_app(app: Flask) -> None:
    """Templates may name files; answers that carry a digest or a version may be kept."""
    app.jinja_env.globals.update(static=static_url, icon_of=icon, vendor=vendor, every_page=EVERY_PAGE)

    def send(filename: str) -> Response:
        if filename == EVERY_PAGE:
            return Response(_content(filename), mimetype="text/css")
        return app.send_static_file(filename)

    app.view_functions["static"] = send

    @app.after_request
    def _keep(response: Response) -> Response:
        if request.endpoint != "static":
            return response
        if response.status_code == 200 and response.mimetype in TEXTS and "Range" not in request.headers:
            response.direct_passthrough = False
            short = packed(response.get_data(), response.mimetype)
            short.headers["Cache-Control"] = response.headers.get("Cache-Control", "no-cache")
            response = short
        if "v" in request.args or "/vendor/" in request.path:
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return response


def packed(content: bytes, mimetype: str) -> Response:
    """An answer that is the same for everybody, packed where the reader can unpack, with a mark of its content. Never
    for a page that holds a secret beside what somebody typed: the packed length would tell of it."""
    mark = hashlib.sha256(content).hexdigest()[:32]
    small = len(content) >= WORTH_PACKING and request.accept_encodings["gzip"] > 0
    response = Response(_squeezed(content) if small else content, mimetype=mimetype)
    if small:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{mark}-gz" if small else mark)
    response.make_conditional(request)
    return response


@lru_cache(maxsize=256)
def _squeezed(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)
