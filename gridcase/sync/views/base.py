"""The blueprint of the room, for who is signed in."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("sync", __name__)
