"""The door to HTTPS: from a page in plain http, on the port next to the site's, a phone installs the authority.

It hands out the certificate and four steps, nothing of the application; it needs no database and little memory, so it
is started as `python -m gridcase.door`. Being the only process that has nothing else to do, it also sees to it that the
server's certificate is renewed.
"""

from __future__ import annotations

import functools
import io
import ipaddress
import logging
import socket
import sys
import time
from datetime import datetime
from gettext import NullTranslations, translation
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gridcase.core import addresses, authority, clock
from gridcase.core.authority import Https, Site
from gridcase.core.config import Config, from_env
from gridcase.core.errors import SetupProblem
from gridcase.core.paths import STATIC, TEMPLATES, TRANSLATIONS
from gridcase.core.words import N_

LOG = logging.getLogger("gridcase.door")
RENEW_SECONDS = 3600
SLOW_SECONDS = 20
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
FILES = {
    "/door.css": (STATIC / "css" / "door.css", "text/css; charset=utf-8"),
    "/mark.svg": (STATIC / "img" / "mark.svg", "image/svg+xml"),
}
PAGES = {"/": "zh", "/en": "en"}
WHITE_ON_BLACK = "\x1b[97;40m", "\x1b[0m"


def prepare(config: Config, *, now: datetime) -> Https:
    """Authority and certificate in place for the addresses and names this machine has now."""
    named = [name for name in config.trusted_hosts.split(",") if name and not _is_address(name)]
    site = Site(addresses.reached_at(config.host), tuple(dict.fromkeys((*named, *addresses.names()))))
    return authority.ready(config.https_folder, site, now=now)


def door_port(config: Config) -> int:
    """Where the door is: next to the site."""
    return config.port + 1


def greeting(config: Config, *, now: datetime) -> list[str]:
    """What the terminal shows: the site's address first, then how a phone comes to it."""
    https = prepare(config, now=now)
    host = _hosts(https)[0]
    address = f"http://{host}:{door_port(config)}/"
    lines = [
        f"https://{host}:{config.port}/",
        f"手机先装证书，扫码或打开  phones install the certificate first:  {address}",
        "",
        *_code(address),
        "",
        f"然后打开  then open:  https://{host}:{config.port}/phone/",
        "证书指纹  certificate's fingerprint, SHA-256:",
        *(f"  {row}" for row in _rows(https.fingerprint)),
    ]
    if https.left_out:
        lines.append(f"证书里没有  not in the certificate: {', '.join(https.left_out)}")
        lines.append(f"要加上，删除后重启，手机重装  to add them, remove and start again: {config.https_folder}")
    if config.demo and config.demo_anywhere:
        lines.append("同一网络里谁都能打开这个演示  anyone in this network can open this demo")
    return [*lines, ""]


def serve(config: Config) -> None:
    """Answer until told to stop. Raises SetupProblem when the port is taken."""
    if not config.own_https:
        raise SetupProblem(N_("只有设置了 GRIDCASE_OWN_HTTPS 才需要这一页。"))
    try:
        server = Door(config)
    except OSError as error:
        raise SetupProblem(N_("端口 %(port)s 已被占用，请用 PORT= 换一个。", port=door_port(config))) from error
    with server:
        server.serve_forever()


class Door(ThreadingHTTPServer):
    """The server, with what it hands out."""

    daemon_threads = True

    def __init__(self, config: Config) -> None:
        self.address_family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
        super().__init__((config.host, door_port(config)), Handler)
        self.settings = config
        self.https = prepare(config, now=clock.now())
        self.looked = time.monotonic()

    def service_actions(self) -> None:
        """Between requests: once an hour, whether the certificate still names this machine and lives on."""
        if time.monotonic() - self.looked < RENEW_SECONDS:
            return
        self.looked = time.monotonic()
        try:
            self.https = prepare(self.settings, now=clock.now())
        except OSError as error:  # a full disk today may have room in an hour
            LOG.error("the certificate could not be looked after: %s", error)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Somebody left in the middle; anything else is worth a line."""
        if not isinstance(sys.exception(), OSError):
            LOG.exception("door")


class Handler(BaseHTTPRequestHandler):
    """Three pages and two files."""

    timeout = SLOW_SECONDS
    server: Door

    def do_GET(self) -> None:
        """The page, the certificate, or what the page is drawn with."""
        path = urlsplit(self.path).path
        if path in PAGES:
            self._answer(self._page(PAGES[path]).encode(), "text/html; charset=utf-8")
        elif path == "/gridcase-ca.crt":
            # iOS offers to install what comes under this type, Android keeps it under the name in the address
            self._answer(self.server.https.authority, "application/x-x509-ca-cert")
        elif path in FILES:
            file, kind = FILES[path]
            self._answer(file.read_bytes(), kind)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    do_HEAD = do_GET

    def log_message(self, format: str, *arguments: Any) -> None:
        """Who looked is nobody's business."""

    def version_string(self) -> str:
        """Not which Python this is."""
        return "gridcase"

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def _page(self, language: str) -> str:
        hosts, port = _hosts(self.server.https), self.server.settings.port
        asked = urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        asked = f"[{asked}]" if ":" in asked else asked
        host = asked if asked in hosts else hosts[0]
        fingerprint = _rows(self.server.https.fingerprint)
        return _template(language).render(language=language, site=f"https://{host}:{port}", fingerprint=fingerprint)


def _rows(fingerprint: str) -> list[str]:
    """Eight pairs a row: so it fits a phone and two people can compare it."""
    return [fingerprint[start : start + 23] for start in range(0, len(fingerprint), 24)]


def _hosts(https: Https) -> list[str]:
    """As they stand in an address, the one to be shown first."""
    shown = [f"[{one}]" if one.version == 6 else str(one) for one in https.site.addresses]
    return [*shown, *https.site.names]


@functools.cache
def _template(language: str) -> Any:
    words = NullTranslations() if language == "zh" else translation("messages", TRANSLATIONS, [language], fallback=True)
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
    )
    pages.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    return pages.get_template("door/index.html")


def _code(address: str) -> list[str]:
    """A QR code for a terminal; where colours are understood it does not depend on the ground being dark."""
    drawn = io.StringIO()
    segno.make(address, error="l", micro=False).terminal(drawn, border=2, compact=True)
    before, after = WHITE_ON_BLACK if sys.stdout.isatty() else ("", "")
    return [f"{before}{line}{after}" for line in drawn.getvalue().splitlines()]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    try:
        serve(from_env().checked())
    except SetupProblem as problem:
        sys.exit(f"Error: {problem}")
