"""Words of the register: lines of work, kinds of resources, and the deeds its history tells. Pure."""

from __future__ import annotations

from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text


class Line(Labelled):
    """A line of work that runs through the one net (多网合一)."""

    PARTY = "party", N_("党建")
    POLITICS_LAW = "politics_law", N_("政法")
    GOVERNANCE = "governance", N_("综治")
    CIVIL_AFFAIRS = "civil_affairs", N_("民政")
    PETITION = "petition", N_("信访")
    POLICE = "police", N_("公安")
    EMERGENCY = "emergency", N_("应急")
    ENVIRONMENT = "environment", N_("环保")
    HEALTH = "health", N_("卫健")
    CITY = "city", N_("城管")


class ResourceKind(Labelled):
    """What a place has to work with."""

    FACILITY = "facility", N_("场所设施")
    TEAM = "team", N_("队伍")
    EQUIPMENT = "equipment", N_("装备物资")
    OTHER = "other", N_("其他资源")


MOST_OF_ONE = 100_000  # pieces of one resource

# What the history of a place says; a deed that is not listed is told as `OTHER_DEED`.
DEEDS: dict[str, Text] = {
    "grid.add": N_("新增"),
    "grid.edit": N_("修改"),
    "grid.close": N_("撤销"),
    "grid.outline": N_("画定轮廓"),
    "grid.lines": N_("调整条线"),
    "grid.resource": N_("登记资源"),
    "grid.resource_end": N_("资源停用"),
    "grid.centre": N_("调整中心点"),
    "setting.change": N_("修改设置"),
    "household.move": N_("住户调整网格"),
    "household.register": N_("登记住户"),
    "household.plan": N_("安排走访"),
    "circle.form": N_("分配联户"),
    "section.add": N_("新增"),
    "grid.section": N_("新增"),
    "section.rename": N_("改名"),
    "section.close": N_("撤销"),
}
OTHER_DEED = N_("其他变动")
FIELDS: dict[str, Text] = {
    "name": N_("名称"),
    "external_code": N_("外部编码"),
    "kind": N_("类型"),
    "lon": N_("中心经度"),
    "lat": N_("中心纬度"),
    "valid_to": N_("止期"),
}
