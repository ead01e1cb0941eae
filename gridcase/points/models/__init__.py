"""The tables of points, by thing."""

from gridcase.points.models.declarations import Declaration
from gridcase.points.models.ledger import Account, PointNotice, Transfer
from gridcase.points.models.schemes import SchemeItem, SchemeVersion

__all__ = ["Account", "Declaration", "PointNotice", "SchemeItem", "SchemeVersion", "Transfer"]
