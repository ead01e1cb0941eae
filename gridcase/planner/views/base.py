"""The blueprint of the room; every file of pages hands in its own entries of the navigation."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("planner", __name__, url_prefix="/planner")
