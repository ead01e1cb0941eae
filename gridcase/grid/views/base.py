"""The blueprint of the room and its tabs; the register itself and a place's page stand in the room `dossier`."""

from __future__ import annotations

from flask import Blueprint

from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.web.frame import NavItem

bp = Blueprint("grid", __name__, url_prefix="/grids")
_SECTIONS = frozenset({"grid.sections", "grid.add_section", "grid.rename_section", "dossier.close_section"})
_PLACES = frozenset({
    "grid.index", "grid.add", "grid.edit", "grid.lines", "grid.sizes", "grid.naming", "grid.outline",
    "grid.import_file", "grid.draft", "dossier.grid", "dossier.close_grid", "dossier.add_resource",
})  # fmt: skip
_SEES = frozenset({Permission.SEE_PLACE})
NAV = (
    NavItem("g", N_("网格"), "grid.index", "grid", _SEES, 40, group="registers", pages=_PLACES),
    NavItem("", N_("片"), "grid.sections", "grid", _SEES, 41, group="registers", pages=_SECTIONS),
)
