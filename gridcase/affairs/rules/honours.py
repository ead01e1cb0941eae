"""Honours: what a home may be given, at which level, and how a round of giving runs. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from gridcase.core.labels import Labelled
from gridcase.core.words import N_

NOTICE_DAYS = 7
NOTICE_DAYS_LEAST = 5
STARS_MOST = 5


class AwardKind(Labelled):
    """Honours a village gives, or nominates for."""

    CIVIL = "civil", N_("文明家庭")
    FINEST = "finest", N_("最美家庭")
    MORAL = "moral", N_("道德模范")
    STARS = "stars", N_("星级文明户")
    GENTRY = "gentry", N_("最美乡贤")
    VOLUNTEER = "volunteer", N_("优秀志愿者")
    CONTRIBUTOR = "contributor", N_("杰出贡献者")
    PUBLIC_WORKER = "worker", N_("优秀公益岗人员")


class AwardLevel(Labelled):
    """Who gives it."""

    VILLAGE = "H1", N_("村级")
    TOWN = "H2", N_("镇级")
    COUNTY = "H3", N_("县级")
    CITY = "H4", N_("市级以上")


# Points of honour: never spent.
HONOUR_POINTS: Mapping[AwardLevel, int] = {
    AwardLevel.VILLAGE: 20,
    AwardLevel.TOWN: 30,
    AwardLevel.COUNTY: 50,
    AwardLevel.CITY: 80,
}


class RoundState(Labelled):
    """How far a round is."""

    OPEN = "open", N_("提名中")
    NOTICE = "notice", N_("公示中")
    GIVEN = "given", N_("已授予")
    DROPPED = "dropped", N_("已放弃评选")


class AwardState(Labelled):
    """What became of a nomination."""

    NAMED = "named", N_("已提名")
    STRUCK = "struck", N_("未评上")
    GIVEN = "given", N_("已授予")
    REVOKED = "revoked", N_("已撤销")


def plate_number(village_code: str, year: int, running: int) -> str:
    """The number on a star plate: village, year, running number (`610921104200-2026-0007`)."""
    return f"{village_code}-{year}-{running:04d}"
