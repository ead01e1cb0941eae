"""Organisations of a village or town, and what a person is besides the posts held. Pure."""

from __future__ import annotations

from gridcase.core.labels import Labelled
from gridcase.core.words import N_


class BodyKind(Labelled):
    """Organisations around a village's party branch, and the four councils."""

    PARTY_BRANCH = "party_branch", N_("村党支部")
    PARTY_GROUP = "party_group", N_("网格党小组")
    VILLAGE_COMMITTEE = "village_committee", N_("村委会")
    SUPERVISION = "supervision", N_("村监委会")
    UNION = "union", N_("工会")
    YOUTH = "youth", N_("共青团")
    WOMEN = "women", N_("妇联")
    DELIBERATION = "deliberation", N_("村民议事会")
    MORAL = "moral", N_("道德评议会")
    REDWHITE = "redwhite", N_("红白理事会")
    ANTIDRUG = "antidrug", N_("禁毒禁赌会")
    REVIEW = "review", N_("积分评议小组")
    MEDIATION = "mediation", N_("人民调解委员会")
    COOPERATIVE = "cooperative", N_("集体经济组织")
    OTHER = "other", N_("其他组织")


class Tag(Labelled):
    """What a person is, dated; the first three together are the "three in one"."""

    GROUP_LEADER = "group_leader", N_("党员组长")
    GRID_WORKER = "grid_worker", N_("网格员")
    SHAREHOLDER = "shareholder", N_("股民代表")
    PARTY_MEMBER = "party_member", N_("党员")
    CENTER_PARTY = "center_party", N_("党员中心户")
    RESERVE_CADRE = "reserve_cadre", N_("后备干部")


THREE_IN_ONE = (Tag.GROUP_LEADER, Tag.GRID_WORKER, Tag.SHAREHOLDER)


class LeaderSource(Labelled):
    """Out of whom a grid leader was chosen."""

    GROUP_LEADER = "group_leader", N_("党小组长")
    RESERVE_CADRE = "reserve_cadre", N_("后备干部")
    PARTY_CONTACT = "party_contact", N_("党员联系户")
    THREE_LINES = "three_lines", N_("三线人员")
    OTHER = "other", N_("其他来源")


class Absence(Labelled):
    """Why somebody stands in."""

    LEAVE = "leave", N_("请假")
    ILLNESS = "illness", N_("生病")
    TRAINING = "training", N_("外出学习")
    VACANT = "vacant", N_("岗位空缺")


class PledgeReview(Labelled):
    """How the members judge a pledge at the end of the year; of its score a share counts in the member's own year."""

    KEPT = "kept", N_("全部兑现")
    MOSTLY = "mostly", N_("大部分兑现")
    PARTLY = "partly", N_("部分兑现")
    NOT_KEPT = "not_kept", N_("没有兑现")
