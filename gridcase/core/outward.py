"""Calls that leave the house: over https to public hosts, and to whatever the keeper of the server has named.

What is checked is what is connected to: a name is looked up once, every address it has must be public, and the
connection goes to that very address, while the certificate is checked against the name. Redirects are not followed,
no proxy of the environment is used, and the whole call has an end. Source: OWASP's sheet on SSRF.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from gridcase.core.errors import Refused
from gridcase.core.words import N_

CONNECT_SECONDS, CALL_SECONDS = 5.0, 15.0
LONGEST_ANSWER = 64 * 1024
LONGEST_URL = 500
DEFAULT_PORTS = {"https": 443, "http": 80}
# A name with at least one dot whose last label begins with a letter: no address in any spelling is one.
_NAME = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PLAIN = re.compile(r"[\x21-\x5b\x5d-\x7e]+")  # printable ASCII without blank and backslash
_GLOBAL_SIX = ipaddress.ip_network("2000::/3")
# Addresses that carry another one within, or lead to a relay that does.
_CARRIERS = tuple(map(ipaddress.ip_network, ("2001::/32", "2002::/16", "192.88.99.0/24")))


class Barred(Refused):
    """An address that may not be called; the sentence is for whoever keeps the channel."""


class Unreachable(Exception):
    """No answer: refused, timed out, a certificate that does not hold, or no HTTP. Never carries the address."""


@dataclass(frozen=True)
class Target:
    """An address taken apart. `named`: the keeper of the server answers for it, it may lie inside."""

    scheme: str
    host: str
    port: int
    path: str
    named: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back; a redirect is an answer like any other."""

    status: int
    body: bytes


def _secured(plain: socket.socket, host: str) -> socket.socket:
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


@dataclass(frozen=True)
class Wire:
    """How a name is looked up, a connection made and secured: tests lay a wire of their own."""

    resolve: Callable[..., list[Any]] = socket.getaddrinfo
    dial: Callable[[tuple[str, int], float], socket.socket] = socket.create_connection
    secure: Callable[[socket.socket, str], socket.socket] = _secured


def named_hosts(setting: str) -> frozenset[str]:
    """`host:port` out of a comma-separated setting; without a port both of the usual ones are meant."""
    found: set[str] = set()
    for one in filter(None, (part.strip().lower() for part in setting.split(","))):
        found |= {one} if re.search(r":\d+\Z", one) else {f"{one}:{port}" for port in DEFAULT_PORTS.values()}
    return frozenset(found)


def target_of(url: str, *, named: frozenset[str] = frozenset()) -> Target:
    """The address taken apart, or `Barred` in words. Nothing is looked up yet.

    Anywhere: https on its own port, to a name. Over http, on another port or by number: only where `named` has it.
    """
    parts, port = _split(url)
    host, path = parts.hostname or "", parts.path or "/"
    path = f"{path}?{parts.query}" if parts.query else path
    if parts.scheme in DEFAULT_PORTS and f"{host}:{port}" in named:
        return Target(parts.scheme, host, port, path, named=True)
    if parts.scheme != "https":
        raise Barred(N_("网址须以 https:// 开头。"))
    if not _NAME.fullmatch(host):
        raise Barred(N_("网址里要写完整的域名，不能是 IP 地址或本机名。"))
    if port != DEFAULT_PORTS["https"]:
        raise Barred(N_("网址不能指定端口，只能用 443。"))
    return Target(parts.scheme, host, port, path)


def _split(url: str) -> tuple[SplitResult, int]:
    """The parts and the port; refused where two readers of an address could read it differently."""
    if len(url) > LONGEST_URL or not _PLAIN.fullmatch(url):
        raise Barred(N_("网址太长，或有空格、换行、中文等不能用的字符。"))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        raise Barred(N_("网址不完整，请核对。")) from wrong
    if "@" in parts.netloc or "%" in parts.netloc or parts.fragment:
        raise Barred(N_("网址里不能带用户名、密码或 # 号。"))
    return parts, DEFAULT_PORTS.get(parts.scheme, 0) if port is None else port


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet, in no disguise."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # a zone behind a percent sign: a local one
        return False
    if any(ip.version == carrier.version and ip in carrier for carrier in _CARRIERS):
        return False
    if ip.version == 6 and ip not in _GLOBAL_SIX:  # mapped, NAT64, local in every way
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def address_of(target: Target, *, wire: Wire) -> str:
    """The one address to connect to, looked up once; `Barred` when any address of the name is not public."""
    try:
        found = [str(info[4][0]) for info in wire.resolve(target.host, target.port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise Unreachable("name") from error
    if not found:
        raise Unreachable("name")
    if not target.named and not all(map(is_public, found)):
        raise Barred(N_("这个域名指向内部地址，没有发送。"))
    return found[0]


def post(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    named: frozenset[str] = frozenset(),
    wire: Wire | None = None,
) -> Answer:
    """Send one message; `Barred` before anything is connected to, `Unreachable` when nobody answered in time."""
    target, wire = target_of(url, named=named), wire or Wire()
    connection = _Pinned(target, address_of(target, wire=wire), wire)
    clock = threading.Timer(CALL_SECONDS, connection.cut)  # a slow drip of bytes never times out by itself
    clock.daemon = True
    clock.start()
    try:
        connection.request("POST", target.path, body=body, headers=dict(headers))
        response = connection.getresponse()
        return Answer(response.status, response.read(LONGEST_ANSWER))
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Unreachable(type(error).__name__) from error
    finally:
        clock.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to one address under the name it was looked up by."""

    def __init__(self, target: Target, address: str, wire: Wire) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_SECONDS)
        self.default_port = DEFAULT_PORTS[target.scheme]  # keeps it out of the Host header
        self._target, self._address, self._wire = target, address, wire
        self._line: socket.socket | None = None  # `sock` is given up as soon as the head of the answer is read

    def connect(self) -> None:
        """Connect to the address that was checked."""
        self._line = self._wire.dial((self._address, self._target.port), CONNECT_SECONDS)
        if self._target.scheme == "https":
            self._line = self._wire.secure(self._line, self._target.host)
        self.sock = self._line

    def cut(self) -> None:
        """End the call from another thread: whatever waits on the socket fails."""
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
