"""What a password must be, what a login looks like, how an account stands. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text

SHORTEST_PASSWORD, FEWEST_HAN, FEWEST_DIFFERENT = 12, 8, 5
TEMPORARY_FOR = timedelta(days=30)  # a slip that was lost opens nothing after that
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")
SAFE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike on paper
GROUPS, GROUP_LETTERS = 3, 4
HAN = re.compile("[\u4e00-\u9fff]")
# What is tried first, after taking out what is no letter or digit.
COMMON = frozenset({
    "123456789012", "1234567890123", "012345678901", "098765432109", "123123123123", "112233445566", "121212121212",
    "qwertyuiopas", "qwertyuiop12", "qwertyuiop123", "qwerty123456", "1qaz2wsx3edc", "1q2w3e4r5t6y", "asdfghjkl123",
    "zxcvbnm12345", "abcdefghijkl", "abcdefg12345", "abc123456789", "abcd12345678", "a123456789012", "aa1234567890",
    "password1234", "password12345", "password123456", "passw0rd1234", "admin1234567", "admin123456789",
    "administrator", "administrator1", "woaini123456", "woaini520131", "woaini5201314", "iloveyou1234", "welcome12345",
    "wangge123456", "gridcase1234", "gridcase12345", "gridcase123456",
})  # fmt: skip


class AccountState(Labelled):
    """How an account stands."""

    OPEN = "open", N_("可用")
    LOCKED = "locked", N_("已锁定")
    CLOSED = "closed", N_("已停用")


class DeviceState(Labelled):
    """How a phone of an account stands."""

    LIVE = "live", N_("在用")
    EXPIRED = "expired", N_("已过期")
    LOST = "lost", N_("已作废")
    REPLACED = "replaced", N_("被新手机顶替")
    LEFT = "left", N_("已退出")


ENDED = frozenset({DeviceState.LOST, DeviceState.REPLACED, DeviceState.LEFT})
MOST_DEVICES = 5


def device_state(
    *, ended_why: str | None, same_rights: bool, seen_at: datetime, now: datetime, rests: timedelta
) -> DeviceState:
    """An ended phone stays ended; one not used for `rests`, or older than the password, must be made known again."""
    if ended_why is not None:
        return DeviceState(ended_why)
    return DeviceState.LIVE if same_rights and now - seen_at < rests else DeviceState.EXPIRED


DEEDS: dict[str, Text] = {
    "user.add": N_("开通账号"),
    "user.lock": N_("锁定账号"),
    "user.unlock": N_("解除锁定"),
    "user.active": N_("停用或恢复账号"),
    "user.temporary": N_("设临时密码"),
    "user.password": N_("修改密码"),
    "user.sessions_end": N_("让登录全部退出"),
    "user.person": N_("合并重复的人"),
    "user.device": N_("登记手机"),
    "user.device_end": N_("作废手机"),
}


def state_of(
    *, active: bool, locked_at: datetime | None, locked_until_at: datetime | None, now: datetime
) -> AccountState:
    """A closed account is closed, whatever else; one locked by hand or by wrong passwords is locked."""
    if not active:
        return AccountState.CLOSED
    barred = locked_at is not None or (locked_until_at is not None and locked_until_at > now)
    return AccountState.LOCKED if barred else AccountState.OPEN


def problem_with(password: str, *, login: str) -> Text | None:
    """Why a password is refused, None where it is good: long enough (a phrase of Chinese characters may be shorter),
    without the login, not one of those tried first."""
    plain = "".join(letter for letter in password.casefold() if letter.isalnum())
    if len(password) < SHORTEST_PASSWORD and len(HAN.findall(password)) < FEWEST_HAN:
        return N_("密码至少 %(n)s 位，或用至少 %(han)s 个汉字的一句话。", n=SHORTEST_PASSWORD, han=FEWEST_HAN)
    if login.casefold() in password.casefold():
        return N_("密码里不能有账号名，请换一个。")
    if plain in COMMON or len(set(plain)) < FEWEST_DIFFERENT:
        return N_("这个密码太常见，容易被猜到，请换一个。")
    return None


def free_login(base: str, taken: Collection[str]) -> str:
    """`zhangsan`, or the next free of `zhangsan2`, `zhangsan3` ..."""
    stem = re.sub(r"[^a-z0-9]", "", base.lower())[:40] or "user"
    stem = stem if len(stem) > 2 else f"{stem}00"[:3]
    if stem not in taken:
        return stem
    return next(f"{stem}{n}" for n in range(2, len(taken) + 3) if f"{stem}{n}" not in taken)
