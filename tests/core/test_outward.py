"""No call reaches an address inside the house, however it is spelled, looked up or redirected to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from gridcase.core import outward
from gridcase.core.outward import Allowed, Barred, Unreachable

GOOD, PUBLIC, SECOND = "hook.example.com", "93.184.216.34", "93.184.216.35"
# What the names of the corpus are said to be: one answer after the other, the last one stays.
NAMES: dict[str, list[list[str]]] = {
    GOOD: [[PUBLIC]],
    "rebind.example.com": [[PUBLIC], ["127.0.0.1"]],
    "inside.example.com": [["127.0.0.1"]],
    "ten.example.com": [["10.0.0.7"]],
    "office.example.com": [["192.168.1.1"]],
    "dock.example.com": [["172.17.0.1"]],
    "link.example.com": [["169.254.169.254"]],
    "aliyun.example.com": [["100.100.100.200"]],
    "six.example.com": [["::1"]],
    "mapped.example.com": [["::ffff:127.0.0.1"]],
    "old.example.com": [["::127.0.0.1"]],
    "nat.example.com": [["64:ff9b::7f00:1"]],
    "sixtofour.example.com": [["2002:7f00:1::"]],
    "teredo.example.com": [["2001:0:53aa:64c:0:0:80ff:fffe"]],
    "local.example.com": [["fe80::1%eth0"]],
    "own.example.com": [["fd00::1"]],
    "cast.example.com": [["224.0.0.1"]],
    "any.example.com": [["0.0.0.0"]],
    "all.example.com": [["255.255.255.255"]],
    "both.example.com": [[PUBLIC, "127.0.0.1"]],
    "bothsix.example.com": [[PUBLIC, "::1"]],
}
# A name that means well the first time it is looked up, and an address inside that is only a part of the query.
HARMLESS = ("rebind", "?@")
CODES = (301, 302, 303, 307, 308)
LOOPBACKS = (
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7f.1", "0177.0.0.1", "017700000001",
    "0177.1", "127.0.0.1.", "0", "0.0.0.0", "localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "[::1]",
    "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "[fe80::1%25eth0]", "127.0.0.1.nip.io", "①②⑦.⓪.⓪.①", "127。0。0。1", "ｌocalhost",
)  # fmt: skip
INSIDE = (
    "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.100.100.200", "0xa9fea9fe", "2852039166",
    "0251.0376.0251.0376", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "metadata.google.internal",
)  # fmt: skip


def corpus(port: int) -> list[str]:
    """Eighty addresses; `port` is the canary's."""
    spelled = [f"http://{host}:{port}/" for host in LOOPBACKS] + [f"http://{host}/" for host in INSIDE]
    named = [f"http://{name}:{port}/" for name in NAMES if name != GOOD]
    disguised = [
        f"http://{GOOD}@127.0.0.1:{port}/", f"http://127.0.0.1:{port}@{GOOD}/", f"http://{GOOD}:{port}@127.0.0.1/",
        f"http://{GOOD}\\@127.0.0.1:{port}/", f"http://{GOOD}#@127.0.0.1:{port}/", f"http://{GOOD}?@127.0.0.1:{port}",
        f"http://{GOOD}%00.127.0.0.1:{port}/", f"http://{GOOD}%2f@127.0.0.1:{port}/",
        f"http://{GOOD}/\r\nHost: 127.0.0.1:{port}", f"http://{GOOD}\r\n.127.0.0.1:{port}/", f"http://127.0.0.1:{port}\t/",
        f"file://127.0.0.1:{port}/etc/passwd", f"gopher://127.0.0.1:{port}/_x", f"//127.0.0.1:{port}/",
    ]  # fmt: skip
    redirected = [f"http://{GOOD}:{port}/{code}" for code in CODES]
    return spelled + named + disguised + redirected


