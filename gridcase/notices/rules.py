"""What a message says on its way out, a number and a link; where it may go; how each receiver wants it signed. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

from gridcase.core import outward
from gridcase.core.errors import Refused
from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text

DIGEST = "digest"  # the rule of a person's daily digest
TEST = "channel_test"
FIRST_WAIT, LONGEST_WAIT, MOST_TRIES = timedelta(minutes=1), timedelta(hours=6), 10
MOST_CHANNELS = 10  # of one place
TEST_PAUSE = timedelta(minutes=1)
CODE_TRIES = 5
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?=.{4,190}\Z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
_WEBHOOK_SECRET = "whsec_"  # noqa: S105


class Channel(Labelled):
    """By which way a message leaves."""

    MAIL = "mail", N_("邮件")
    WECOM = "wecom", N_("企业微信群机器人")
    DINGTALK = "dingtalk", N_("钉钉群机器人")
    WEBHOOK = "webhook", N_("其他系统（Webhook）")


class What(Labelled):
    """What goes out by a channel. Emergencies always do."""

    URGENT = "urgent", N_("只发特急事件")
    DAILY = "daily", N_("特急事件和每日汇总")
    ALL = "all", N_("每一条消息")


class Sending(Labelled):
    """Where a message stands."""

    QUEUED = "queued", N_("排队")
    SENDING = "sending", N_("正在发")
    SENT = "sent", N_("已发出")
    GIVEN_UP = "given_up", N_("没发出去")
    DROPPED = "dropped", N_("已取消")


OF_PERSONS = (Channel.MAIL, Channel.WECOM, Channel.DINGTALK)
LONGEST_ADDRESS, LONGEST_SECRET = 340, 110  # what fits, sealed, into the columns
OF_PLACES = (Channel.WECOM, Channel.DINGTALK, Channel.WEBHOOK)
# Groups get what is about cases that are open to many; a digest is a person's.
WHAT_OF_PLACES = (What.URGENT, What.ALL)
# Where the robots live. One that a county runs for itself is named by the keeper of the server.
ROBOTS = {
    Channel.WECOM: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=",
    Channel.DINGTALK: "https://oapi.dingtalk.com/robot/send?access_token=",
}


def goes_out(what: What, *, rule: str, urgent: bool) -> bool:
    """Whether a notice leaves by a channel of a person."""
    return urgent or what is What.ALL or (what is What.DAILY and rule == DIGEST)


def checked_address(channel: Channel, address: str, *, named: frozenset[str]) -> str:
    """The address itself; `Refused` in words that say what is expected."""
    if len(address) > LONGEST_ADDRESS:
        raise Refused(N_("地址太长了，最多 %(n)s 个字符。", n=LONGEST_ADDRESS), field="address")
    if channel is Channel.MAIL:
        if not _MAIL.fullmatch(address):
            raise Refused(N_("请填完整的邮箱地址，例如 name@example.gov.cn。"), field="address")
        return address
    try:
        target = outward.target_of(address, named=named)
    except outward.Barred as barred:
        raise Refused(barred.text, field="address") from barred
    expected = ROBOTS.get(channel)
    if expected and not target.named and not (address.startswith(expected) and len(address) > len(expected)):
        raise Refused(N_("请粘贴机器人的完整地址，以 %(start)s 开头。", start=expected), field="address")
    return address


def checked_secret(channel: Channel, secret: str) -> str:
    """The secret itself, a new one for a system that was given none; `Refused` where it cannot be right."""
    if len(secret) > LONGEST_SECRET:
        raise Refused(N_("密钥太长了，最多 %(n)s 个字符。", n=LONGEST_SECRET), field="secret")
    if channel is Channel.DINGTALK and not re.fullmatch(r"SEC[0-9A-Za-z]{16,120}", secret):
        raise Refused(N_("请填机器人“加签”的密钥，以 SEC 开头。"), field="secret")
    if channel is not Channel.WEBHOOK:
        return secret if channel is Channel.DINGTALK else ""
    secret = secret or _WEBHOOK_SECRET + base64.b64encode(secrets.token_bytes(32)).decode()
    if len(_key(secret)) < 24:
        raise Refused(N_("密钥以 whsec_ 开头，后面是至少 24 字节的 Base64；也可以留空，由系统生成。"), field="secret")
    return secret


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(_WEBHOOK_SECRET), validate=True)
    except (binascii.Error, ValueError):
        return b""


def hint_of(channel: Channel, address: str, *, name: str = "") -> str:
    """What a reader knows a channel by: its name and host; a robot's key is part of its address and stays out."""
    if channel is Channel.MAIL:
        user, _at, domain = address.partition("@")
        return f"{user[:1]}***@{domain}"
    host = urlsplit(address).hostname or ""
    return name if name and channel in ROBOTS else f"{name} {host}".strip()[:120]


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
    address, any other receiver gets number, time and body signed as standardwebhooks.com has it."""
    headers = {"Content-Type": "application/json"}
    if channel in ROBOTS:
        url = _dingtalk(url, secret, now) if channel is Channel.DINGTALK else url
        return Call(url, _json({"msgtype": "text", "text": {"content": message.words}}), headers)
    data = {"number": message.number, "link": message.link}
    body = _json({"type": "notice", "timestamp": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "data": data})
    stamp = str(int(now.timestamp()))
    signed = {
        "webhook-id": message.message_id, "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature(secret, message.message_id, stamp, body)}",
    }  # fmt: skip
    return Call(url, body, headers | signed)


def signature(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    """Base64 of HMAC-SHA256 over `<id>.<seconds>.<body>`: the receiver refuses what is old, and what it has seen."""
    return _hmac(_key(secret), f"{message_id}.{stamp}.".encode() + body)


def _dingtalk(url: str, secret: str, now: datetime) -> str:
    """DingTalk's way: HMAC-SHA256 over `<milliseconds>\\n<secret>`; time and signature go into the query."""
    stamp = str(int(now.timestamp() * 1000))
    sign = _hmac(secret.encode(), f"{stamp}\n{secret}".encode())
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'timestamp': stamp, 'sign': sign})}"


def _hmac(key: bytes, said: bytes) -> str:
    return base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def refusal(channel: Channel, status: int, body: bytes) -> str:
    """Why the receiver did not take it, as a short mark; empty when it did. The robots answer 200 to what they refuse,
    and say so in `errcode`."""
    if not 200 <= status < 300:
        return f"status:{status}"
    if channel not in ROBOTS:
        return ""
    try:
        answer = json.loads(body)
    except ValueError:
        return "status:200"
    code = answer.get("errcode") if isinstance(answer, dict) else None
    return "" if code == 0 else f"errcode:{str(code)[:20]}"


_WHY = {
    "name": N_("域名查不到"), "barred": N_("地址不能发送"), "mail": N_("邮件服务器没有收下"),
    "no_mail": N_("服务器没有设置邮件"), "unreachable": N_("连不上，或没有及时应答"), "ended": N_("已经删除"),
}  # fmt: skip


def why(error: str) -> Text:
    """A mark of what went wrong, as a reader hears it."""
    kind, _colon, code = error.partition(":")
    if kind in ("status", "errcode"):
        return N_("对方没有收下（%(code)s）", code=code)
    return _WHY.get(kind, _WHY["unreachable"])


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries: a minute, then twice as long each time; None: given up."""
    return None if tries >= MOST_TRIES else min(FIRST_WAIT * 2 ** max(0, tries - 1), LONGEST_WAIT)


def new_code() -> str:
    """Six digits that prove that a test message was read."""
    return f"{secrets.randbelow(1_000_000):06d}"
