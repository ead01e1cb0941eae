"""What weighs on a home: the factors F01-F24, their weights, how long they hold. Source: domain.md 4.

Weights and spans are the defaults of a county. Some factors are restricted (decisions.md, lines nobody crosses, 3):
they are written by who serves the home, read only by named roles, and lapse unless confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text

RED: Literal["red"] = "red"  # one such factor alone asks for the highest tier
Weight = int | Literal["red"]
UNCONFIRMED_DAYS = 30  # how long a restricted factor holds before somebody has confirmed it
RESTRICTED = "restricted"  # what stands in for the code of a restricted factor wherever others read
RESTRICTED_LABEL = N_("限定可见")
MAJOR_CHANGE = "F11"


class FactorKind(Labelled):
    """What a factor is about."""

    INCOME = "income", N_("收入与救助")
    HEALTH = "health", N_("健康与残疾")
    ELDERLY = "elderly", N_("老人")
    CHILD = "child", N_("儿童")
    CHANGE = "change", N_("变故与风险")
    STATUS = "status", N_("身份")


class Source(Labelled):
    """How a factor is known."""

    VISIT = "visit", N_("走访看到")
    SELF_REPORT = "self_report", N_("本人说明")
    LIST = "list", N_("部门名单")
    MEETING = "meeting", N_("会议研判")
    ASSESSMENT = "assessment", N_("部门评定")


class EndReason(Labelled):
    """Why a factor no longer holds."""

    OVER = "over", N_("情况已经变好")
    MOVED = "moved", N_("本人已不在这一户")
    ERROR = "error", N_("记错了")
    PROLONGED = "prolonged", N_("已续期")
    EXPIRED = "expired", N_("有效期已过")
    UNCONFIRMED = "unconfirmed", N_("30 天内没有人确认")
    MERGED = "merged", N_("和另一条重复，已合并")


END_BY_HAND = (EndReason.OVER, EndReason.MOVED, EndReason.ERROR)


@dataclass(frozen=True)
class Factor:
    """One factor: `days` is how long it holds after it was noted or confirmed."""

    code: str
    label: Text
    weight: Weight
    kind: FactorKind
    days: int
    sources: tuple[Source, ...] = (Source.VISIT, Source.SELF_REPORT, Source.LIST)
    restricted: bool = False


_I, _H, _E, _C, _V, _S = FactorKind
_LISTED = (Source.LIST, Source.SELF_REPORT)
_SEEN = (Source.VISIT, Source.SELF_REPORT)

FACTORS: dict[str, Factor] = {
    one.code: one
    for one in (
        Factor("F01", N_("特困供养人员"), RED, _I, 365, _LISTED),
        Factor("F02", N_("低保户"), 30, _I, 365, _LISTED),
        Factor("F03", N_("低保边缘家庭"), 20, _I, 365, _LISTED),
        Factor("F04", N_("刚性支出困难家庭"), 25, _I, 365),
        Factor("F05", N_("防返贫监测户（风险未消除）"), RED, _I, 365, _LISTED),
        Factor("F06", N_("防返贫监测户（风险已消除）"), 15, _I, 365, _LISTED),
        Factor("F07", N_("脱贫户（稳定）"), 5, _I, 730, _LISTED),
        Factor("F08", N_("重度残疾（一、二级）"), 25, _H, 730, _LISTED),
        Factor("F09", N_("其他残疾（三、四级）"), 10, _H, 730, _LISTED),
        Factor("F10", N_("大病、重慢病"), 20, _H, 365),
        Factor("F11", N_("六个月内重大变故"), 30, _V, 183),
        Factor("F12", N_("留守老人（子女都外出）"), 15, _E, 365, _SEEN),
        Factor("F13", N_("留守儿童"), 25, _C, 365),
        Factor("F14", N_("事实无人抚养儿童、孤儿"), RED, _C, 365),
        Factor("F15", N_("困境儿童"), 30, _C, 365),
        Factor("F16", N_("独居老人（60 至 79 岁）"), 15, _E, 365, _SEEN),
        Factor("F17", N_("独居老人（80 岁以上）"), 30, _E, 365, _SEEN),
        Factor("F18", N_("失能、失智老人"), 30, _E, 365),
        Factor("F19", N_("计生特殊家庭"), 20, _S, 730, _LISTED),
        Factor("F20", N_("严重精神障碍"), 30, _H, 365, (Source.VISIT, Source.ASSESSMENT), restricted=True),
        Factor("F21", N_("五失风险"), RED, _V, 183, (Source.VISIT, Source.MEETING), restricted=True),
        Factor("F22", N_("退役军人、军烈属"), 5, _S, 730, _LISTED),
        Factor("F23", N_("人均收入低于低保标准"), 30, _I, 365),
        Factor("F24", N_("人均收入低于监测线"), 20, _I, 365),
    )
}
RESTRICTED_CODES = frozenset(code for code, one in FACTORS.items() if one.restricted)
# Words that would carry a restricted factor into a sentence everybody who serves the home may read.
_TELLING = ("精神障碍", "精神病", "精神分裂", "精神异常", "抑郁", "五失", "失意", "失衡", "失常", "失迷")


def tells_restricted(text: str) -> bool:
    """Whether a sentence names what only named roles may read."""
    return any(word in text for word in _TELLING)


def shown_label(code: str, *, sees_restricted: bool) -> Text:
    """The factor's word for this reader."""
    if code == RESTRICTED or (code in RESTRICTED_CODES and not sees_restricted):
        return RESTRICTED_LABEL
    return FACTORS[code].label
