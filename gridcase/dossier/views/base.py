"""The blueprint of the room and its entry in the navigation."""

from __future__ import annotations

from flask import Blueprint

from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.web.frame import NavItem

bp = Blueprint("dossier", __name__, url_prefix="/households")
NAV = (
    NavItem(
        "households",
        N_("住户"),
        "dossier.index",
        "household",
        frozenset({Permission.SEE_HOUSEHOLD}),
        20,
        phone=True,
        group="homes",
    ),
)
