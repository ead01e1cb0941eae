"""A county's year of points: filled set-based, settled village by village, and what a household's page takes
then.

    python -m benchmarks.points --homes 70000 --entries 2000000 --db postgresql
"""

from __future__ import annotations

import argparse
import logging
import statistics
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import psycopg
from sqlalchemy import func, select, text

from benchmarks.ground import Ground, plain, prepared
from benchmarks.line import Line
from benchmarks.search import answering, processor_seconds
from gridcase.audit import service as audit
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.db import UtcDateTime, db, transaction
from gridcase.core.permissions import Permission, job
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.points import service
from gridcase.points.models import Transfer, YearSettlement
from gridcase.points.rules.periods import begins, months_later
from gridcase.points.rules.schemes import YearEnd
from gridcase.points.service import ledger
from gridcase.users import queries as users

ACTOR = job("bench")
HEAD = "village_head"
LEAST_CASES = 2000  # what seed scale makes; nothing here asks about cases
PAGES = 40  # households whose pages are opened
BOUGHT = 2  # times at most every home went to the shop
BASE, PRICE = 100, 15
LEAST = 5  # points of an award
SMALL = 10  # entries a home in `make bench`

_TRANSFER = (
    "INSERT INTO points_transfer (key, kind, debit_id, credit_id, amount, rule, source_kind, source_id, village_id,"
    " household_id, target, at)"
    " SELECT '{key}' || h.id, '{kind}', a.id, b.id, {amount}, 'Z601', 'bench', '{number}', h.village_id, h.id, 'merit',"
    " :at FROM household h JOIN points_account a ON {debit} JOIN points_account b ON {credit}"
)
_NOTICE = (
    "INSERT INTO point_notice (transfer_id, village_id, opens_on, closes_on, settled_at, outcome)"
    " SELECT id, village_id, :opens, :closes, :at, 'merit' FROM points_transfer"
    " WHERE source_kind = 'bench' AND source_id = '{number}' AND kind = 'award'"
)
_MATURE = (
    "INSERT INTO points_transfer (key, kind, debit_id, credit_id, amount, rule, source_kind, source_id, village_id,"
    " household_id, target, at)"
    " SELECT 'mature:' || t.id, 'mature', t.credit_id, b.id, t.amount, t.rule, 'bench', t.source_id, t.village_id,"
    " t.household_id, 'merit', :at FROM points_transfer t"
    " JOIN points_account b ON b.household_id = t.household_id AND b.kind = 'merit'"
    " WHERE t.source_kind = 'bench' AND t.source_id = '{number}' AND t.kind = 'award'"
)
_BALANCES = (
    "UPDATE points_account SET balance = s.total FROM (SELECT f.account_id, sum(f.amount) AS total FROM"
    " (SELECT credit_id AS account_id, amount FROM points_transfer"
    " UNION ALL SELECT debit_id, -amount FROM points_transfer) f GROUP BY f.account_id) s"
    " WHERE points_account.id = s.account_id"
)


