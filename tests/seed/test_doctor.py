"""`gridcase doctor --mend`: counters that were made wrong are found, put right once, and written down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from gridcase import doctor
from gridcase.audit.models import AuditRow
from gridcase.core import clock
from gridcase.core.db import db, dialect_name, transaction
from gridcase.core.permissions import job
from gridcase.people.rules import Role
from gridcase.points.models import Account
from gridcase.users.models import User
from tests.factories.cases import collected, solved
from tests.factories.viewers import viewer_from
from tests.factories.world import World

ACTOR = job("doctor")
COUNTERS = ("cases_whole", "ledger_whole", "stock_whole")


@pytest.fixture
def home(app: Flask, world: World) -> Iterator[int]:
    """Two open cases in the village; gives the id of an account."""
    with app.app_context():
        liaison = viewer_from(db.session.get_one(User, world.users[Role.LIAISON]))
        for title in ("井盖坏了", "路灯不亮"):
            collected(world, liaison, title=title)
        solved(world, liaison)
        key = db.session.scalar(select(Account.id).where(Account.kind == "issue"))
        assert key is not None
        yield key
        db.session.remove()


def wrong() -> dict[str, list[str]]:
    return {name: problems for name, problems in doctor.examine() if name in COUNTERS and problems}


def spoil(*statements: str) -> None:
    """Past every door, as a fault would."""
    db.session.rollback()
    with db.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def deeds() -> list[dict[str, Any]]:
    return list(db.session.scalars(select(AuditRow.detail).where(AuditRow.action == "doctor.mend")))


def test_wrong_counters_are_found_and_put_right(home: int) -> None:
    assert wrong() == {}
    spoil(
        "UPDATE case_tally SET delta = delta + 3 WHERE id = (SELECT min(id) FROM case_tally)",
        "DELETE FROM case_map WHERE case_id = (SELECT max(case_id) FROM case_map)",
        f"UPDATE points_account SET balance = balance + 5 WHERE id = {home}",
    )
    found = wrong()
    assert set(found) == {"cases_whole", "ledger_whole"}
    assert any(line.startswith("counter ") for line in found["cases_whole"])
    mended = doctor.mend(actor=ACTOR, now=clock.now())
    assert mended == {"case_counters": 1, "map_rows": 1, "balances": 1, "stock": 0}
    assert wrong() == {}
    assert deeds() == [{"case_counters": 1, "map_rows": 1, "balances": 1}]


def test_what_is_right_is_left_alone(home: int) -> None:
    assert set(doctor.mend(actor=ACTOR, now=clock.now()).values()) == {0}
    assert deeds() == []


def test_nobody_writes_beside_a_mending(home: int) -> None:
    """On PostgreSQL the counters are held while they are counted; SQLite has one writer anyway."""
    locks = "SELECT count(*) FROM pg_locks WHERE mode = 'ShareRowExclusiveLock' AND relation = 'case_tally'::regclass"
    with transaction():
        doctor.MENDED["case_counters"]()
        held = dialect_name() == "sqlite" or db.session.scalar(text(locks))
    assert held
