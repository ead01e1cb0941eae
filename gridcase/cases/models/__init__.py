"""Cases, their classes, their steps, the counters over them, and what stands beside them."""

from gridcase.cases.models.beside import (
    CaseAgenda,
    CaseFile,
    CaseLink,
    CaseParty,
    CaseRequest,
    CaseTransfer,
    CaseWindow,
    SupervisionSheet,
    Whistle,
    WhistleUnit,
)
from gridcase.cases.models.case import COUNTED_MOVES, Case, CaseMap, CasePoint, CaseSequence, CaseStep, CaseTally
from gridcase.cases.models.catalogue import CaseClass, ClassTerms, ClassVersion, ReplyTemplate
from gridcase.cases.models.hot import HotIssue, HotIssueCase, HotRun
from gridcase.cases.models.routing import DutyItem, SavedView
from gridcase.cases.models.search import CaseSearch
from gridcase.cases.models.voices import CaseVoice

__all__ = [
    "COUNTED_MOVES",
    "Case",
    "CaseAgenda",
    "CaseClass",
    "CaseFile",
    "CaseLink",
    "CaseMap",
    "CaseParty",
    "CasePoint",
    "CaseRequest",
    "CaseSearch",
    "CaseSequence",
    "CaseStep",
    "CaseTally",
    "CaseTransfer",
    "CaseVoice",
    "CaseWindow",
    "ClassTerms",
    "ClassVersion",
    "DutyItem",
    "HotIssue",
    "HotIssueCase",
    "HotRun",
    "ReplyTemplate",
    "SavedView",
    "SupervisionSheet",
    "Whistle",
    "WhistleUnit",
]
