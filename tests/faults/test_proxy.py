"""The proxy does what its toxics say; what it says about a server can then be believed."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Iterator

import pytest

from tests.factories.sinks import Sink, http_sink
from tests.faults.proxy import Proxy
from tests.faults.toxics import Toxic, bandwidth, cut_answer, down, latency, limit_data, reset, slicer, timeout

BODY = b"x" * 400


@pytest.fixture
def sink() -> Iterator[Sink]:
    with http_sink() as made:
        yield made


@pytest.fixture
def proxy(sink: Sink) -> Iterator[Proxy]:
    host, port = sink.host.split(":")
    with Proxy(host, int(port)) as made:
        yield made


def post(proxy: Proxy) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    try:
        connection.request("POST", "/", BODY)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def test_without_a_toxic_it_is_a_line(proxy: Proxy, sink: Sink) -> None:
    assert post(proxy) == 200
    assert sink.got[0].body == BODY
    assert [one.answered for one in proxy.seen] == [True]


@pytest.mark.parametrize(
    ("toxic", "arrived"), [(down(), 0), (reset(), 0), (timeout(0.2), 0), (cut_answer(), 1)], ids=lambda one: str(one)
)
def test_cuts(proxy: Proxy, sink: Sink, toxic: Toxic, arrived: int) -> None:
    proxy.next(toxic)
    with pytest.raises((OSError, http.client.HTTPException)):
        post(proxy)
    assert len(sink.got) == arrived
    assert not proxy.seen[0].answered
    assert post(proxy) == 200  # one request only
    assert len(sink.got) == arrived + 1


def test_cut_in_the_middle_of_the_request(proxy: Proxy, sink: Sink) -> None:
    proxy.next(limit_data(300))
    with pytest.raises((OSError, http.client.HTTPException)):
        post(proxy)
    assert all(len(got.body) < len(BODY) for got in sink.got)


@pytest.mark.parametrize(
    ("toxic", "least"), [(latency(60), 0.12), (bandwidth(2000), 0.2), (slicer(50), 0.0)], ids=lambda one: str(one)
)
def test_slow_lines_still_answer(proxy: Proxy, sink: Sink, toxic: Toxic, least: float) -> None:
    proxy.next(toxic)
    began = time.monotonic()
    assert post(proxy) == 200
    assert time.monotonic() - began >= least
    assert sink.got[0].body == BODY


def test_a_policy_and_a_refused_door(proxy: Proxy) -> None:
    proxy.policy = lambda number: reset() if number == 2 else None
    assert post(proxy) == 200
    with pytest.raises((OSError, http.client.HTTPException)):
        post(proxy)
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        post(proxy)
    proxy.listen()
    assert post(proxy) == 200


def marked(sink: Sink, toxic: Toxic) -> Callable[[], int]:
    host, port = sink.host.split(":")

    def run() -> int:
        with Proxy(host, int(port), http=False) as line:
            line.next(toxic.at(b"POST"))
            with pytest.raises((OSError, http.client.HTTPException)):
                post(line)
            return len(sink.got)

    return run


@pytest.mark.parametrize(("toxic", "arrived"), [(reset(), 0), (cut_answer(), 1)])
def test_another_line_is_struck_at_its_mark(sink: Sink, toxic: Toxic, arrived: int) -> None:
    assert marked(sink, toxic)() == arrived
