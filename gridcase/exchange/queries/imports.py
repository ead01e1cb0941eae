"""Reading imports: one's own list, one of them, its problems, what is left to write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Viewer
from gridcase.exchange.models import ImportMapping, ImportRow, RegisterImport
from gridcase.exchange.rules import states
from gridcase.exchange.rules.states import WRITES, ImportState, RowState

SHOWN = 20


def get_import(import_id: int, *, viewer: Viewer) -> RegisterImport:
    """An import of the viewer's own, else `Missing`: a file belongs to who handed it in."""
    found = db.session.scalar(
        select(RegisterImport).where(RegisterImport.id == import_id, RegisterImport.user_id == viewer.user_id)
    )
    if found is None or viewer.user_id is None:
        raise Missing
    return found


def own(viewer: Viewer) -> Sequence[RegisterImport]:
    """The viewer's latest imports, newest first."""
    return db.session.scalars(
        select(RegisterImport)
        .where(RegisterImport.user_id == viewer.user_id, RegisterImport.state != ImportState.DROPPED)
        .order_by(RegisterImport.id.desc())
        .limit(SHOWN)
    ).all()


def mapping(path: str, register: str, digest: str) -> dict[str, str] | None:
    """The columns remembered for files with these headers."""
    return db.session.scalar(
        select(ImportMapping.mapping).where(
            ImportMapping.place_path == path, ImportMapping.register == register, ImportMapping.headers_digest == digest
        )
    )


def wrong_rows(import_id: int, *, limit: int | None = None) -> Sequence[Any]:
    """(number, problems) of the rows with problems, in the order of the file."""
    return db.session.execute(
        select(ImportRow.number, ImportRow.problems)
        .where(ImportRow.import_id == import_id, ImportRow.state == RowState.WRONG)
        .order_by(ImportRow.id)
        .limit(limit)
    ).all()


def rows_after(import_id: int, after: int, limit: int) -> Sequence[ImportRow]:
    """The staged rows behind one, in the order of the file."""
    return db.session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == import_id, ImportRow.id > after)
        .order_by(ImportRow.id)
        .limit(limit)
    ).all()


def parts_left(import_id: int) -> list[str]:
    """The parts with rows that wait to be written."""
    return list(
        db.session.scalars(
            select(ImportRow.part)
            .where(ImportRow.import_id == import_id, ImportRow.state.in_(WRITES))
            .distinct()
            .order_by(ImportRow.part)
        )
    )


def abandoned(now: datetime) -> list[int]:
    """Imports whose worker died."""
    return list(
        db.session.scalars(
            select(RegisterImport.id)
            .where(
                RegisterImport.state.in_((ImportState.CHECKING, ImportState.WRITING)),
                (RegisterImport.claimed_at.is_(None) & (RegisterImport.created_at < now - states.STALE))
                | (RegisterImport.claimed_at < now - states.STALE),
            )
            .order_by(RegisterImport.id)
        )
    )


def expired(now: datetime) -> Sequence[RegisterImport]:
    """Imports that wait longer than files are kept, and such that are over with rows still staged."""
    staged = select(ImportRow.id).where(ImportRow.import_id == RegisterImport.id).exists()
    running = (ImportState.CHECKING, ImportState.WRITING)
    old = RegisterImport.created_at < now - states.KEPT
    return db.session.scalars(
        select(RegisterImport)
        .where(
            RegisterImport.state.not_in(running),
            (old & (staged | RegisterImport.state.in_((ImportState.MAPPING, ImportState.READY))))
            | (staged & RegisterImport.state.in_((ImportState.DONE, ImportState.DROPPED, ImportState.FAILED))),
        )
        .order_by(RegisterImport.id)
        .limit(SHOWN)
    ).all()
