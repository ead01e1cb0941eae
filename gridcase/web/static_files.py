"""Addresses of our own static files, with a digest of their content, so that a browser may keep them for a year."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from flask import Flask, Response, current_app, has_request_context, request, url_for

from gridcase.core.paths import STATIC
from gridcase.web.assets import vendor_url

YEAR = 365 * 24 * 3600


def static_url(name: str) -> str:
    """`css/base.css` -> `/static/css/base.css?v=...`; a page asks for dozens, so each is worked out once a process."""
    changed = (STATIC / name).stat().st_mtime if current_app.debug else 0.0
    return _address(request.script_root if has_request_context() else "", name, changed)


@lru_cache(maxsize=256)
def _address(_root: str, name: str, _changed: float) -> str:
    return url_for("static", filename=name, v=hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12])


def vendor(name: str) -> str:
    """`leaflet/dist/leaflet.js` -> its versioned address."""
    return vendor_url(name).url


def init_app(app: Flask) -> None:
    """Templates may name files; answers that carry a digest or a version may be kept."""
    app.jinja_env.globals.update(static=static_url, vendor=vendor)

    @app.after_request
    def _keep(response: Response) -> Response:
        if request.endpoint == "static" and ("v" in request.args or "/vendor/" in request.path):
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return response
