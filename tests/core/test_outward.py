"""No call reaches an address inside the house, however it is spelled, looked up or redirected to."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from gridcase.core import outward
from gridcase.core.outward import Barred, Unreachable, Wire, is_public, named_hosts

GOOD, PUBLIC, SECOND = "hook.example.com", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"
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
    "nat-local.example.com": [["64:ff9b:1::7f00:1"]],
    "sixtofour.example.com": [["2002:7f00:1::"]],
    "teredo.example.com": [["2001:0:53aa:64c:0:0:80ff:fffe"]],
    "local.example.com": [["fe80::1%eth0"]],
    "site.example.com": [["fec0::1"]],
    "own.example.com": [["fd00::1"]],
    "cast.example.com": [["224.0.0.1"]],
    "any.example.com": [["0.0.0.0"]],
    "all.example.com": [["255.255.255.255"]],
    "both.example.com": [[PUBLIC, "127.0.0.1"]],
    "bothsix.example.com": [[SECOND, "::1"]],
    "localhost.localdomain": [["127.0.0.1"]],
    "127.0.0.1.nip.io": [["127.0.0.1"]],
    "metadata.google.internal": [["169.254.169.254"]],
}
# A name that means well the first time it is looked up, and an address inside that is only a part of the query.
HARMLESS = ("rebind", "?@")
CODES = (301, 302, 303, 307, 308)
LOOPBACKS = (
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0177.1",
    "127.0.0.1.", "0", "0.0.0.0", "localhost", "LOCALHOST", "localhost.", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    "[fe80::1%25eth0]", "①②⑦.⓪.⓪.①", "127。0。0。1", "ｌocalhost",
)  # fmt: skip
INSIDE = (
    "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.100.100.200", "0xa9fea9fe",
    "0251.0376.0251.0376", "[::ffff:169.254.169.254]", "[fd00:ec2::254]",
)  # fmt: skip


def corpus(port: int) -> list[str]:
    """Eighty addresses; `port` is the canary's."""
    spelled = [f"https://{host}/" for host in LOOPBACKS] + [f"https://{host}/" for host in INSIDE]
    named = [f"https://{name}/" for name in NAMES if name != GOOD]
    disguised = [
        f"https://{GOOD}@127.0.0.1/", f"https://127.0.0.1@{GOOD}/", f"https://{GOOD}:{port}@127.0.0.1/",
        f"https://{GOOD}\\@127.0.0.1/", f"https://{GOOD}#@127.0.0.1/", f"https://{GOOD}?@127.0.0.1",
        f"https://{GOOD}%00.127.0.0.1/", f"https://{GOOD}/\r\nHost: 127.0.0.1", f"https://{GOOD}\r\n.127.0.0.1/",
        f"http://127.0.0.1:{port}/", f"http://{GOOD}/", f"https://{GOOD}:{port}/", f"gopher://127.0.0.1:{port}/_x",
        f"//127.0.0.1:{port}/",
    ]  # fmt: skip
    redirected = [f"https://{GOOD}/{code}" for code in CODES]
    return spelled + named + disguised + redirected


@dataclass
class Net:
    """A network with a canary inside and one public server outside that sends everybody to the canary."""

    inside: int = 0
    outside: int = 0
    asked: list[bytes] = field(default_factory=list)
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
        caller.settimeout(1)
        caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        caller.shutdown(socket.SHUT_WR)
        with suppress(OSError):  # whoever calls may still be speaking
            while caller.recv(65536):
                pass

    def _redirect(self, caller: socket.socket) -> None:
        self.outside += 1
        self.asked.append(caller.recv(65536))
        path = self.asked[-1].split(b" ")[1].decode()
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

    def post(self, url: str, named: frozenset[str] = frozenset()) -> outward.Answer:
        """A call on this network; certificates are not its business."""
        wire = Wire(self.resolve, self.dial, lambda plain, _host: plain)
        return outward.post(url, b"{}", headers={}, named=named, wire=wire)


@pytest.fixture
def net() -> Iterator[Net]:
    """A network for one test."""
    made = Net()
    made.start()
    yield made
    made.canary.close()
    made.server.close()


