"""Sealing the ledger: each village's movements in the order of their ids, each seal over the one before it.

A village's movements get their ids under its lock (`ledger.hold`), so that none with a lower id appears later.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gridcase.core.db import db, dialect_name
from gridcase.points import queries
from gridcase.points.models import Seal, SealHead
from gridcase.points.rules import digest_of

SEALING = 5_342  # the number of the lock that who seals holds to the end of his transaction


def seal(*, now: datetime, batch: int = 5000) -> int:
    """Seal what is not sealed yet, village by village; returns how many. Of two at once the later leaves it to the
    other; were both at work, the place in the chain is unique and one fails."""
    if dialect_name() == "postgresql" and not db.session.scalar(select(func.pg_try_advisory_xact_lock(SEALING))):
        return 0  # SQLite has one writer anyway
    _open_heads()
    done = 0
    for head in queries.heads_behind():
        if done >= batch:
            break
        done += _seal_village(head, limit=batch - done, now=now)
    return done


def _open_heads() -> None:
    dialect: Any = postgresql if dialect_name() == "postgresql" else sqlite
    rows = [
        {"village_id": village_id, "seq": 0, "last_id": 0, "digest": ""}
        for village_id in queries.villages_without_head()
    ]
    if rows:
        db.session.execute(dialect.insert(SealHead).on_conflict_do_nothing(), rows)


def _seal_village(head: SealHead, *, limit: int, now: datetime) -> int:
    village_id, first, digest = head.village_id, head.seq, head.digest
    seals: list[dict[str, Any]] = []
    for row in queries.movements_after(village_id, head.last_id, limit=limit):
        digest = digest_of(row, digest)
        seals.append({"transfer_id": row.id, "village_id": village_id, "seq": first + len(seals) + 1, "digest": digest})
    db.session.execute(insert(Seal), seals)
    moved: Any = db.session.execute(
        update(SealHead)
        .where(SealHead.village_id == village_id, SealHead.seq == first)
        .values(seq=first + len(seals), last_id=seals[-1]["transfer_id"], digest=digest, sealed_at=now)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:
        raise AssertionError(
            "somebody else sealed this village at the same time"
        )  # rolled back: nothing is sealed twice
    return len(seals)


def verify_seals() -> list[str]:
    """Walk every village's chain; what is wrong, one sentence each."""
    found = ((village_id, queries.broken(village_id)) for village_id in queries.sealed_villages())
    return [f"village {village_id}: {problem}" for village_id, problem in found if problem]
