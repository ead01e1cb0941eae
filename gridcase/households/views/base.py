"""The blueprint of the room; the list and the whole picture of a household are the dossier's."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("households", __name__, url_prefix="/households")
