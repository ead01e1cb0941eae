"""Cases, their classes, their steps, the counters over them, and what stands beside them."""

from gridcase.cases.models.beside import (
    CaseFile,
    CaseLink,
    CaseParty,
    CaseRequest,
    CaseTransfer,
    SupervisionSheet,
    Whistle,
    WhistleUnit,
)
from gridcase.cases.models.case import Case, CasePoint, CaseSequence, CaseStep, CaseTally
from gridcase.cases.models.catalogue import CaseClass, ClassTerms, ClassVersion, ReplyTemplate
from gridcase.cases.models.routing import DutyItem, SavedView

__all__ = [
    "Case",
    "CaseClass",
    "CaseFile",
    "CaseLink",
    "CaseParty",
    "CasePoint",
    "CaseRequest",
    "CaseSequence",
    "CaseStep",
    "CaseTally",
    "CaseTransfer",
    "ClassTerms",
    "ClassVersion",
    "DutyItem",
    "ReplyTemplate",
    "SavedView",
    "SupervisionSheet",
    "Whistle",
    "WhistleUnit",
]
