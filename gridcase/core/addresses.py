"""Under which addresses and names this machine is reached. Asks the kernel only, sends nothing."""

from __future__ import annotations

import contextlib
import fcntl
import ipaddress
import socket
import struct
from pathlib import Path

SIOCGIFADDR = 0x8915  # linux/sockios.h: the IPv4 address of an interface
IPV6_TABLE = Path("/proc/net/if_inet6")
EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104  (compared with, not bound to)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def reached_at(host: str) -> tuple[Address, ...]:
    """The addresses a server that listens on `host` answers at, the one other machines use first, loopback last."""
    if host in EVERYWHERE:
        found = _ipv4() if host == "0.0.0.0" else [*_ipv4(), *_ipv6()]  # noqa: S104
    else:
        with contextlib.suppress(ValueError):
            return (ipaddress.ip_address(host),)
        try:
            found = [ipaddress.ip_address(entry[4][0]) for entry in socket.getaddrinfo(host, None)]
        except OSError:
            found = []
    usable = dict.fromkeys(one for one in found if not one.is_link_local)
    return tuple(sorted(usable, key=lambda one: (one.is_loopback, one.version)))


def names() -> tuple[str, ...]:
    """This machine's own names in lower case, and as neighbours may call it (mDNS)."""
    own = socket.gethostname().lower().rstrip(".")
    short = own.split(".")[0]
    return tuple(dict.fromkeys(name for name in ("localhost", own, f"{short}.local" if short else "") if name))


def _ipv4() -> list[Address]:
    found: list[Address] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _, interface in socket.if_nameindex():
            with contextlib.suppress(OSError):  # an interface without an address
                answer = fcntl.ioctl(sock, SIOCGIFADDR, struct.pack("256s", interface.encode()[:15]))
                found.append(ipaddress.IPv4Address(answer[20:24]))
    return found


def _ipv6() -> list[Address]:
    try:
        rows = IPV6_TABLE.read_text(encoding="ascii").split("\n")
    except OSError:
        return []
    return [ipaddress.IPv6Address(bytes.fromhex(row.split()[0])) for row in rows if row]
