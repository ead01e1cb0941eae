"""One bag of rice left and many hands: one gets it, the others are told so, and nothing falls below nothing.

8 clients x 3 rounds on 2 workers by default; GRIDCASE_FULL=1: 64 clients x 200 rounds on 4 workers.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from flask import Flask
from sqlalchemy import func, select

from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.grid.rules import household_code
from gridcase.households import service as households
from gridcase.households.service import HouseholdRow, MemberRow
from gridcase.people.rules import Role
from gridcase.points import service as points
from gridcase.points.models import Account, Transfer
from gridcase.points.rules import AccountKind, TransferKind
from gridcase.shop import queries
from gridcase.shop.models import Batch, Goods, Redemption
from gridcase.shop.rules import RedemptionState
from tests.factories import shop as factory
from tests.factories.world import MAKER, SINCE, World
from tests.shop.served import Client, Served, client, together

FULL = os.environ.get("GRIDCASE_FULL", "") not in {"", "0"}
CLIENTS, ROUNDS, WORKERS = (64, 200, 4) if FULL else (8, 3, 2)
COUNTERS = 4
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PRICE = 30
# Taken at the same moment, or a moment before.
GONE = ("这件货品刚刚被别人预约完了", "这件货品现在没有货")


@contextmanager
def inside(app: Flask) -> Iterator[None]:
    """The test's own look into the database, for a moment."""
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()


def homes(world: World) -> list[int]:
    """A home for every client, each with points for every round."""
    village, cell = (db.session.get_one(Grid, world.grids[key]) for key in ("village_a", "village_a_cell_1"))
    rows = [
        HouseholdRow(
            code=household_code(cell.code, 100 + number), grid=cell, address=f"{number}号", phone="",
            members=(MemberRow(f"赵{'甲乙丙丁'[number % 4]}{number}", "head", "m", SINCE - timedelta(days=9000)),),
        )
        for number in range(CLIENTS)
    ]  # fmt: skip
    with transaction():
        made = households.register_households(actor=MAKER, village=village, rows=rows, since=SINCE, now=NOW)
    for home in made:
        factory.merit(home, PRICE * ROUNDS, now=NOW)
    return list(made)


def test_last_item_race(app: Flask, world: World, config: Config) -> None:
    with inside(app):
        shop = factory.open_shop(world.grids["village_a"], now=NOW)
        rice = factory.shelve(shop, 0, now=NOW, points=PRICE)
        shop_id, rice_id, mine = shop.id, rice.id, homes(world)
    served = Served(config, WORKERS)
    served.start()
    try:
        head = client(app, world.users[Role.VILLAGE_HEAD], served.port)
        keeper = client(app, world.users[Role.SHOP_KEEPER], served.port)
        said: Counter[str] = Counter()
        began = time.monotonic()
        for _ in range(ROUNDS):
            with inside(app):
                factory.fill(db.session.get_one(Goods, rice_id), 1, now=NOW)
            said += _reserve(served, head, rice_id, mine)
            said += _hand_over(app, served, keeper, shop_id)
        took = time.monotonic() - began
    finally:
        served.kill()
    with inside(app):
        _check(rice_id)
    print(
        f"last_item_race {config.url.split(':')[0]}: {ROUNDS} rounds x {CLIENTS} clients on {WORKERS} workers in "
        f"{took:.0f} s: {said['reserved']} reserved, {said['too late']} losers with 409, "
        f"{said['handed']} handed over, {said['used']} second hands with 409"
    )
    assert said == Counter({
        "reserved": ROUNDS, "too late": ROUNDS * (CLIENTS - 1), "handed": ROUNDS, "used": ROUNDS * (COUNTERS - 1),
    }), served.said()  # fmt: skip


def _reserve(served: Served, head: Client, rice_id: int, mine: list[int]) -> Counter[str]:
    """Everybody wants it at the same moment."""
    answers = together([
        lambda home=home: head.send(
            f"/shop/goods/{rice_id}/reserve?home={home}", client_uuid=str(uuid4()), quantity=1
        )
        for home in mine
    ])  # fmt: skip
    said: Counter[str] = Counter()
    for answer in answers:
        if answer.status == 302:
            said["reserved"] += 1
        elif answer.status == 409 and any(words in answer.body for words in GONE):
            said["too late"] += 1
        else:
            said[f"wrong: {answer.status}"] += 1
    assert said["reserved"] == 1, (said, served.said())
    return said


def _hand_over(app: Flask, served: Served, head: Client, shop_id: int) -> Counter[str]:
    """Its code is typed at several counters at once."""
    with inside(app):
        row = db.session.scalars(select(Redemption).where(Redemption.state == RedemptionState.RESERVED)).one()
        code = queries.redemptions.code_of(row, keys=[factory.KEY])
    answers = together([
        lambda: head.send(f"/shop/{shop_id}/hand-over", code=code)
    ] * COUNTERS)  # fmt: skip
    said: Counter[str] = Counter()
    for answer in answers:
        if answer.status == 302:
            said["handed"] += 1
        elif answer.status == 409 and "这个码已经用过" in answer.body:
            said["used"] += 1
        else:
            said[f"wrong: {answer.status}"] += 1
    assert said["handed"] == 1, (said, served.said())
    return said


def _check(rice_id: int) -> None:
    """What was spent is what was handed over; both replays are right; nothing is below nothing."""
    spent = db.session.execute(
        select(func.count(Transfer.id), func.sum(Transfer.amount)).where(Transfer.kind == TransferKind.SPEND)
    ).one()
    assert tuple(spent) == (ROUNDS, PRICE * ROUNDS)
    assert db.session.scalar(select(func.count(Redemption.id))) == ROUNDS
    left = db.session.execute(
        select(func.sum(Batch.free), func.sum(Batch.held), func.min(Batch.free)).where(Batch.goods_id == rice_id)
    ).one()
    assert tuple(left) == (0, 0, 0)
    below = select(func.count(Account.id)).where(Account.balance < 0, Account.kind != AccountKind.ISSUE)
    assert db.session.scalar(below) == 0
    held = select(func.coalesce(func.sum(Account.balance), 0)).where(Account.kind == AccountKind.HELD)
    assert db.session.scalar(held) == 0
    assert not queries.goods.replay_differs()
    assert points.verify() == []
