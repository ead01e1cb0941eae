"""The chain of seals: what it covers, what breaks it, what a home and a village can check themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from gridcase.core import migrate
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.points import jobs, queries, service
from gridcase.points.models import Seal, SealHead
from gridcase.points.rules import AccountKind
from tests.factories.world import World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ALL = job("test")


def post(home: int, key: str, points: int = 10) -> int:
    with transaction():
        made = service.post_award(
            household_id=home, points=points, rule="Z601", version_id=None, source_kind="declaration", source_id=key,
            key=f"declaration:{key}", actor=ALL, now=NOW,
        )  # fmt: skip
        assert made is not None
        return made.id


@pytest.fixture
def ledger(ctx: Flask, world: World) -> list[int]:
    """Six sealed movements of two homes of one village and two of another."""
    here, there = world.homes["village_a"][:2], world.homes["village_b"][0]
    ids = [post(home, f"{home}-{number}") for number in range(3) for home in here]
    for number in range(2):
        post(there, f"{there}-{number}")
    assert jobs.seal(now=NOW, batch=3) == 8
    return ids


@pytest.fixture
def forge(config: Config) -> Callable[[str], None]:
    """Raw SQL of somebody who holds the file or the server, and takes the triggers off first."""

    def run(statement: str) -> None:
        db.session.rollback()
        engine = migrate.owner_engine(config)
        with engine.connect() as connection:
            for table in ("points_transfer", "points_seal"):
                _without_triggers(connection, engine.dialect.name, table)
            for one in statement.split(";"):
                connection.execute(text(one))
            connection.commit()
        engine.dispose()

    return run


def _without_triggers(connection, kind: str, table: str) -> None:  # type: ignore[no-untyped-def]
    if kind == "sqlite":
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER {table}_no_{verb}"))
        connection.execute(text("PRAGMA foreign_keys=OFF"))
        return
    connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def test_everything_is_sealed_once_in_the_order_of_the_ids(ledger: list[int]) -> None:
    rows = db.session.execute(select(Seal.seq, Seal.transfer_id).where(Seal.transfer_id.in_(ledger)).order_by(Seal.seq))
    assert [tuple(row) for row in rows] == list(enumerate(ledger, start=1))
    assert jobs.seal(now=NOW) == 0
    assert service.verify_seals() == []
    assert queries.count_unsealed() == (0, None)


def test_what_came_later_is_the_unsealed_tail_until_the_next_run(ledger: list[int], world: World) -> None:
    home = world.homes["village_a"][0]
    post(home, "late")
    assert queries.count_unsealed()[0] == 1
    assert queries.seal_state_of_home(home, viewer=ALL).waiting == 1
    assert service.verify_seals() == [], "a tail is not a fault"
    assert jobs.seal(now=NOW) == 1
    assert service.verify_seals() == []


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE points_transfer SET amount = 11 WHERE id = {third}", "(seal 3) was changed or removed"),
        ("UPDATE points_transfer SET rule = 'Z602' WHERE id = {third}", "(seal 3) was changed or removed"),
        ("UPDATE points_transfer SET target = 'honour' WHERE id = {third}", "(seal 3) was changed or removed"),
        (
            "DELETE FROM points_seal WHERE transfer_id = {third};DELETE FROM point_notice WHERE transfer_id = {third};"
            "DELETE FROM points_transfer WHERE id = {third}",
            "seal 3 is missing",
        ),
        (
            "UPDATE points_seal SET seq = 99 WHERE transfer_id = {third};"
            "UPDATE points_seal SET seq = 3 WHERE transfer_id = {fourth};"
            "UPDATE points_seal SET seq = 4 WHERE transfer_id = {third}",
            "(seal 3) was changed or removed",
        ),
        ("DELETE FROM points_seal WHERE seq > 4 AND transfer_id <= {last}", "the chain ends at seal 4, and was 6 long"),
        ("DELETE FROM points_seal_head WHERE last_id = {last}", "the chain ends at seal 6, and was never long"),
        (
            "DELETE FROM points_seal WHERE transfer_id = {last};"
            "UPDATE points_seal_head SET seq = 5, digest = (SELECT digest FROM points_seal WHERE transfer_id = {fifth})"
            " WHERE last_id = {last}",
            "the chain ends at seal 5, and was 5 long",
        ),
    ],
)
def test_verify_finds(ledger: list[int], forge: Callable[[str], None], statement: str, finding: str) -> None:
    _, _, third, fourth, fifth, last = ledger
    forge(statement.format(third=third, fourth=fourth, fifth=fifth, last=last))
    found = service.verify_seals()
    assert len(found) == 1, found
    assert finding in found[0]


def test_a_movement_left_out_is_found(ledger: list[int], world: World, forge: Callable[[str], None]) -> None:
    """The head says that everything up to an id is sealed; one below it is not."""
    late = [post(world.homes["village_a"][0], f"late-{number}") for number in range(2)]
    village = db.session.scalars(select(SealHead.village_id).where(SealHead.last_id == ledger[-1])).one()
    forge(f"UPDATE points_seal_head SET last_id = {late[0]} WHERE village_id = {village}")
    assert jobs.seal(now=NOW) == 1
    assert service.verify_seals() == [f"village {village}: transfer {late[0]} was left out of the chain"]


def test_two_sealers_at_once_cannot_fork_a_chain(ledger: list[int], world: World) -> None:
    home = world.homes["village_a"][0]
    post(home, "late")
    with pytest.raises(DatabaseError), db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO points_seal (transfer_id, village_id, seq, digest)"
                " SELECT max(t.id), max(s.village_id), 6, 'x' FROM points_transfer t, points_seal s"
                " WHERE s.transfer_id = :last"
            ),
            {"last": ledger[-1]},
        )


@pytest.mark.parametrize(
    "statement",
    ["UPDATE points_seal SET digest = 'x'", "DELETE FROM points_seal", "TRUNCATE points_seal CASCADE"],
)
def test_seals_are_append_only_against_raw_sql(ledger: list[int], statement: str) -> None:
    db.session.rollback()
    with pytest.raises(DatabaseError), db.engine.begin() as connection:
        connection.execute(text(statement))
    assert service.verify_seals() == []


def test_a_home_checks_its_own_entries(ledger: list[int], world: World, forge: Callable[[str], None]) -> None:
    home = world.homes["village_a"][0]
    found = queries.check_home(home, viewer=ALL)
    assert (found.entries, found.sealed, found.whole) == (3, 3, True)
    forge(f"UPDATE points_transfer SET amount = 1 WHERE id = {ledger[2]}")
    found = queries.check_home(home, viewer=ALL)
    assert found.wrong == (ledger[2],)
    assert AccountKind.PENDING in found.purses
