"""The blueprint of the room, for who is signed in, and the installation's secrets."""

from __future__ import annotations

from flask import Blueprint, current_app

bp = Blueprint("sync", __name__)


def secrets() -> list[bytes]:
    """The installation's secret and the former ones: what was sealed outlives a change of keys."""
    keys = [current_app.secret_key, *current_app.config["SECRET_KEY_FALLBACKS"]]
    return [str(one).encode() for one in keys]
