"""Everything a database holds, to show that a request changed nothing."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from gridcase.core.db import db

# Signing in, being seen and reading one's own notices leave a row; that is not a change of anybody's data.
MAY_CHANGE = frozenset({"user_session", "notice_read"})
Snapshot = dict[str, frozenset[str]]


def everything(app: Flask, *, but: frozenset[str] = MAY_CHANGE) -> Snapshot:
    """Every row of every table as text."""
    with app.app_context():
        kept = {
            table.name: frozenset(repr(tuple(row)) for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')))
            for table in db.metadata.sorted_tables
            if table.name not in but
        }
        db.session.remove()
    return kept


def differences(before: Snapshot, after: Snapshot) -> dict[str, list[str]]:
    """Rows that came, went or changed, by table; empty when nothing did."""
    return {name: sorted(before[name] ^ after[name])[:4] for name in before if before[name] != after[name]}
