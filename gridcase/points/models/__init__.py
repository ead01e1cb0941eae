"""The tables of points, by thing."""

from gridcase.points.models.conduct import Correction, Reply, SpotCheck, SpotDraw
from gridcase.points.models.declarations import Declaration
from gridcase.points.models.ledger import Account, Goods, PointNotice, Transfer
from gridcase.points.models.periods import Close, HistoryTotal, YearSettlement
from gridcase.points.models.review import DeclarationPhoto, Review, Vote
from gridcase.points.models.schemes import SchemeBoard, SchemeItem, SchemeVersion, SchemeVeto
from gridcase.points.models.sealing import Seal, SealHead
from gridcase.points.models.vetoes import Veto

__all__ = [
    "Account",
    "Close",
    "Correction",
    "Declaration",
    "DeclarationPhoto",
    "Goods",
    "HistoryTotal",
    "PointNotice",
    "Reply",
    "Review",
    "SchemeBoard",
    "SchemeItem",
    "SchemeVersion",
    "SchemeVeto",
    "Seal",
    "SealHead",
    "SpotCheck",
    "SpotDraw",
    "Transfer",
    "Veto",
    "Vote",
    "YearSettlement",
]
