"""Demo and bulk data go into an empty database that serves nobody, and into no other."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import select

from gridcase.audit import queries as audits
from gridcase.core.config import Config
from gridcase.core.db import db
from gridcase.core.errors import SetupProblem
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.users import queries as users

BEGUN, DONE = "demo.begin", "demo.load"  # of the audit: the first and the last thing the filling writes


def empty() -> bool:
    """Whether there is no place yet."""
    return db.session.scalar(select(Grid.id).limit(1)) is None


def half_filled() -> bool:
    """Whether a filling with the demo broke off, and nobody has come in since: then all there is is invented."""
    return audits.ever_done(BEGUN) and not audits.ever_done(DONE) and not users.anybody_came()


def check() -> Config:
    """The settings of an installation that may be filled, else `SetupProblem`."""
    config: Config = current_app.extensions["gridcase"]
    if config.production:
        raise SetupProblem(N_("正式环境不能装入演示数据。"))
    if not empty():
        raise SetupProblem(N_("数据库里已有数据，演示数据只装入空库。"))
    return config