@dataclass
class Net:
    """A network with a canary inside and one public server outside that sends everybody to the canary."""

    inside: int = 0
    outside: int = 0
    looked_up: dict[str, int] = field(default_factory=dict)
    canary: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    server: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def port(self) -> int:
        """The canary's port."""
        return int(self.canary.getsockname()[1])

    def start(self) -> None:
        """Both answer until they are closed."""
        for listener, answer in ((self.canary, self._sing), (self.server, self._redirect)):
            threading.Thread(target=self._serve, args=(listener, answer), daemon=True).start()

    def _serve(self, listener: socket.socket, answer: Any) -> None:
        while True:
            try:
                caller, _address = listener.accept()
            except OSError:
                return
            with caller:
                answer(caller)

    def _sing(self, caller: socket.socket) -> None:
        self.inside += 1
        caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def _redirect(self, caller: socket.socket) -> None:
        self.outside += 1
        path = caller.recv(65536).split(b" ")[1].decode()
        code = path.strip("/") if path.strip("/").isdigit() else "200"
        where = f"Location: http://127.0.0.1:{self.port}/\r\n" if code != "200" else ""
        head = f"HTTP/1.1 {code} X\r\n{where}Content-Length: 0\r\nConnection: close\r\n\r\n"
        caller.sendall(head.encode())

    def resolve(self, host: str, port: int, **_more: Any) -> list[Any]:
        """What the name server says; asked again, it may say something else."""
        if host not in NAMES:
            raise socket.gaierror(host)
        said = NAMES[host]
        nth = self.looked_up[host] = self.looked_up.get(host, 0) + 1
        return [(0, 0, 0, "", (address, port)) for address in said[min(nth, len(said)) - 1]]

    def dial(self, where: tuple[str, int], seconds: float) -> socket.socket:
        """Two addresses are outside; every other one is the canary."""
        listener = self.server if where[0] in (PUBLIC, SECOND) else self.canary
        return socket.create_connection(("127.0.0.1", int(listener.getsockname()[1])), seconds)

    def post(self, url: str) -> outward.Answer:
        """A call by the rules of a careless county: every name of the corpus and both ports are allowed."""
        allowed = Allowed(frozenset(NAMES) | set(LOOPBACKS), frozenset({80, self.port}), frozenset({"http"}))
        return outward.post(url, b"{}", headers={}, allowed=allowed, resolve=self.resolve, dial=self.dial)


@pytest.fixture
def net() -> Iterator[Net]:
    """A network for one test."""
    made = Net()
    made.start()
    yield made
    made.canary.close()
    made.server.close()


def test_ssrf_corpus(net: Net) -> None:
    urls = corpus(net.port)
    assert len(urls) == 80
    for url in urls:
        try:
            answer = net.post(url)
        except (Barred, Unreachable):
            continue
        assert answer.taken is any(harmless in url for harmless in HARMLESS), url
    assert net.inside == 0
    assert net.outside == len(CODES) + len(HARMLESS)  # the redirects, which are not followed
    assert net.looked_up["rebind.example.com"] == 1


def test_the_canary_sings_when_it_is_called(net: Net) -> None:
    """The corpus can fail: what is not checked does reach the canary."""
    net.dial(("127.0.0.1", net.port), 1).recv(100)
    assert net.inside == 1


def test_what_is_allowed_goes_through(net: Net) -> None:
    assert net.post(f"http://{GOOD}/ok").taken
    assert net.outside == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"http://{GOOD}/", "https"), (f"https://{GOOD}:8443/", "8443"), ("https://other.example.com/", "other"),
        (f"https://user:secret@{GOOD}/", "用户名"), (f"https://{GOOD}/ x", "空格"),
        (f"https://{GOOD}:99999/", "不完整"),
    ],
)  # fmt: skip
def test_by_default_https_on_its_port_to_named_hosts_alone(url: str, words: str) -> None:
    with pytest.raises(Barred, match=words):
        outward.target_of(url, Allowed(frozenset({GOOD})))
