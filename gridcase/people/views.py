"""Pages of persons, units, posts and liaison representatives."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("people", __name__, url_prefix="/people")