@pytest.mark.parametrize("named", ["", "intranet.example.gov:8080,10.9.9.9:80"], ids=["nothing named", "others named"])
def test_ssrf_corpus(net: Net, named: str) -> None:
    urls = corpus(net.port)
    assert len(urls) == len(set(urls)) == 80
    for url in urls:
        try:
            answer = net.post(url, named_hosts(named))
        except (Barred, Unreachable):
            continue
        assert (answer.status == 200) is any(harmless in url for harmless in HARMLESS), url
    assert net.inside == 0
    assert net.outside == len(CODES) + len(HARMLESS)  # the redirects, which are not followed
    assert net.looked_up["rebind.example.com"] == 1


def test_no_spelling_gets_by_on_the_real_network_either(net: Net) -> None:
    """Nothing stands in for look-up and connection here: each spelling of this machine with the canary's own port."""
    for host in LOOPBACKS:
        for url in (f"http://{host}:{net.port}/", f"https://{host}:{net.port}/"):
            with pytest.raises(Barred):
                outward.post(url, b"{}", headers={})
    assert net.inside == 0


def test_the_canary_sings_when_it_is_called(net: Net) -> None:
    """The corpus can fail: what is not checked does reach the canary."""
    net.dial(("127.0.0.1", net.port), 1).recv(100)
    assert net.inside == 1


def test_what_is_public_goes_through_under_its_own_name(net: Net) -> None:
    assert net.post(f"https://{GOOD}/ok").status == 200
    assert b"\r\nHost: hook.example.com\r\n" in net.asked[0]


def test_a_host_the_server_names_may_lie_inside_and_no_other(net: Net) -> None:
    named = named_hosts(f"127.0.0.1:{net.port}, inside.example.com")
    assert outward.post(f"http://127.0.0.1:{net.port}/", b"{}", headers={}, named=named).status == 200
    assert net.post("http://inside.example.com/", named).status == 200
    assert net.inside == 2
    for url in (f"http://localhost:{net.port}/", "http://ten.example.com/", "https://inside.example.com:8443/"):
        with pytest.raises(Barred):
            net.post(url, named)
    assert net.inside == 2


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"http://{GOOD}/", "https"), (f"https://{GOOD}:8443/", "443"), ("https://1.1.1.1/", "IP"),
        (f"https://user:secret@{GOOD}/", "用户名"), (f"https://{GOOD}/ x", "空格"),
        (f"https://{GOOD}:99999/", "不完整"),
        ("https://网格.example.com/", "中文"), (f"https://{GOOD}/{'x' * 500}", "太长"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_without_the_address(url: str, words: str) -> None:
    with pytest.raises(Barred, match=words) as refused:
        outward.target_of(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("address", ["8.8.8.8", "223.5.5.5", "2400:3200::1"])
def test_addresses_of_the_open_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.9.9", "169.254.0.1", "100.64.0.1", "198.18.0.1", "192.0.2.1",
        "240.0.0.1", "192.88.99.1", "::", "::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "fe80::1", "fec0::1", "fc00::1",
        "ff02::1", "2001:db8::1", "2002:808:808::", "2001:0:1::1", "fe80::1%eth0", "no address",
    ],
)  # fmt: skip
def test_addresses_that_are_none(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"], ids=["head", "body"])
def test_a_drip_of_bytes_comes_to_an_end(monkeypatch: pytest.MonkeyPatch, head: bytes) -> None:
    """Each byte in time, the whole never done: the call is cut."""
    monkeypatch.setattr(outward, "CALL_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port, over = listener.getsockname()[1], threading.Event()

        def drip() -> None:
            caller, _address = listener.accept()
            with caller, suppress(OSError):
                caller.sendall(head)
                while not over.wait(0.05):
                    caller.sendall(b"H")

        dripping = threading.Thread(target=drip, daemon=True)
        dripping.start()
        began = time.monotonic()
        with suppress(Unreachable):  # cut in its body the answer is shorter, and an answer
            outward.post(f"http://127.0.0.1:{port}/", b"{}", headers={}, named=named_hosts(f"127.0.0.1:{port}"))
        assert time.monotonic() - began < 5
        over.set()
        dripping.join(5)
