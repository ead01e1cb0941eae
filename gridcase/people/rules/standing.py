"""Who stands by a village from outside, and at which level a title was given. Pure."""

from __future__ import annotations

from gridcase.core.labels import Labelled
from gridcase.core.words import N_


class PartnerKind(Labelled):
    """Who stands by a village or town."""

    TASK_FORCE = "task_force", N_("帮扶工作队")
    HELPER = "helper", N_("帮扶单位")
    PAIRED = "paired", N_("党建结对单位")
    OTHER = "other", N_("其他结对单位")


class HonourLevel(Labelled):
    """Who gave a title."""

    NATION = "nation", N_("国家级")
    PROVINCE = "province", N_("省级")
    CITY = "city", N_("市级")
    COUNTY = "county", N_("县级")
    TOWN = "town", N_("镇级")
