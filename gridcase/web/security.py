"""Security headers: a strict Content-Security-Policy with a nonce per answer, nothing from any other host."""

from __future__ import annotations

import secrets

from flask import Flask, Response, current_app, g, request

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # Flask-WTF asks for a referrer on HTTPS
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def nonce() -> str:
    """The nonce of this answer, for <script> and <style>."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def secret_keys() -> list[bytes]:
    """The installation's secret and the former ones: what was made with one outlives its replacement."""
    keys = [current_app.secret_key, *current_app.config["SECRET_KEY_FALLBACKS"]]
    return [str(one).encode() for one in keys]


def policy() -> str:
    """The policy of one page."""
    own = f"'self' 'nonce-{nonce()}'"
    pictures = " ".join(["'self' data: blob:", *g.get("picture_sources", ())])
    return (
        f"default-src 'self'; script-src {own}; style-src {own}; img-src {pictures}; connect-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def init_app(app: Flask, *, https: bool) -> None:
    """Put the headers on every answer."""

    @app.after_request
    def _headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", policy())
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response