def main() -> None:
    """Fill, settle, open pages, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.points", description=__doc__)
    parser.add_argument("--homes", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--db", choices=("sqlite", "postgresql", "both"), default="both")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    for kind in ("sqlite", "postgresql") if options.db == "both" else (options.db,):
        with prepared(kind, LEAST_CASES, households=options.homes) as ground:
            for line in measured(ground, options.entries // options.homes):
                print(f"{kind:<10}  {line.measure:<58} {line.value:>9.2f} {line.unit}", flush=True)


def points_lines(ground: Ground, floor: Any, seconds: float) -> Iterator[Line]:
    """The same on the ground of `make bench`."""
    del floor, seconds
    yield from measured(ground, SMALL)


def measured(ground: Ground, rounds: int) -> Iterator[Line]:
    """So many entries a home and more, the settlement, whether the books hold, and pages."""
    began = time.perf_counter()
    with ground.app.app_context():
        entries = fill(ground, rounds)
        db.session.remove()
    yield Line(f"points: {entries} entries written", time.perf_counter() - began, "s")
    with ground.app.app_context():
        villages, seconds, busy, longest = settle(ground)
        yield Line(f"points: a year of {villages} villages settled", seconds, "s")
        yield Line("points: processor time of that", busy, "s")
        yield Line("points: the longest of them", longest * 1000, "ms")
        began = time.perf_counter()
        problems = service.verify()
        yield Line(f"points: verify ({len(problems)} problems)", time.perf_counter() - began, "s")
        began = time.perf_counter()
        with transaction():
            sealed = service.seal(now=ground.now)
        yield Line(f"points: {sealed} movements sealed", time.perf_counter() - began, "s")
        db.session.remove()
    yield from _pages(ground)


# -- filling


def fill(ground: Ground, rounds: int) -> int:
    """Every home: awards month by month that matured, base points, goods bought. Past the services, in a few
    statements; returns how many movements there are."""
    awards = max(1, (rounds - 1 - 2 * BOUGHT + 1) // 2)
    with transaction():
        connection = db.session.connection()
        connection.execute(text(
            "INSERT INTO points_account (village_id, household_id, kind, balance)"
            " SELECT DISTINCT h.village_id, CAST(NULL AS INTEGER), 'issue', 0 FROM household h"
            " WHERE NOT EXISTS (SELECT 1 FROM points_account a WHERE a.village_id = h.village_id AND a.kind = 'issue')"
        ))  # fmt: skip
        _audited()
        for kind in ledger.HOME_PURSES:
            connection.execute(text(
                f"INSERT INTO points_account (village_id, household_id, kind, balance)"
                f" SELECT h.village_id, h.id, '{kind.value}', 0 FROM household h WHERE NOT EXISTS"
                f" (SELECT 1 FROM points_account a WHERE a.household_id = h.id AND a.kind = '{kind.value}')"
            ))  # fmt: skip
    today = town_day(ground.now)
    for number in range(1, awards + 1):
        _month(number, months_later(today, number - awards - 1))
    with transaction():
        _start_and_shop(months_later(today, -11), months_later(today, -2), min(BOUGHT, awards * LEAST // PRICE))
        db.session.connection().execute(text(_BALANCES))
        _audited()
    _analyse(ground)
    return db.session.scalar(select(func.count()).select_from(Transfer)) or 0


def _month(number: int, day: date) -> None:
    """One award for every home, with a notice that ran out."""
    days = {"opens": day, "closes": day + timedelta(days=7)}
    with transaction():
        amount = f"{LEAST} + (h.id + {number}) % 16"
        _move(f"bench:{number}:", "award", "issue", "pending", amount=amount, number=str(number), day=day)
        connection = db.session.connection()
        connection.execute(text(_NOTICE.format(number=number)), days | {"at": _noon(day + timedelta(days=8))})
        connection.execute(text(_MATURE.format(number=number)), {"at": _noon(day + timedelta(days=8))})
        _audited()


def _start_and_shop(start: date, later: date, turns: int) -> None:
    _move(f"base:{start.year}:", "grant", "issue", "base", amount=str(BASE), number="base", day=start)
    for turn in range(turns):
        _move(f"hold:b{turn}:", "hold", "merit", "held", amount=str(PRICE), number=f"shop{turn}", day=later)
        _move(f"held:b{turn}:", "spend", "held", "issue", amount=str(PRICE), number=f"shop{turn}", day=later)


def _move(key: str, kind: str, debit: str, credit: str, *, amount: str, number: str, day: date) -> None:
    def purse(alias: str, which: str) -> str:
        owner = "village_id = h.village_id" if which == "issue" else "household_id = h.id"
        return f"{alias}.{owner} AND {alias}.kind = '{which}'"

    statement = _TRANSFER.format(
        key=key, kind=kind, amount=amount, number=number, debit=purse("a", debit), credit=purse("b", credit)
    )
    db.session.connection().execute(text(statement), {"at": _noon(day)})


def _noon(day: date) -> Any:
    """Noon of a day, as the column stores it."""
    return UtcDateTime().process_bind_param(begins(day) + timedelta(hours=12), db.engine.dialect)


def _audited() -> None:
    audit.record(actor=ACTOR, action="bench.points", subject_kind="installation", subject_id=None, now=clock.now())


def _analyse(ground: Ground) -> None:
    if ground.name == "postgresql":
        with psycopg.connect(plain(ground.config.owner_url), autocommit=True) as connection:
            connection.execute("ANALYZE")


# -- settling


def settle(ground: Ground) -> tuple[int, float, float, float]:
    """The year before, expiring after a year, in every village: (villages, seconds in all, seconds of processors,
    seconds of the longest)."""
    today = town_day(ground.now)
    year, until = today.year - 1, date(today.year - 1, 12, 31)
    with transaction():
        places = db.session.scalars(select(Grid).where(Grid.level == "village").order_by(Grid.id)).all()
        db.session.add_all(
            YearSettlement(
                village_id=place.id, year=year, path=place.path, redeem_until=until, policy=YearEnd.EXPIRE,
                expire_months=12, base_points=BASE, announced_at=ground.now, homes=0, cleared=0, expired=0, carried=0,
                granted=0,
            )
            for place in places
        )  # fmt: skip
        _audited()
        ids = [place.id for place in places]
    spent, backend = [], answering(ground.name)
    busy = processor_seconds(backend)
    for village_id in ids:
        began = time.perf_counter()
        with transaction():
            service.settle_year(db.session.get_one(Grid, village_id), year, actor=ACTOR, now=ground.now)
        spent.append(time.perf_counter() - began)
    return len(ids), sum(spent), processor_seconds(backend) - busy, max(spent)


# -- pages


def _pages(ground: Ground) -> Iterator[Line]:
    client = ground.client(HEAD)
    with ground.app.app_context():
        viewer = users.viewer_of(users.by_login(HEAD), now=ground.now)  # type: ignore[arg-type]
        homes = db.session.scalars(
            select(Household.id)
            .where(households.visible(viewer, Permission.SEE_POINTS))
            .order_by(Household.id)
            .limit(PAGES)
        ).all()
        db.session.remove()
    with ground.app.app_context():
        backend = answering(ground.name)
        db.session.remove()
    for name, address in (("points of a household", "/points/household/{}"), ("household", "/households/{}")):
        spent, busy = [], processor_seconds(backend)
        for home in homes:
            began = time.perf_counter()
            answer = client.get(address.format(home))
            spent.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, (address.format(home), answer.status_code)
        each = (processor_seconds(backend) - busy) / len(spent) * 1000
        yield Line(f"points: page {name}, p50", statistics.median(spent), "ms")
        yield Line(f"points: page {name}, processor time", each, "ms")
        yield Line(f"points: page {name}, slowest of {len(spent)}", max(spent[1:]), "ms")


if __name__ == "__main__":
    main()
