"""The words of a visit: how, why, what was found. Pure.

A visit takes 30 seconds: no photo, no position and no note is required. The purposes hold the four tasks at
the door (policy, decisions, public works, opinions) and the duties of a centre household head.
"""

from __future__ import annotations

from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text


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
    NOT_MET = "not_met", N_("没见到人")  # nobody knows how it is: said of no home by its last visit


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
    INFORMATION = "information", N_("信息收集")
    MEDIATION = "mediation", N_("纠纷调解")
    WATCH = "watch", N_("治安联防")
    GUIDANCE = "guidance", N_("重点人群帮教")

    @property
    def beside_a_home(self) -> Purpose:
        """The purpose as it may stand beside a home: that somebody there is looked after for what he did is only ever
        counted."""
        return Purpose.CARE if self is Purpose.GUIDANCE else self


# As the form offers them: a plain visit, the four deliveries to the home, the other duties of a centre household head.
PURPOSE_GROUPS: tuple[tuple[Text, tuple[Purpose, ...]], ...] = (
    (
        N_("走访"),
        (Purpose.CARE, Purpose.FIRST_VISIT, Purpose.SAFETY_CHECK, Purpose.DISPUTE_CHECK, Purpose.CALLBACK),
    ),
    (
        N_("四到户"),
        (Purpose.POLICY_DELIVERY, Purpose.RESOLUTION_DELIVERY, Purpose.PUBLIC_CALL, Purpose.OPINIONS),
    ),
    (N_("中心户长职责"), (Purpose.INFORMATION, Purpose.MEDIATION, Purpose.WATCH, Purpose.GUIDANCE)),
)


class Errand(Labelled):
    """A small thing done at once: a class of the catalogue says which limit and points it would have."""

    SHOPPING = "shopping", N_("代购")
    DELIVERY = "delivery", N_("代送")
    CLEANING = "cleaning", N_("助洁")
    SCHOOL = "school", N_("送学")
    OTHER = "other", N_("别的小事")
    QUESTION = "question", N_("答了一个问题")

    @property
    def class_code(self) -> str:
        """The class of the case it is written down as."""
        return "1001" if self is Errand.QUESTION else "0803"


class DoneBy(Labelled):
    """Who did an errand."""

    SELF = "self", N_("本人")
    VOLUNTEER = "volunteer", N_("志愿者")
    NEIGHBOUR = "neighbour", N_("邻居")
    GRID = "grid", N_("网格员")


class Sign(Labelled):
    """The five losses (五失): what a liaison may tick where he worries about somebody.

    Written by who serves the home, read by named roles only (decisions of the house, 0021), gone after
    `SIGN_DAYS` unless somebody confirms them by the record of an assessment.
    """

    LIFE = "life", N_("生活失意")
    MIND = "mind", N_("心态失衡")
    CONDUCT = "conduct", N_("行为失常")
    FAMILY = "family", N_("家庭失和")
    FEELINGS = "feelings", N_("情感失迷")


SIGN_DAYS, CONFIRMED_DAYS = 30, 183
SIGNS_TO_ASSESS, ASSESSMENT_CLASS = 2, "0302"
TICKS: tuple[Tick, ...] = tuple(Tick)
PURPOSES: tuple[Purpose, ...] = tuple(Purpose)


def as_found(met: int, state: VisitState) -> tuple[int, VisitState]:
    """How many were met and how the home is, without a contradiction: where nobody was met nobody can say it is well,
    and where it is said that nobody was met a number says nothing."""
    if state is VisitState.NOT_MET:
        return 0, state
    return met, VisitState.NOT_MET if not met and state is VisitState.SAFE else state


def counts_as_visit(mode: VisitMode, *, met: int, previous: VisitMode | None, home_only: bool) -> bool:
    """Whether a contact counts for the visit rhythm of a household.

    Never where nobody was met; else at the door always. By phone or video only every second time, and never for homes
    that need close support (`home_only`). `previous` is the mode of the last contact that counted.
    """
    if not met:
        return False
    if mode == VisitMode.HOME:
        return True
    return not home_only and previous == VisitMode.HOME
