"""The tables of points, by thing."""

from gridcase.points.models.conduct import Correction, Reply, SpotCheck, SpotDraw
from gridcase.points.models.declarations import Declaration
from gridcase.points.models.ledger import Account, PointNotice, Transfer
from gridcase.points.models.review import DeclarationPhoto, Review, Vote
from gridcase.points.models.schemes import SchemeBoard, SchemeItem, SchemeVersion, SchemeVeto
from gridcase.points.models.vetoes import Veto

__all__ = [
    "Account",
    "Correction",
    "Declaration",
    "DeclarationPhoto",
    "PointNotice",
    "Reply",
    "Review",
    "SchemeBoard",
    "SchemeItem",
    "SchemeVersion",
    "SchemeVeto",
    "SpotCheck",
    "SpotDraw",
    "Transfer",
    "Veto",
    "Vote",
]
