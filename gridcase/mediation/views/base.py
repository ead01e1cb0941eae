"""The blueprint of the room and its tab beside the cases."""

from __future__ import annotations

from flask import Blueprint

from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.web.frame import NavItem

bp = Blueprint("mediation", __name__, url_prefix="/mediation")

NAV = (
    NavItem(
        key="mediation", label=N_("调解"), endpoint="mediation.index", icon="people", order=11, group="cases",
        needs=frozenset({Permission.ACCEPT_CASE, Permission.HANDLE_CASE}),
    ),
)  # fmt: skip
