"""A power cut in the middle of handing over: nothing is lost, and it is paid once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import func, select

from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.points import queries as points_queries
from gridcase.points import service as points
from gridcase.points.models import Transfer
from gridcase.points.rules import TransferKind
from gridcase.shop import queries, service
from gridcase.shop.models import Batch, Redemption
from gridcase.shop.rules import RedemptionState
from tests.factories import shop as factory
from tests.factories.world import World
from tests.shop.served import ROOT
from tests.shop.test_last_item_race import inside

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def cut(config: Config, where: str, redemption_id: int) -> None:
    """Hand over in a process of its own that is killed on the way."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "GRIDCASE_ENV": "test", "GRIDCASE_INSTANCE": config.instance,
        "GRIDCASE_DATABASE_URL": config.database_url, "GRIDCASE_SECRET_KEY": "test",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "tests.shop.power_cut", where, str(redemption_id)], cwd=ROOT, env=environment,
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr


def state(app: Flask, home: int, redemption_id: int) -> tuple[str, int, int, int, int, int]:
    """(state, merit, held points, free, held pieces, how often it was paid); both replays are right."""
    with inside(app):
        row = db.session.get_one(Redemption, redemption_id)
        found = points_queries.balances_of(home, viewer=job("test"))
        pieces = db.session.execute(select(func.sum(Batch.free), func.sum(Batch.held))).one()
        paid = db.session.scalar(select(func.count(Transfer.id)).where(Transfer.kind == TransferKind.SPEND))
        assert not queries.goods.replay_differs()
        assert points.verify() == []
        return (row.state, found.merit, found.held, *pieces, paid or 0)


def test_a_power_cut_while_handing_over(app: Flask, world: World, config: Config) -> None:
    home = world.homes["village_a"][0]
    with inside(app):
        goods = factory.shelve(factory.open_shop(world.grids["village_a"], now=NOW), 2, now=NOW)
        factory.merit(home, 60, now=NOW)
        row_id = factory.reserve(goods, home, now=NOW).id
    before = (RedemptionState.RESERVED, 30, 30, 1, 1, 0)
    assert state(app, home, row_id) == before
    for where in ("between", "commit"):
        cut(config, where, row_id)
        assert state(app, home, row_id) == before, where
    cut(config, "after", row_id)
    after = (RedemptionState.HANDED, 30, 0, 1, 0, 1)
    assert state(app, home, row_id) == after, "it was kept before the power went"
    with inside(app), transaction():
        refused = service.redemptions.ended(db.session.get_one(Redemption, row_id))
    assert "已经用过" in str(refused)
    assert state(app, home, row_id) == after
