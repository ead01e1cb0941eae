"""Writing and sealing audit rows. A row is written in the transaction of the deed; a job seals rows within a minute."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from gridcase.audit.models import AuditRow, AuditSeal
from gridcase.core.db import db, dialect_name
from gridcase.core.permissions import Viewer
from gridcase.core.places import TOWN, cut_to
from gridcase.core.together import Along

SEALING = 5_341  # the number of the lock that who seals holds to the end of his transaction


def record(
    *,
    actor: Viewer,
    action: str,
    subject_kind: str,
    subject_id: int | None,
    now: datetime,
    place_path: str = "/",
    post_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> AuditRow:
    """Write down one deed. `detail` holds ids, codes and counts, never names or texts of villagers."""
    new = along(
        actor=actor, action=action, subject_kind=subject_kind, now=now, place_path=place_path, post_id=post_id,
        detail=detail,
    )  # fmt: skip
    row = AuditRow(**new.values, subject_id=subject_id)
    db.session.add(row)
    return row


def along(
    *,
    actor: Viewer,
    action: str,
    subject_kind: str,
    now: datetime,
    place_path: str = "/",
    post_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> Along:
    """The same for a deed that makes its subject, and is written together with it."""
    values = {
        "at": now,
        "actor_user_id": actor.user_id,
        "actor_post_id": post_id,
        "actor_name": actor.name,
        "action": action,
        "subject_kind": subject_kind,
        "place_path": place_path,
        "chain": chain_of(place_path),
        "detail": detail or {},
    }
    return Along(AuditRow, "subject_id", values)


def chain_of(path: str) -> str:
    """The chain a place belongs to: its town's, or its county's above the towns."""
    return cut_to(path, TOWN)


def seal(*, batch: int = 5000) -> int:
    """Seal the rows not yet sealed, oldest first; returns how many. Safe to run twice: (chain, seq) is unique, and of
    two at once the later one leaves it to the other."""
    if dialect_name() == "postgresql" and not db.session.scalar(select(func.pg_try_advisory_xact_lock(SEALING))):
        return 0  # SQLite has one writer anyway
    rows = db.session.scalars(
        select(AuditRow)
        .outerjoin(AuditSeal, AuditSeal.row_id == AuditRow.id)
        .where(AuditSeal.row_id.is_(None))
        .order_by(AuditRow.id)
        .limit(batch)
    ).all()
    heads: dict[str, tuple[int, str]] = {}
    for row in rows:
        seq, before = heads.get(row.chain) or _head(row.chain)
        digest = digest_of(row, before)
        db.session.add(AuditSeal(row_id=row.id, chain=row.chain, seq=seq + 1, digest=digest))
        heads[row.chain] = (seq + 1, digest)
    db.session.flush()
    return len(rows)


def _head(chain: str) -> tuple[int, str]:
    last = db.session.execute(
        select(AuditSeal.seq, AuditSeal.digest).where(AuditSeal.chain == chain).order_by(AuditSeal.seq.desc()).limit(1)
    ).first()
    return (last.seq, last.digest) if last else (0, "")


def digest_of(row: AuditRow, before: str) -> str:
    """SHA-256 over the row in canonical JSON and the seal before it."""
    content: Sequence[Any] = (
        before,
        row.id,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.actor_user_id,
        row.actor_post_id,
        row.actor_name,
        row.action,
        row.subject_kind,
        row.subject_id,
        row.place_path,
        row.detail,
    )
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def verify() -> tuple[list[str], int]:
    """Walk every chain; returns what is wrong (empty when whole) and the number of rows not sealed yet."""
    problems: list[str] = []
    chains = db.session.scalars(select(AuditSeal.chain).distinct().order_by(AuditSeal.chain)).all()
    for chain in chains:
        problems.extend(_verify_chain(chain))
    sealed = select(AuditSeal.row_id)
    tail = db.session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.id.not_in(sealed))) or 0
    return problems, tail


def _verify_chain(chain: str) -> list[str]:
    before, expected = "", 1
    links = db.session.execute(
        select(AuditSeal, AuditRow)
        .outerjoin(AuditRow, AuditRow.id == AuditSeal.row_id)
        .where(AuditSeal.chain == chain)
        .order_by(AuditSeal.seq)
        .execution_options(yield_per=2000)
    )
    for link, row in links:
        if link.seq != expected:
            return [f"{chain}: seal {expected} is missing"]
        if row is None or digest_of(row, before) != link.digest:
            return [f"{chain}: row {link.row_id} (seal {link.seq}) was changed or removed"]
        before, expected = link.digest, expected + 1
    return []
