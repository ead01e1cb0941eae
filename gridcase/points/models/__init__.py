"""The tables of points, by thing."""

from gridcase.points.models.declarations import Declaration
from gridcase.points.models.ledger import Account, Goods, PointNotice, Transfer
from gridcase.points.models.periods import Close, HistoryTotal, YearSettlement
from gridcase.points.models.schemes import SchemeItem, SchemeVersion
from gridcase.points.models.sealing import Seal, SealHead

__all__ = [
    "Account",
    "Close",
    "Declaration",
    "Goods",
    "HistoryTotal",
    "PointNotice",
    "SchemeItem",
    "SchemeVersion",
    "Seal",
    "SealHead",
    "Transfer",
    "YearSettlement",
]
