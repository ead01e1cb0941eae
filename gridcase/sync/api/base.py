"""The blueprint of the interface."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("sync_api", __name__, url_prefix="/api/sync")
