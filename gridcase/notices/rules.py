"""What a message says on its way out, a number and a link, and how each receiver wants it signed. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from gridcase.core.labels import Labelled
from gridcase.core.words import N_

FIRST_WAIT, LONGEST_WAIT, MOST_TRIES = timedelta(minutes=1), timedelta(hours=6), 10


class Channel(Labelled):
    """By which way a message leaves."""

    MAIL = "mail", N_("邮件")
    WECOM = "wecom", N_("企业微信群机器人")
    DINGTALK = "dingtalk", N_("钉钉群机器人")
    WEBHOOK = "webhook", N_("其他系统（Webhook）")


@dataclass(frozen=True)
class Message:
    """A message: its own number, the number of what it is about, and the link."""

    message_id: str
    number: str
    link: str

    @property
    def words(self) -> str:
        """What a person reads."""
        return f"{self.number} {self.link}"


@dataclass(frozen=True)
class Call:
    """A message ready to be posted."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def call_of(channel: Channel, message: Message, *, url: str, secret: str, now: datetime) -> Call:
    """The call of a channel: WeCom's robot is known by the key in its address, DingTalk's signs the time into its
    address, any other receiver gets time and body signed in headers."""
    if channel is Channel.DINGTALK:
        text = {"msgtype": "text", "text": {"content": message.words}}
        return Call(_dingtalk(url, secret, now), _json(text), {"Content-Type": "application/json"})
    if channel is Channel.WECOM:
        text = {"msgtype": "text", "text": {"content": message.words}}
        return Call(url, _json(text), {"Content-Type": "application/json"})
    body = _json({"id": message.message_id, "number": message.number, "link": message.link})
    stamp = str(int(now.timestamp()))
    return Call(url, body, {
        "Content-Type": "application/json", "X-Gridcase-Message": message.message_id, "X-Gridcase-Time": stamp,
        "X-Gridcase-Signature": f"sha256={signature(secret, stamp, body)}",
    })  # fmt: skip


def signature(secret: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 of `<seconds>.<body>` in hex: the receiver refuses what is old, and what it has seen."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _dingtalk(url: str, secret: str, now: datetime) -> str:
    """DingTalk's way: base64 of HMAC-SHA256 over `<milliseconds>\\n<secret>`, both in the query."""
    stamp = str(int(now.timestamp() * 1000))
    sign = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return (
        f"{url}{'&' if '?' in url else '?'}{urlencode({'timestamp': stamp, 'sign': base64.b64encode(sign).decode()})}"
    )


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def taken(channel: Channel, status: int, body: bytes) -> bool:
    """Whether the receiver took it: the robots answer 200 to what they refuse, and say so in `errcode`."""
    if not 200 <= status < 300:
        return False
    if channel not in (Channel.WECOM, Channel.DINGTALK):
        return True
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("errcode") == 0


def next_try(tries: int, *, now: datetime) -> datetime | None:
    """When to try again after so many tries: a minute, then twice as long each time; None: a dead letter."""
    if tries >= MOST_TRIES:
        return None
    return now + min(FIRST_WAIT * 2 ** max(0, tries - 1), LONGEST_WAIT)
