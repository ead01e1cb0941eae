"""The words of a visit: how, why, what was found. Pure.

A visit takes 30 seconds: no photo, no position and no note is required. The purposes hold the four tasks at
the door (policy, decisions, public works, opinions) and the duties of a centre household head.
"""

from __future__ import annotations

from gridcase.core.labels import Labelled
from gridcase.core.words import N_


class VisitMode(Labelled):
    """How the household was met."""

    HOME = "home", N_("上门")
    PHONE = "phone", N_("电话")
    VIDEO = "video", N_("视频")


class VisitState(Labelled):
    """How the household is; nothing needs to be written when it is well."""

    SAFE = "safe", N_("平安")
    FOLLOW_UP = "follow_up", N_("需跟进")
    PASSED_ON = "passed_on", N_("已转办")


class Tick(Labelled):
    """What was looked at, ticked when something was found."""

    FIRE_AND_POWER = "fire_power", N_("安全用电用火")
    WATER = "water", N_("饮水")
    MEDICINE = "medicine", N_("用药")
    SCHOOL = "school", N_("就学")
    INCOME = "income", N_("收入变化")
    DISPUTE = "dispute", N_("矛盾苗头")


class Purpose(Labelled):
    """Why somebody came; the first is what a plain visit is for."""

    CARE = "care", N_("走访关怀")
    FIRST_VISIT = "first_visit", N_("首次见面")
    POLICY_DELIVERY = "policy_delivery", N_("政策宣传")
    RESOLUTION_DELIVERY = "resolution_delivery", N_("决议传达")
    PUBLIC_CALL = "public_call", N_("公益发动")
    OPINIONS = "opinions", N_("征求意见")
    SAFETY_CHECK = "safety_check", N_("隐患排查")
    DISPUTE_CHECK = "dispute_check", N_("纠纷排查")
    CALLBACK = "callback", N_("办后回访")


TICKS: tuple[Tick, ...] = tuple(Tick)
PURPOSES: tuple[Purpose, ...] = tuple(Purpose)


def counts_as_visit(mode: VisitMode, *, previous: VisitMode | None, home_only: bool) -> bool:
    """Whether a contact counts for the visit rhythm of a household.

    At the door always. By phone or video only every second time, and never for homes that need close support
    (`home_only`). `previous` is the mode of the last contact that counted.
    """
    if mode == VisitMode.HOME:
        return True
    return not home_only and previous == VisitMode.HOME
