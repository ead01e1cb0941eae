"""The tables of points, by thing."""

from gridcase.points.models.declarations import Declaration
from gridcase.points.models.ledger import Account, Goods, PointNotice, Transfer
from gridcase.points.models.periods import Close, HistoryTotal, YearSettlement
from gridcase.points.models.schemes import SchemeBoard, SchemeItem, SchemeVersion, SchemeVeto
from gridcase.points.models.sealing import Seal, SealHead
from gridcase.points.models.vetoes import Veto

__all__ = [
    "Account",
    "Close",
    "Declaration",
    "Goods",
    "HistoryTotal",
    "PointNotice",
    "SchemeBoard",
    "SchemeItem",
    "SchemeVersion",
    "SchemeVeto",
    "Seal",
    "SealHead",
    "Transfer",
    "Veto",
    "YearSettlement",
]
