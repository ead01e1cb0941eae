"""Words of the way a tier goes: proposals, meetings, objections, what asks for another assessment. Pure."""

from __future__ import annotations

from gridcase.core.labels import Labelled
from gridcase.core.words import N_

OBJECTION_WORKDAYS = 5
HARDSHIP_CLASS, RESTRICTED_CLASS = "0702", "0302"  # classes of cases whose end asks for another assessment


class ProposalState(Labelled):
    """Where a proposal stands."""

    PROPOSED = "proposed", N_("待确认")
    CONFIRMED = "confirmed", N_("已确认")
    REFUSED = "refused", N_("未同意")
    WITHDRAWN = "withdrawn", N_("已撤回")
    SUPERSEDED = "superseded", N_("已有新的建议")


class MeetingKind(Labelled):
    """The meeting whose record carries a change into the highest tier or out of it."""

    COMMITTEE = "committee", N_("村两委会议")
    CARE = "care", N_("研判会议")
    ASSEMBLY = "assembly", N_("村民代表会议")


class Verdict(Labelled):
    """How an objection ended."""

    KEPT = "kept", N_("维持原来的等级")
    REASSESS = "reassess", N_("重新研判")


class Cause(Labelled):
    """Why a home should be assessed again."""

    PERIODIC = "periodic", N_("到期复评")
    FACTOR = "factor", N_("情况有变")
    EXPIRED = "expired", N_("因素到期")
    CASE = "case", N_("突发困难办结")
    OBJECTION = "objection", N_("有异议")
    RESTRICTED = "restricted", N_("限定可见")
