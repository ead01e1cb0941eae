"""Activities: their kinds and states, the sheet people sign, the days they worked. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from gridcase.core.labels import Labelled
from gridcase.core.text import clean_line
from gridcase.core.words import N_, Text

HOURS_A_DAY = 8
WORK_VALUE_KEY = "work_value"  # the setting of a place: yuan a day of unpaid work is reckoned at
WORK_VALUE_YUAN = 120  # an example value until a county, town or village sets its own
CODE_DIGITS = 6  # of a home's code: three of its cell, three of its own
LONGEST_NAME = 12


class ActivityKind(Labelled):
    """What a village calls its people to."""

    VOLUNTEER = "volunteer", N_("志愿服务")
    WORK = "work", N_("公益劳动")
    MEETING = "meeting", N_("村民会议")
    PARTY_DAY = "party_day", N_("主题党日")
    LAW = "law", N_("普法学习")
    PATROL = "patrol", N_("治安巡逻")
    RESCUE = "rescue", N_("应急抢险")
    TRAINING = "training", N_("技能培训")
    OTHER = "other", N_("其他活动")


class Branch(Labelled):
    """Which of the three ways of governing an activity belongs to."""

    SELF = "self", N_("自治")
    LAW = "law", N_("法治")
    VIRTUE = "virtue", N_("德治")


class ActivityState(Labelled):
    """How far an activity is."""

    CALLED = "called", N_("报名中")
    RUNNING = "running", N_("正在进行")
    ENDED = "ended", N_("已结束")
    CANCELLED = "cancelled", N_("已取消")


def state_words(state: ActivityState, *, past: bool) -> Text:
    """How far an activity is, in words; a call whose time has passed no longer takes names."""
    return N_("时间已过，待签到") if past and state is ActivityState.CALLED else state.label


class HowJoined(Labelled):
    """By whom somebody was put down."""

    SELF = "self", N_("自己报名")
    LIAISON = "liaison", N_("代为报名")
    NONE = "none", N_("没有报名")


class HowCame(Labelled):
    """How it is known that somebody was there."""

    CODE = "code", N_("扫码签到")
    LIST = "list", N_("现场点名")
    SHEET = "sheet", N_("签到表")


# What the item of a scheme is called that an activity usually gives points by: villages number their items themselves.
USUAL_WORDS: Mapping[ActivityKind, tuple[str, ...]] = {
    ActivityKind.VOLUNTEER: ("志愿服务", "志愿"),
    ActivityKind.WORK: ("公益劳动", "义务劳动", "劳动"),
    ActivityKind.MEETING: ("村民会议", "会议", "议事"),
    ActivityKind.PARTY_DAY: ("主题党日", "党员", "会议"),
    ActivityKind.LAW: ("普法", "法治", "学习"),
    ActivityKind.PATROL: ("巡逻", "联防"),
    ActivityKind.RESCUE: ("抢险", "应急"),
    ActivityKind.TRAINING: ("培训", "学习"),
}


def usual_item(kind: ActivityKind, names: Mapping[str, str]) -> str:
    """The code of the item (code -> name) that an activity of this kind usually gives points by; "" where none fits."""
    for word in USUAL_WORDS.get(kind, ()):
        for code, name in names.items():
            if word in name:
                return code
    return ""


@dataclass(frozen=True)
class Limit:
    """How often a thing may be done in an hour without an account."""

    kind: str
    most: int


def seats_left(seats: int | None, taken: int) -> int | None:
    """How many may still put their names down; None: as many as like."""
    return None if seats is None else max(0, seats - taken)


def work_days(hours: int) -> Decimal:
    """Days of eight hours, to the hour: what they cost is reckoned from the same number that is shown."""
    days = Decimal(hours) / HOURS_A_DAY
    return days.quantize(Decimal(1)) if days == days.to_integral_value() else days.normalize()


def value_saved(hours: int, yuan_a_day: int) -> int:
    """What so many hours would have cost, in whole yuan."""
    return round(Decimal(hours) * yuan_a_day / HOURS_A_DAY)


_PART = re.compile(r"[\s,，、;；\t|]+")
_NUMBERING = re.compile(r"^(?:[(（]?\d{1,3}[)）.、．:：]|\d{1,3}\s+(?=\D))\s*")
_HEADINGS = frozenset({"姓名", "签到表", "签到", "序号", "户主", "参加人员", "签名", "name"})


@dataclass(frozen=True)
class SignedName:
    """A name as it stands on a sheet, with the home's code where one is beside it."""

    line: int
    name: str
    digits: str = ""


def read_names(text: str) -> list[SignedName]:
    """The names of a sheet that was pasted: one a line, or many in a line; what is no name is left out.

    A line of a name and a code of six digits is one person; a name that comes twice is asked for twice.
    """
    found: list[SignedName] = []
    for raw in text.splitlines():
        parts = [part for part in _PART.split(_NUMBERING.sub("", clean_line(raw))) if part]
        names = [part for part in parts if _is_name(part)]
        digits = next((read_digits(part) for part in parts if len(read_digits(part)) >= CODE_DIGITS), "")
        for name in names:
            found.append(SignedName(len(found) + 1, name, digits if len(names) == 1 else ""))
    return found


def _is_name(part: str) -> bool:
    return 2 <= len(part) <= LONGEST_NAME and part.lower() not in _HEADINGS and not any(sign.isdigit() for sign in part)


def read_digits(words: str) -> str:
    """The digits of what was typed for a home's code; its last six tell homes of a village apart."""
    return "".join(sign for sign in clean_line(words) if sign.isdigit())
