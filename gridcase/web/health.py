"""Signs of life for a supervisor: `/healthz` (the process answers), `/readyz` (the database answers too)."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from gridcase.core.db import ready
from gridcase.web.access import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public("a supervisor has no account")
def healthz() -> ResponseReturnValue:
    """200 while the process lives."""
    return {"status": "ok"}


@bp.get("/readyz")
@public("a supervisor has no account")
def readyz() -> ResponseReturnValue:
    """200 when the database is initialised and answers, else 503."""
    try:
        ready()
    except SQLAlchemyError:
        return {"status": "not ready"}, 503
    return {"status": "ok"}
