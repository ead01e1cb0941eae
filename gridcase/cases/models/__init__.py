"""Cases, their classes, their steps, the counters over them, and what stands beside them."""

from gridcase.cases.models.beside import (
    CaseFile,
    CaseLink,
    CaseParty,
    CaseRequest,
    SupervisionSheet,
    Whistle,
    WhistleUnit,
)
from gridcase.cases.models.case import Case, CaseClass, CasePoint, CaseSequence, CaseStep, CaseTally
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
    "DutyItem",
    "SavedView",
    "SupervisionSheet",
    "Whistle",
    "WhistleUnit",
]
