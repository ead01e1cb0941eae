"""A message on its way out says a number and a link, is signed as its receiver wants it, and is given up in the end."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from gridcase.notices.rules import MOST_TRIES, Channel, Message, call_of, next_try, taken

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MESSAGE = Message("gridcase-7-webhook", "GC20261123-990101100-0001", "https://grid.example.com/cases/7")
SECRET = "SECtest"


def test_dingtalk_finds_time_and_signature_in_the_address() -> None:
    call = call_of(
        Channel.DINGTALK, MESSAGE, url="https://oapi.dingtalk.com/robot/send?access_token=x", secret=SECRET, now=NOW
    )
    query = parse_qs(urlsplit(call.url).query)
    stamp = query["timestamp"][0]
    expected = hmac.digest(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), "sha256")
    assert query["sign"] == [base64.b64encode(expected).decode()]
    assert query["access_token"] == ["x"]
    assert stamp == "1795399200000"


def test_wecom_is_known_by_its_key() -> None:
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x"
    call = call_of(Channel.WECOM, MESSAGE, url=url, secret="", now=NOW)
    assert call.url == url
    assert json.loads(call.body) == {"msgtype": "text", "text": {"content": f"{MESSAGE.number} {MESSAGE.link}"}}


def test_another_receiver_can_check_time_and_body() -> None:
    call = call_of(Channel.WEBHOOK, MESSAGE, url="https://hook.example.com/", secret=SECRET, now=NOW)
    stamp = call.headers["X-Gridcase-Time"]
    expected = hmac.new(SECRET.encode(), f"{stamp}.".encode() + call.body, hashlib.sha256).hexdigest()
    assert call.headers["X-Gridcase-Signature"] == f"sha256={expected}"
    assert json.loads(call.body).keys() == {"id", "number", "link"}


@pytest.mark.parametrize(
    ("channel", "status", "body", "went"),
    [
        (Channel.WEBHOOK, 204, b"", True), (Channel.WEBHOOK, 302, b"", False), (Channel.WEBHOOK, 500, b"", False),
        (Channel.WECOM, 200, b'{"errcode":0}', True), (Channel.WECOM, 200, b'{"errcode":93000}', False),
        (Channel.DINGTALK, 200, b"<html>", False), (Channel.DINGTALK, 200, b"[]", False),
    ],
)  # fmt: skip
def test_a_robot_that_answers_may_still_have_refused(channel: Channel, status: int, body: bytes, went: bool) -> None:
    assert taken(channel, status, body) is went


def test_tries_come_further_and_further_apart_and_end() -> None:
    waits = []
    for tries in range(1, MOST_TRIES):
        again = next_try(tries, now=NOW)
        assert again is not None
        waits.append(again - NOW)
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(waits) <= timedelta(hours=6)
    assert next_try(MOST_TRIES, now=NOW) is None
