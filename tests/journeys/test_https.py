"""HTTPS without a proxy, as real processes: the door gives the certificate, and with it the site answers."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridcase.core import clock
from gridcase.core.config import Config
from gridcase.core.errors import SetupProblem
from gridcase.door import Door, greeting
from tests.journeys.test_serving import PATIENCE, free_port


def free_pair() -> int:
    """A port whose neighbour is free too."""
    while True:
        port = free_port()
        with socket.socket() as neighbour:
            try:
                neighbour.bind(("127.0.0.1", port + 1))
                return port
            except OSError:
                continue


@pytest.fixture
def running(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """`gridcase serve`; the certificate is made by the real clock, for the peer looks at that."""
    port = free_pair()
    monkeypatch.delenv("GRIDCASE_NOW")
    settings = {
        "ENV": "test", "INSTANCE": str(tmp_path), "DATABASE_URL": config.database_url, "SECRET_KEY": "test",
        "PORT": str(port), "WORKERS": "1", "OWN_HTTPS": "1",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(f"GRIDCASE_{name}", value)
    process = subprocess.Popen([sys.executable, "-m", "gridcase.cli", "serve"], stdout=subprocess.DEVNULL, text=True)
    yield port, process
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0


def got(port: int, path: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    """An answer of the door, once it stands."""
    deadline = time.monotonic() + PATIENCE
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (ConnectionRefusedError, TimeoutError):  # not there yet, or there and still starting
            assert time.monotonic() < deadline, "nobody came to the door"
            time.sleep(0.1)
        finally:
            connection.close()


def test_the_door_gives_the_certificate_and_the_site_answers(running: tuple[int, subprocess.Popen[str]]) -> None:
    port, _ = running
    status, headers, certificate = got(port + 1, "/gridcase-ca.crt")
    assert (status, headers["Content-Type"]) == (200, "application/x-x509-ca-cert")

    trusting = ssl.create_default_context(cadata=certificate)
    deadline = time.monotonic() + PATIENCE
    while True:
        site = http.client.HTTPSConnection("127.0.0.1", port, context=trusting, timeout=PATIENCE)
        try:
            site.request("GET", "/healthz")
            break
        except (ConnectionRefusedError, TimeoutError):  # not there yet, or there and still starting
            assert time.monotonic() < deadline, "the site did not start"
            time.sleep(0.1)
    assert site.getresponse().status == 200
    site.close()

    site = http.client.HTTPSConnection("localhost", port, context=trusting, timeout=PATIENCE)
    site.request("GET", "/sign-in")
    answer = site.getresponse()
    answer.read()
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-gridcase=")
    assert "Secure" in cookie
    # a name that had it once could not be reached by plain http any more, on no port: not at the door either
    assert answer.headers["Strict-Transport-Security"] is None
    site.close()

    with pytest.raises(ssl.SSLCertVerificationError):
        http.client.HTTPSConnection("127.0.0.1", port, context=ssl.create_default_context()).request("GET", "/")


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    return Config(env="test", instance=str(tmp_path), host="127.0.0.1", port=free_pair(), own_https=True).checked()


def test_the_page_says_in_both_languages_where_to_go_and_nothing_else_is_served(settings: Config) -> None:
    with Door(settings) as door:
        pages = {path: ask(door, path) for path in ("/", "/en", "/door.css", "/mark.svg", "/sign-in", "/../server.pem")}
    assert [status for status, _ in pages.values()] == [200, 200, 200, 200, 404, 404]
    for path, words in (("/", "下载证书"), ("/en", "Download the certificate")):
        body = pages[path][1]
        assert words in body
        assert f"https://127.0.0.1:{settings.port}/phone/" in body
        assert door.https.fingerprint[:23] in body
        assert len(re.findall("<h2>", body)) == 4
    assert "evil" not in pages["/"][1]


def ask(door: Door, path: str) -> tuple[int, str]:
    """One request, answered in this thread; the host is a lie."""
    with socket.create_connection(door.server_address[:2], timeout=5) as client:
        client.sendall(f"GET {path} HTTP/1.0\r\nHost: evil.example.com\r\n\r\n".encode())
        door.handle_request()
        answer = b""
        while piece := client.recv(65536):
            answer += piece
    head, body = answer.split(b"\r\n\r\n", 1)
    return int(head.split()[1]), body.decode()


def test_the_terminal_shows_both_addresses_and_the_fingerprint(settings: Config) -> None:
    lines = greeting(settings, now=clock.now())
    text = "\n".join(lines)
    assert lines[0] == f"https://127.0.0.1:{settings.port}/"
    assert f"http://127.0.0.1:{settings.port + 1}/" in text
    assert "▄" in text or "█" in text
    assert re.search(r"(?:[0-9A-F]{2}:){7}[0-9A-F]{2}", text)


def test_own_https_behind_a_proxy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupProblem, match="GRIDCASE_PROXY_HOPS"):
        Config(instance=str(tmp_path), own_https=True, proxy_hops=1).checked()


def test_a_taken_port_is_named(settings: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ENV", "test"), ("INSTANCE", settings.instance), ("PORT", str(settings.port))):
        monkeypatch.setenv(f"GRIDCASE_{name}", value)
    monkeypatch.setenv("GRIDCASE_OWN_HTTPS", "1")
    with Door(settings):
        ended = subprocess.run(
            [sys.executable, "-m", "gridcase.door"], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    assert ended.returncode == 1
    assert ended.stderr.startswith("Error: ")
    assert str(settings.port + 1) in ended.stderr
