"""What the database itself refuses, and what `verify` finds when somebody went past it, on both databases."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from gridcase.core.db import db
from gridcase.points import service
from gridcase.points.models import Transfer
from tests.factories.world import World
from tests.points.test_service import close, purse


@pytest.fixture
def home(ctx: Flask, world: World) -> int:
    return world.homes["village_a"][0]


# --- what the database itself refuses


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE points_transfer SET amount = 1000",
        "DELETE FROM points_transfer",
        "TRUNCATE points_transfer CASCADE",
    ],
)
def test_transfers_are_append_only_against_raw_sql(home: int, statement: str) -> None:
    close(1, home)
    db.session.rollback()
    with pytest.raises(DatabaseError), db.engine.begin() as connection:
        connection.execute(text(statement))
    assert purse(home) == (10, 0, 0)
    assert db.session.scalars(select(Transfer.amount)).all() == [10]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE points_account SET balance = -1 WHERE kind = 'pending'",
        "UPDATE points_account SET balance = balance - 11 WHERE kind = 'pending'",
        "INSERT INTO points_account (village_id, kind, balance) SELECT village_id, 'issue', 0 FROM points_account",
    ],
)
def test_balances_hold_against_raw_sql(home: int, statement: str) -> None:
    close(1, home)
    db.session.rollback()
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text(statement))
    assert purse(home) == (10, 0, 0)


# --- verify finds what it promises to find

FORGED = (
    "INSERT INTO points_transfer (key, kind, debit_id, credit_id, amount, rule, source_kind, source_id, village_id,"
    " household_id, reverses_id, at) SELECT 'x', '{kind}', {debit}, {credit}, {amount}, rule, 'x', 'x', village_id,"
    " household_id, {reverses}, at FROM points_transfer"
)


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE points_account SET balance = balance + 5 WHERE kind = 'merit'", "add up to 5"),
        (
            "UPDATE points_account SET balance = CASE kind WHEN 'issue' THEN -11 WHEN 'pending' THEN 11 ELSE 0 END",
            "its transfers say 10",
        ),
        ("UPDATE point_notice SET outcome = 'merit', settled_at = opens_on", "disagree"),
        ("UPDATE point_notice SET outcome = 'reversed', settled_at = opens_on", "disagree"),
        ("DELETE FROM point_notice", "disagree"),
        (
            FORGED.format(kind="reverse", debit="credit_id", credit="debit_id", amount="amount", reverses="NULL"),
            "linked to nothing",
        ),
        (
            FORGED.format(kind="reverse", debit="credit_id", credit="debit_id", amount="4", reverses="id"),
            "4 of 10 points taken back",
        ),
        (
            FORGED.format(kind="mature", debit="debit_id", credit="credit_id", amount="amount", reverses="NULL"),
            "no business with",
        ),
    ],
)
def test_verify_finds(home: int, statement: str, finding: str) -> None:
    close(1, home)
    assert service.verify() == []
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text(statement))
    found = service.verify()
    assert any(finding in line for line in found), found
