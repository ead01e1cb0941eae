"""Points, goods, activities, campaigns and mediations on random data: numbers, rows and a count by hand are one."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from gridcase.affairs.models import Activity, Campaign, CampaignAction, CampaignEntry, Participation
from gridcase.affairs.rules import ActivityKind, ActivityState
from gridcase.affairs.rules.campaigns import ActionKind
from gridcase.audit import service as audit
from gridcase.cases.models import Case
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Viewer, job
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.measures import queries
from gridcase.measures.rules import MEASURES, By, Source
from gridcase.mediation.models import Mediation
from gridcase.people.rules import Role
from gridcase.points import jobs, service
from gridcase.points.models import Account, Goods, PointNotice, Transfer
from gridcase.shop.models import Batch, Redemption, StockMove
from gridcase.shop.service import redemptions
from tests.factories.shop import merit, open_shop, reserve, shelve
from tests.factories.world import MAKER, World
from tests.measures.random_cases import put_many
from tests.measures.test_cases import listed

ViewerOf = Callable[[Role | str], Viewer]
LEDGER = (Source.ENTRIES, Source.NOTICES, Source.REDEMPTIONS)
AFFAIRS = (Source.ACTIVITIES, Source.HELPERS, Source.CAMPAIGNS)
Found = Mapping[str, list[tuple[int, float]]]  # by measure: what must be counted, as (id, amount)


def earn(world: World, rng: random.Random, now: datetime) -> None:
    """Awards, deductions and cases of two villages over two months; some objected to, some taken back, some spent."""
    homes = [*world.homes["village_a"][:5], *world.homes["village_b"][:2]]
    start = now - timedelta(days=60)
    shop = open_shop(world.grids["village_a"], now=start)
    rice = shelve(shop, 40, now=start, points=20)
    for home in homes:
        merit(home, 200, now=start)
    for step in range(45):
        at, home = start + timedelta(days=step * 60 / 45), rng.choice(homes)
        jobs.mature(actor=job("points"), now=at, batch=50)
        match rng.randrange(6):
            case 0 | 1:
                given(home, rng.choice([5, 15, 30, -5, -10]), str(step), at)
            case 2:
                of_case(home, step % 9, at)
            case 3:
                with transaction():
                    service.reverse_for_case(case_id=rng.randrange(9), actor=MAKER, now=at)
            case _:
                spent(rice, home, at, rng)
    for notice in list(db.session.scalars(select(PointNotice).where(PointNotice.settled_at.is_(None)).limit(2))):
        with transaction():
            moved = db.session.get_one(Transfer, notice.transfer_id)
            service.object_to(moved, actor=MAKER, reason="那天不在场", now=now)


def given(home: int, points: int, mark: str, at: datetime) -> None:
    with transaction():
        service.post_award(
            household_id=home, points=points, rule="Z601", version_id=None, source_kind="declaration",
            source_id=mark, key=f"declaration:{mark}", actor=MAKER, now=at,
        )  # fmt: skip


def of_case(home: int, case: int, at: datetime) -> None:
    with transaction():
        service.award_for_case(
            case_id=case, number=str(case), village_id=None, class_code="0202", reporter_rule="K5", helper_rule=None,
            reporter_household_id=home, helper_household_id=None, restricted=False, imported=False, actor=MAKER, now=at,
        )  # fmt: skip


def spent(rice: Any, home: int, at: datetime, rng: random.Random) -> None:
    if db.session.get_one(Household, home).village_id != rice.shop.place_id:
        return
    row = reserve(rice, home, now=at, quantity=rng.randint(1, 2))
    if rng.random() < 0.8:
        with transaction():
            redemptions.hand_over(row, actor=MAKER, now=at + timedelta(hours=1))


def of_ledger(village_id: int, period: Period) -> Found:
    """What points and goods must count to."""
    begins, ends = period.begins, period.ends
    own = [one for one in db.session.scalars(select(Transfer)) if one.village_id == village_id and one.household_id]
    purse = {one.id: one.household_id for one in db.session.scalars(select(Account))}
    inside = [one for one in own if begins <= one.at < ends]
    back = [one for one in inside if one.kind in {"reverse", "recover"} and purse[one.credit_id] is None]
    awards = [one for one in inside if one.kind == "award"]
    ids = {one.id: one for one in own}
    goods = [one for one in db.session.scalars(select(Goods)) if one.transfer_id in {row.id for row in inside}]
    notices = [
        one
        for one in db.session.scalars(select(PointNotice))
        if one.transfer_id in ids and period.first <= one.opens_on <= period.last
    ]
    handed = [
        one
        for one in db.session.scalars(select(Redemption))
        if one.village_id == village_id and one.state == "handed" and begins <= one.ended_at < ends
    ]
    worth: dict[int, int] = {}
    for move, batch in db.session.execute(select(StockMove, Batch).join(Batch, Batch.id == StockMove.batch_id)):
        if move.kind == "hand_over":
            worth[move.redemption_id] = worth.get(move.redemption_id, 0) + move.quantity * batch.unit_fen
    opened = [(one.transfer_id, 1.0) for one in notices]
    return {
        "entries.issued": [*((one.id, one.amount) for one in awards), *((one.id, -one.amount) for one in back)],
        "entries.awards": [(one.id, 1) for one in awards],
        "entries.redeemed": [(one.id, one.amount) for one in inside if one.kind == "spend"],
        "entries.goods": [(one.transfer_id, one.goods_fen / 100) for one in goods if one.goods_fen is not None],
        "notices.opened": opened,
        "notices.objected": [(one.transfer_id, 1.0) for one in notices if one.objected_at is not None],
        "redemptions.times": [(one.id, 1) for one in handed],
        "redemptions.points": [(one.id, one.points) for one in handed],
        "redemptions.worth": [(one.id, worth[one.id] / 100) for one in handed],
    }


def gather(world: World, rng: random.Random, now: datetime) -> None:
    """Activities that were held, run or were called off, with who came; entries of campaigns, some struck."""
    homes = world.homes["village_a"] + world.homes["village_b"]
    for _number in range(24):
        village = db.session.get_one(Grid, world.grids[rng.choice(["village_a", "village_a", "village_b"])])
        activity = Activity(
            client_uuid=str(uuid4()), token=uuid4().hex, village_id=village.id, place_id=village.id, path=village.path,
            kind=str(rng.choice(list(ActivityKind))), branch="", title="清河道", spot="村口",
            starts_at=now - timedelta(days=rng.randrange(60)), hours=rng.randint(1, 6), made_at=now,
            state=str(rng.choice([ActivityState.ENDED, ActivityState.ENDED, ActivityState.CALLED])),
        )  # fmt: skip
        db.session.add(activity)
        db.session.flush()
        for home in rng.sample(homes, 4):
            came = rng.choice(["listed", "listed", ""])
            db.session.add(Participation(activity_id=activity.id, household_id=home, joined="listed", came=came))
    campaign = Campaign(
        client_uuid=str(uuid4()), place_id=world.grids["town"], path=path_of(world, "town"), name="清零",
        begins_on=town_day(now), ends_on=town_day(now), made_at=now,
    )  # fmt: skip
    db.session.add(campaign)
    db.session.flush()
    for kind in ActionKind:
        action = CampaignAction(campaign_id=campaign.id, kind=str(kind), name=str(kind), unit="个")
        db.session.add(action)
        db.session.flush()
        for _number in range(20):
            key, number = rng.choice(["village_a", "village_a_cell_1", "village_b"]), rng.randrange(20)
            db.session.add(
                CampaignEntry(
                    client_uuid=str(uuid4()), action_id=action.id, village_id=world.grids[key.removesuffix("_cell_1")],
                    path=path_of(world, key), day=town_day(now) - timedelta(days=rng.randrange(30)), number=number,
                    whole=number + 5 if kind is ActionKind.RATE else None, at=now,
                    struck_at=rng.choice([None, None, now]),
                )
            )  # fmt: skip


def of_affairs(path: str, period: Period) -> Found:
    """What activities and campaigns must count to."""
    held = {
        one.id: one
        for one in db.session.scalars(select(Activity))
        if one.path.startswith(path) and one.state == "ended" and period.begins <= one.starts_at < period.ends
    }
    came = [one for one in db.session.scalars(select(Participation)) if one.activity_id in held and one.came]
    kinds = {one.id: one.kind for one in db.session.scalars(select(CampaignAction))}
    entries = [
        one
        for one in db.session.scalars(select(CampaignEntry))
        if one.path.startswith(path) and period.first <= one.day <= period.last and one.struck_at is None
    ]

    def of(kind: str) -> list[Any]:
        return [one for one in entries if kinds[one.action_id] == kind]

    return {
        "activities.held": [(key, 1) for key in held],
        "helpers.came": [(one.id, 1) for one in came],
        "helpers.hours": [(one.id, held[one.activity_id].hours) for one in came],
        "campaigns.entries": [(one.id, 1) for one in entries],
        **{
            f"campaigns.{kind}": [(one.id, one.number) for one in of(kind)]
            for kind in ("doors", "people", "meetings", "businesses", "goods")
        },
        "campaigns.reached": [(one.id, one.number) for one in of("rate")],
        "campaigns.whole": [(one.id, one.whole) for one in of("rate")],
    }


def mediate(rng: random.Random, now: datetime, ids: Iterable[int]) -> None:
    """Mediations of some cases, running, agreed, failed, confirmed by a court."""
    for case_id in rng.sample(list(ids), 100):
        opened = now - timedelta(days=rng.randrange(1, 60))
        result = rng.choice([None, "agreed", "agreed", "failed"])
        db.session.add(
            Mediation(
                case_id=case_id, mediators="韩调解", opened_at=opened, opened_by_name="x", due_on=town_day(now),
                result=result, ended_at=opened + (now - opened) * rng.random() if result else None,
                confirmed_on=town_day(now) - timedelta(days=rng.randrange(50)) if result == "agreed" else None,
            )
        )  # fmt: skip


def of_disputes(path: str, period: Period) -> Found:
    """What mediations must count to; those of restricted cases are in no figure."""
    begins, ends = period.begins, period.ends
    seen = [
        one
        for one, case in db.session.execute(select(Mediation, Case).join(Case, Case.id == Mediation.case_id))
        if not case.restricted and not case.case_class.restricted and case.path.startswith(path)
    ]
    ended = [one for one in seen if one.ended_at is not None and begins <= one.ended_at < ends]
    found = {
        "opened": [one for one in seen if begins <= one.opened_at < ends],
        "running": [one for one in seen if one.result is None],
        "ended": ended,
        "agreed": [one for one in ended if one.result == "agreed"],
        "failed": [one for one in ended if one.result != "agreed"],
        "success": [one for one in ended if one.result == "agreed"],
        "confirmed": [
            one for one in seen if one.confirmed_on is not None and period.first <= one.confirmed_on <= period.last
        ],
    }
    return {f"mediations.{key}": [(one.id, 1) for one in some] for key, some in found.items()}


def path_of(world: World, key: str) -> str:
    return db.session.get_one(Grid, world.grids[key]).path


def check(viewer: Viewer, true: Found, sources: Iterable[Source], **asked: Any) -> None:
    """Every number in every grouping is its rows; rows and sums are those found by hand."""
    assert set(true) == {key for key, one in MEASURES.items() if one.source in sources}
    empty = [key for key, rows in true.items() if not rows]
    assert empty == [], "the chance made an empty list: nothing would be tested"
    for by in ((), *((one,) for one in By), (By.VILLAGE, By.WEEK)):
        found = queries.values(viewer, list(true), by=by, **asked)
        for key, rows in true.items():
            assert found.total.counts[key] == len(rows), (key, by)
            shape = MEASURES[key].shape
            if shape == "sum":
                assert found.total.numbers[key] == sum(amount for _id, amount in rows), (key, by)
            if not MEASURES[key].knows(*by):
                continue
            groups = [row for row in found.rows if row.counts[key]]
            behind = [listed(viewer, row.link(key), asked["now"]) for row in groups]
            assert [len(some) for some in behind] == [row.counts[key] for row in groups], (key, by)
            assert sorted(one for some in behind for one in some) == sorted(row_id for row_id, _amount in rows), (
                key, by,
            )  # fmt: skip


def test_numbers_of_points_are_their_rows(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    now = clock.now()
    period = Period.of(PeriodKind.MONTH, town_day(now))
    earn(world, random.Random(4), now)
    true = of_ledger(world.grids["village_a"], period)
    check(viewer_of(Role.VILLAGE_HEAD), true, LEDGER, period=period, now=now)


def test_numbers_of_affairs_and_disputes_are_their_rows(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    now = clock.now()
    period = Period.of(PeriodKind.MONTH, town_day(now))
    rng, path = random.Random(5), path_of(world, "village_a")
    ids = put_many(world, rng, now, period, 120)
    with transaction():
        gather(world, rng, now)
        mediate(rng, now, ids)
        audit.record(
            actor=MAKER, action="test", subject_kind="grid", subject_id=world.grids["village_a"], now=now,
            place_path=path,
        )  # fmt: skip
    viewer = viewer_of(Role.VILLAGE_HEAD)
    true = of_affairs(path, period) | of_disputes(path, period)
    check(viewer, true, (*AFFAIRS, Source.MEDIATIONS), period=period, now=now)
