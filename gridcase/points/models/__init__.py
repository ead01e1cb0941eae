"""The tables of points, by thing."""

from gridcase.points.models.declarations import Declaration
from gridcase.points.models.ledger import Account, PointNotice, Transfer
from gridcase.points.models.schemes import SchemeBoard, SchemeItem, SchemeVersion, SchemeVeto
from gridcase.points.models.vetoes import Veto

__all__ = [
    "Account",
    "Declaration",
    "PointNotice",
    "SchemeBoard",
    "SchemeItem",
    "SchemeVersion",
    "SchemeVeto",
    "Transfer",
    "Veto",
]
