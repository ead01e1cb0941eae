"""A message on its way out says a number and a link, is signed as its receiver wants it, and is given up in the end."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from gridcase.core.errors import Refused
from gridcase.notices import rules
from gridcase.notices.rules import MOST_TRIES, Channel, Message, What, call_of, checked_address, goes_out, pause_after

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MESSAGE = Message("gridcase-c7-ab12", "GC20261123-990101100-0001", "https://grid.example.com/cases/7")
SECRET = "SECtest"
WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


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


def test_another_receiver_checks_number_time_and_body_as_standardwebhooks_has_it() -> None:
    call = call_of(Channel.WEBHOOK, MESSAGE, url="https://hook.example.com/", secret=WEBHOOK_SECRET, now=NOW)
    signed = b".".join((b"gridcase-c7-ab12", b"1795399200", call.body))
    expected = hmac.new(b"0123456789abcdef0123456789abcdef", signed, hashlib.sha256).digest()
    assert call.headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
    assert (call.headers["webhook-id"], call.headers["webhook-timestamp"]) == (MESSAGE.message_id, "1795399200")
    assert json.loads(call.body) == {
        "type": "notice", "timestamp": "2026-11-23T02:00:00Z",
        "data": {"number": MESSAGE.number, "link": MESSAGE.link},
    }  # fmt: skip


def test_the_known_answer_of_standardwebhooks() -> None:
    """The example of its specification."""
    secret, stamp = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "1614265330"
    said = rules.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", stamp, b'{"test": 2432232314}')
    assert said == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("channel", "status", "body", "mark"),
    [
        (Channel.WEBHOOK, 204, b"", ""), (Channel.WEBHOOK, 302, b"", "status:302"),
        (Channel.WEBHOOK, 500, b"", "status:500"), (Channel.WECOM, 200, b'{"errcode":0}', ""),
        (Channel.WECOM, 200, b'{"errcode":93000}', "errcode:93000"), (Channel.DINGTALK, 200, b"<html>", "status:200"),
        (Channel.DINGTALK, 200, b"[]", "errcode:None"),
    ],
)  # fmt: skip
def test_a_robot_that_answers_may_still_have_refused(channel: Channel, status: int, body: bytes, mark: str) -> None:
    assert rules.refusal(channel, status, body) == mark
    assert not mark or str(rules.why(mark)).startswith("对方没有收下")


def test_tries_come_further_and_further_apart_and_end() -> None:
    waits = [pause_after(tries) for tries in range(1, MOST_TRIES)]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert all(wait is not None and wait <= timedelta(hours=6) for wait in waits)
    assert pause_after(MOST_TRIES) is None


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.WECOM, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="),
        (Channel.WECOM, "https://qyapi.weixin.qq.com.example.com/cgi-bin/webhook/send?key=x"),
        (Channel.DINGTALK, "https://hook.example.com/robot/send?access_token=x"),
        (Channel.WEBHOOK, "http://hook.example.com/"), (Channel.WEBHOOK, "https://10.0.0.1/"),
        (Channel.WEBHOOK, "https://localhost/"), (Channel.MAIL, "name"), (Channel.MAIL, "name@localhost"),
        (Channel.MAIL, "a@b.cn\r\nBcc: c@d.cn"), (Channel.MAIL, "a@b.cn,c@d.cn"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_right_is_refused_beside_its_field(channel: Channel, address: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_address(channel, address, named=frozenset())
    assert refused.value.field == "address"


def test_the_county_s_own_robots_are_named_by_the_server() -> None:
    own = "https://im.county.example/cgi-bin/webhook/send?key=x"
    with pytest.raises(Refused):
        checked_address(Channel.WECOM, own, named=frozenset())
    assert checked_address(Channel.WECOM, own, named=frozenset({"im.county.example:443"})) == own


def test_the_hint_holds_no_secret() -> None:
    assert (
        rules.hint_of(Channel.WECOM, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=K1") == "qyapi.weixin.qq.com"
    )
    assert rules.hint_of(Channel.MAIL, "zhang.san@example.com") == "z***@example.com"


def test_secrets_are_asked_for_where_they_sign() -> None:
    with pytest.raises(Refused, match="SEC"):
        rules.checked_secret(Channel.DINGTALK, "")
    with pytest.raises(Refused, match="Base64"):
        rules.checked_secret(Channel.WEBHOOK, "whsec_short")
    drawn = rules.checked_secret(Channel.WEBHOOK, "")
    assert drawn.startswith("whsec_")
    assert drawn != rules.checked_secret(Channel.WEBHOOK, "")
    assert rules.checked_secret(Channel.WECOM, "whatever") == ""


@pytest.mark.parametrize("what", What)
def test_an_emergency_leaves_by_every_channel(what: What) -> None:
    assert goes_out(what, rule="case_due", urgent=True)
    assert goes_out(what, rule="digest", urgent=False) is (what is not What.URGENT)
    assert goes_out(what, rule="case_due", urgent=False) is (what is What.ALL)
