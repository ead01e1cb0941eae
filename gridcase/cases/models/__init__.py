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
from gridcase.cases.models.case import Case, CaseClass, CasePoint, CaseSequence, CaseStep, CaseTally

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
    "SupervisionSheet",
    "Whistle",
    "WhistleUnit",
]
