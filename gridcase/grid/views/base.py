"""Pages of places and sections."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("grid", __name__, url_prefix="/grids")
