"""Calls that leave the house: to hosts and ports that were allowed, resolved once, to public addresses only.

What is checked is what is connected to: a name is looked up once, every address it has must be public, and the
connection goes to that very address, while the certificate is checked against the name. Redirects are not followed,
no proxy of the environment is used, and the answer is read to a limit. Source: OWASP's sheet on SSRF.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from gridcase.core.errors import Refused
from gridcase.core.words import N_

SECONDS = 5.0
LONGEST_ANSWER = 64 * 1024
LONGEST_URL = 2000
DEFAULT_PORTS = {"https": 443, "http": 80}
# A name with at least one dot whose last label begins with a letter: no address in any spelling is one.
_NAME = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PLAIN = re.compile(r"[\x21-\x5b\x5d-\x7e]+")  # printable ASCII without blank and backslash
# IPv6 addresses that carry an IPv4 address within.
_CARRIERS = tuple(map(ipaddress.ip_network, ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "2001::/32", "2002::/16")))

Resolve = Callable[..., list[Any]]
Dial = Callable[[tuple[str, int], float], socket.socket]


class Barred(Refused):
    """An address that may not be called; the sentence is for whoever keeps the channel."""


class Unreachable(Exception):
    """No answer: refused, timed out, a certificate that does not hold, or no HTTP."""


@dataclass(frozen=True)
class Allowed:
    """Where calls may go: host names in lower case, ports, schemes (plain http only where somebody chose it)."""

    hosts: frozenset[str]
    ports: frozenset[int] = frozenset({443})
    schemes: frozenset[str] = frozenset({"https"})


@dataclass(frozen=True)
class Target:
    """An address taken apart."""

    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True)
class Answer:
    """What came back; only 200 to 299 is success, a redirect is none."""

    status: int
    body: bytes

    @property
    def taken(self) -> bool:
        """Whether the other side took it."""
        return 200 <= self.status < 300


def target_of(url: str, allowed: Allowed) -> Target:
    """The address taken apart, or `Barred` in words. Nothing is looked up yet."""
    if len(url) > LONGEST_URL or not _PLAIN.fullmatch(url):
        raise Barred(N_("网址里有空格、换行或其他不能用的字符。"))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        raise Barred(N_("网址不完整，请核对。")) from wrong
    host = parts.hostname or ""
    if parts.scheme not in allowed.schemes:
        raise Barred(N_("网址须以 %(schemes)s 开头。", schemes="、".join(sorted(allowed.schemes))))
    if "@" in parts.netloc or parts.fragment:
        raise Barred(N_("网址里不能带用户名、密码或 # 号。"))
    if not _NAME.fullmatch(host) or host not in allowed.hosts:
        raise Barred(N_("主机 %(host)s 不在允许的名单里。", host=host[:80]))
    port = DEFAULT_PORTS[parts.scheme] if port is None else port
    if port not in allowed.ports:
        raise Barred(N_("端口 %(port)s 不在允许的名单里。", port=port))
    path = parts.path or "/"
    return Target(parts.scheme, host, port, f"{path}?{parts.query}" if parts.query else path)


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet, in no disguise."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # a zone behind a percent sign: a local one
        return False
    if ip.version == 6 and any(ip in carrier for carrier in _CARRIERS):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def address_of(target: Target, *, resolve: Resolve = socket.getaddrinfo) -> str:
    """The one address to connect to, looked up once; `Barred` when any address of the name is not public."""
    try:
        found = [info[4][0] for info in resolve(target.host, target.port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise Unreachable(str(error)) from error
    if not found:
        raise Unreachable("no address")
    if not all(is_public(str(address)) for address in found):
        raise Barred(N_("主机 %(host)s 指向内部地址，不能发送。", host=target.host))
    return str(found[0])


def post(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    allowed: Allowed,
    resolve: Resolve = socket.getaddrinfo,
    dial: Dial = socket.create_connection,
) -> Answer:
    """Send one message; `Barred` before anything is connected to, `Unreachable` when nobody answered."""
    target = target_of(url, allowed)
    connection = _Pinned(target, address_of(target, resolve=resolve), dial)
    try:
        connection.request("POST", target.path, body=body, headers=dict(headers))
        response = connection.getresponse()
        return Answer(response.status, response.read(LONGEST_ANSWER))
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(type(error).__name__) from error
    finally:
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to one address under the name it was looked up by."""

    def __init__(self, target: Target, address: str, dial: Dial) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self.default_port = DEFAULT_PORTS[target.scheme]  # keeps the port out of the Host header
        self._target, self._address, self._dial = target, address, dial

    def connect(self) -> None:
        """Connect to the address that was checked."""
        self.sock = self._dial((self._address, self._target.port), SECONDS)
        if self._target.scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self._target.host)
