"""Set aside, handed over or given back: points and goods always together, and once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError

from gridcase.audit.models import AuditRow
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer, job
from gridcase.grid.models import Grid
from gridcase.grid.service import set_setting
from gridcase.households.models import Household, Member
from gridcase.people.rules import Role
from gridcase.points import queries as points_queries
from gridcase.points import service as points
from gridcase.points.models import Transfer
from gridcase.points.rules import TransferKind
from gridcase.points.rules.schemes import MODULES_KEY
from gridcase.shop import jobs, queries, service
from gridcase.shop.models import Batch, Goods, Redemption, StockMove
from gridcase.shop.rules import MoveKind, Part, RedemptionState, shown
from tests.factories import shop as factory
from tests.factories.world import MAKER, World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
KEEPER = Viewer(kind="job", name="管理员", grants=MAKER.grants)


@pytest.fixture
def goods(ctx: Flask, world: World) -> Goods:
    """Rice at 30 points, five bags, and 100 points for the first home of village A and for the circle's."""
    shop = factory.open_shop(world.grids["village_a"], now=NOW)
    made = factory.shelve(shop, 5, now=NOW)
    for home in (world.homes["village_a"][0], world.homes["circle"][0]):
        factory.merit(home, 100, now=NOW)
    return made


class State(NamedTuple):
    """What a home and the shelf hold."""

    merit: int
    held: int
    free: int
    set_aside: int


def state(goods: Goods, home: int) -> State:
    """Everything as the database has it; both replays are right."""
    db.session.rollback()
    assert not queries.goods.replay_differs()
    assert points.verify() == []
    found = points_queries.balances_of(home, viewer=job("test"))
    pieces = db.session.execute(
        select(func.sum(Batch.free), func.sum(Batch.held)).where(Batch.goods_id == goods.id)
    ).one()
    return State(found.merit, found.held, *pieces)


def hand_over(row: Redemption, *, now: datetime = NOW, actor: Viewer = KEEPER, on: date | None = None) -> None:
    with transaction():
        service.redemptions.hand_over(row, actor=actor, now=now, handed_on=on)


def cancel(row: Redemption, *, actor: Viewer = KEEPER) -> None:
    with transaction():
        service.redemptions.cancel(row, actor=actor, now=NOW)


def refusal(deed: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        deed()
    return str(caught.value)


def test_reserved_and_handed_over(goods: Goods, world: World) -> None:
    home = world.homes["village_a"][0]
    row = factory.reserve(goods, home, now=NOW, quantity=2)
    assert state(goods, home) == State(40, 60, 3, 2)
    assert row.until == date(2026, 11, 30)
    hand_over(row)
    assert state(goods, home) == State(40, 0, 3, 0)
    assert row.state == RedemptionState.HANDED
    spent = db.session.scalars(select(Transfer).where(Transfer.kind == TransferKind.SPEND)).one()
    assert (spent.amount, spent.source_kind, spent.source_id) == (60, "shop", str(row.id))


def test_the_ledger_says_what_was_fetched_in_one_line_each(goods: Goods, world: World) -> None:
    """Set aside, fetched, given back: the lines of the purse add up to what is in it, whatever happened."""
    home = world.homes["village_a"][0]
    for deed in (hand_over, cancel):
        row = factory.reserve(goods, home, now=NOW)
        assert _redemptions(home)[0] == ("hold", -30, "merit", "兑换：大米 5 公斤 1袋")
        deed(row)
    assert _redemptions(home) == [
        ("release", 30, "merit", "兑换：大米 5 公斤 1袋"),
        ("hold", -30, "merit", "兑换：大米 5 公斤 1袋"),
        ("spend", -30, "merit", "兑换：大米 5 公斤 1袋"),
    ]
    rows = points_queries.entries_of(home, viewer=job("test")).rows
    assert sum(one.gain for one in rows if one.purse == "merit") == state(goods, home).merit


def _redemptions(home: int) -> list[tuple[str, int, str, str]]:
    db.session.rollback()
    rows = points_queries.entries_of(home, viewer=job("test")).rows
    return [(one.kind, one.gain, one.purse, str(one.about)) for one in rows if one.rule == "shop"]


def test_the_code_opens_it_and_is_nowhere_kept(goods: Goods, world: World) -> None:
    row = factory.reserve(goods, world.homes["village_a"][0], now=NOW)
    code = queries.redemptions.code_of(row, keys=[factory.KEY])
    assert code is not None
    assert row.tail == code[-2:]
    assert code not in {row.digest, row.client_uuid}
    found = queries.redemptions.by_code(goods.shop, f" {shown(code).lower()}", keys=[b"new key", factory.KEY])
    assert found is row
    assert queries.redemptions.by_code(goods.shop, code, keys=[b"new key"]) is None
    assert queries.redemptions.code_of(row, keys=[b"new key"]) is None


def test_a_code_of_another_shop_opens_nothing_here(goods: Goods, world: World) -> None:
    row = factory.reserve(goods, world.homes["village_a"][0], now=NOW)
    other = factory.open_shop(world.grids["village_b"], now=NOW)
    code = queries.redemptions.code_of(row, keys=[factory.KEY])
    assert queries.redemptions.by_code(other, code or "", keys=[factory.KEY]) is None


def test_a_code_used_twice_says_when_it_was(goods: Goods, world: World) -> None:
    home = world.homes["village_a"][0]
    row = factory.reserve(goods, home, now=NOW)
    hand_over(row)
    assert "2026年11月23日 10:00" in refusal(lambda: hand_over(row, now=NOW + timedelta(hours=1)))
    assert "已经用过" in refusal(lambda: cancel(row))
    assert state(goods, home) == State(70, 0, 4, 0)


def test_cancelled_both_sides_go_back_once(goods: Goods, world: World) -> None:
    home = world.homes["village_a"][0]
    row = factory.reserve(goods, home, now=NOW)
    cancel(row)
    assert state(goods, home) == State(100, 0, 5, 0)
    assert "已经取消" in refusal(lambda: cancel(row))
    assert "已经取消" in refusal(lambda: hand_over(row))
    assert state(goods, home) == State(100, 0, 5, 0)


def test_what_nobody_fetches_goes_back_after_the_days_for_paper(goods: Goods, world: World) -> None:
    home = world.homes["village_a"][0]
    row = factory.reserve(goods, home, now=NOW)
    later = NOW + timedelta(days=10)
    assert jobs.release_unfetched(actor=job("shop"), now=later) == 0, "a list signed on paper may still be entered"
    assert "到期" in refusal(lambda: hand_over(row, now=later))
    assert jobs.release_unfetched(actor=job("shop"), now=later + timedelta(days=1)) == 1
    assert jobs.release_unfetched(actor=job("shop"), now=later + timedelta(days=1)) == 0
    assert state(goods, home) == State(100, 0, 5, 0)
    assert row.state == RedemptionState.EXPIRED


def test_a_list_on_paper_is_entered_afterwards(goods: Goods, world: World) -> None:
    home = world.homes["village_a"][0]
    row = factory.reserve(goods, home, now=NOW)
    later = NOW + timedelta(days=9)
    assert "领取日期" in refusal(lambda: hand_over(row, now=later, on=date(2026, 11, 22)))
    hand_over(row, now=later, on=date(2026, 11, 30))
    noted = db.session.scalars(select(AuditRow).where(AuditRow.action == "shop.hand_over")).one()
    assert noted.detail["day"] == "2026-11-30"
    assert row.on_paper
    assert state(goods, home) == State(70, 0, 4, 0)


def test_too_few_points_say_how_many_are_missing(goods: Goods, world: World) -> None:
    home = world.homes["village_a"][0]
    assert "还差 20 分" in refusal(lambda: factory.reserve(goods, home, now=NOW, quantity=4))
    assert state(goods, home) == State(100, 0, 5, 0)


def test_too_few_goods(goods: Goods, world: World) -> None:
    first, second = world.homes["village_a"][0], world.homes["circle"][0]
    factory.reserve(goods, first, now=NOW, quantity=3)
    assert "只剩 2 件" in refusal(lambda: factory.reserve(goods, second, now=NOW, quantity=3))
    assert state(goods, second) == State(100, 0, 2, 3)


def test_a_reservation_may_take_several_batches_what_spoils_first_first(goods: Goods, world: World) -> None:
    home = world.homes["village_a"][0]
    soon = factory.fill(goods, 2, now=NOW, expires_on=date(2026, 12, 31))
    row = factory.reserve(goods, home, now=NOW, quantity=3)
    parts = [part for part, _last in queries.goods.parts_of(row)]
    assert [(part.batch_id == soon, part.quantity) for part in parts] == [(False, 1), (True, 2)]
    hand_over(row)
    assert state(goods, home) == State(10, 0, 4, 0)


def test_what_is_out_of_date_is_neither_reserved_nor_handed_over(goods: Goods, world: World) -> None:
    home = world.homes["village_a"][0]
    milk = factory.shelve(goods.shop, 1, now=NOW, expires_on=date(2026, 11, 25), name="牛奶", points=10)
    row = factory.reserve(milk, home, now=NOW)
    assert "已经过期" in refusal(lambda: hand_over(row, now=NOW + timedelta(days=3)))
    cancel(row)
    assert "现在没有货" in refusal(lambda: factory.reserve(milk, home, now=NOW + timedelta(days=3)))
    assert state(milk, home) == State(100, 0, 1, 0)


def test_the_same_form_twice_is_one_reservation(goods: Goods, world: World) -> None:
    home, mark = world.homes["village_a"][0], str(uuid4())
    first = factory.reserve(goods, home, now=NOW, mark=mark)
    assert factory.reserve(goods, home, now=NOW, mark=mark).id == first.id
    assert state(goods, home) == State(70, 30, 4, 1)
    assert "重新打开" in refusal(lambda: factory.reserve(goods, world.homes["circle"][0], now=NOW, mark=mark))


def test_a_switched_off_module_holds_nothing(goods: Goods, world: World) -> None:
    home = world.homes["village_a"][0]
    row = factory.reserve(goods, home, now=NOW)
    place = db.session.get_one(Grid, world.grids["village_a"])
    with transaction():
        set_setting(actor=MAKER, place=place, key=MODULES_KEY, value={"shop": False}, valid_from=NOW.date(), now=NOW)
    assert "已停用" in refusal(lambda: factory.reserve(goods, home, now=NOW))
    assert "已停用" in refusal(lambda: hand_over(row))
    cancel(row)
    assert state(goods, home) == State(100, 0, 5, 0)


def test_frozen_points_hold_and_hand_over_nothing(goods: Goods, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    home = world.homes["village_a"][0]
    row = factory.reserve(goods, home, now=NOW)
    monkeypatch.setattr(points_queries, "frozen_until", lambda _home, *, on: date(2027, 1, 1))
    assert "2027年1月1日" in refusal(lambda: factory.reserve(goods, home, now=NOW))
    assert "2027年1月1日" in refusal(lambda: hand_over(row))
    assert state(goods, home) == State(70, 30, 4, 1)


def test_a_day_on_paper_does_not_go_round_a_veto(goods: Goods, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    home = world.homes["village_a"][0]
    row, later = factory.reserve(goods, home, now=NOW), NOW + timedelta(days=2)
    begins = NOW.date() + timedelta(days=1)
    monkeypatch.setattr(points_queries, "frozen_until", lambda _home, *, on: date(2027, 1, 1) if on >= begins else None)
    assert "2027年1月1日" in refusal(lambda: hand_over(row, now=later, on=NOW.date()))
    assert state(goods, home) == State(70, 30, 4, 1)


def test_whoever_helps_redeems_for_his_homes_alone(
    goods: Goods, world: World, viewer_of: Callable[[Role], Viewer]
) -> None:
    liaison, villager = viewer_of(Role.LIAISON), viewer_of(Role.RESIDENT)
    own, foreign = world.homes["circle"][0], world.homes["village_a"][0]
    row = factory.reserve(goods, own, now=NOW, actor=liaison)
    assert row.post_id == world.posts[Role.LIAISON]
    assert factory.reserve(goods, own, now=NOW, actor=villager).post_id is None
    for actor in (liaison, villager, viewer_of(Role.SHOP_KEEPER)):
        with pytest.raises(Missing):
            factory.reserve(goods, foreign, now=NOW, actor=actor)
    with pytest.raises(Missing):
        hand_over(row, actor=liaison)
    hand_over(row, actor=viewer_of(Role.SHOP_KEEPER))


def test_nobody_hands_over_to_his_own_home(goods: Goods, world: World, viewer_of: Callable[[Role], Viewer]) -> None:
    home = world.homes["village_a"][0]
    row = factory.reserve(goods, home, now=NOW)
    member = db.session.scalar(select(Member.person_id).where(Member.household_id == home).limit(1))
    keeper = viewer_of(Role.SHOP_KEEPER)
    own = Viewer(kind="staff", name="本人", user_id=1, person_id=member, grants=keeper.grants)
    assert "自己家" in refusal(lambda: hand_over(row, actor=own))


@pytest.mark.parametrize("on", [None, NOW.date()])
def test_who_reserved_for_a_home_does_not_hand_over(
    goods: Goods, world: World, viewer_of: Callable[[Role], Viewer], on: date | None
) -> None:
    home = world.homes["village_a"][0]
    head = viewer_of(Role.VILLAGE_HEAD)
    row = factory.reserve(goods, home, now=NOW, actor=head)
    assert "请另一位管理员交付" in refusal(lambda: hand_over(row, actor=head, on=on))
    assert state(goods, home) == State(70, 30, 4, 1)
    hand_over(row, actor=viewer_of(Role.SHOP_KEEPER), on=on)
    assert state(goods, home) == State(70, 0, 4, 0)


def test_a_home_of_another_village_finds_nothing_here(goods: Goods, world: World) -> None:
    with pytest.raises(Missing):
        factory.reserve(goods, world.homes["village_b"][0], now=NOW)


def test_a_town_shop_serves_all_its_villages(ctx: Flask, world: World) -> None:
    shop = factory.open_shop(world.grids["town"], now=NOW)
    soap = factory.shelve(shop, 2, now=NOW)
    for home in (world.homes["village_a"][0], world.homes["village_b"][0]):
        factory.merit(home, 30, now=NOW)
        hand_over(factory.reserve(soap, home, now=NOW))
    assert state(soap, home) == State(0, 0, 0, 0)


def test_a_closed_shop_still_gives_back(goods: Goods, world: World) -> None:
    home = world.homes["village_a"][0]
    row = factory.reserve(goods, home, now=NOW)
    with transaction():
        service.shops.edit_shop(goods.shop, factory.SHOP, closed=True, seen=None, actor=MAKER, now=NOW)
    assert "已经关闭" in refusal(lambda: factory.reserve(goods, home, now=NOW))
    cancel(row)
    assert state(goods, home) == State(100, 0, 5, 0)


def test_stock_never_falls_below_nothing_whoever_asks(goods: Goods) -> None:
    for change in ({"free": -1}, {"held": -1}):
        with pytest.raises(DatabaseError):
            db.session.execute(update(Batch.__table__).values(**change))
        db.session.rollback()


def test_a_move_takes_no_more_than_there_is(goods: Goods) -> None:
    """Whatever was read before: the move itself refuses, with the sentence for whoever comes second."""
    batch = db.session.scalars(select(Batch.id)).one()
    for kind in (MoveKind.RESERVE, MoveKind.LESS, MoveKind.HAND_OVER):

        def take(kind: MoveKind = kind) -> None:
            with transaction():
                service.stock.move([Part(batch, 6)], kind, key=f"try:{kind}", actor=MAKER, now=NOW)

        assert "预约完了" in refusal(take)


def test_moves_of_stock_are_append_only_against_raw_sql(goods: Goods) -> None:
    assert db.session.scalar(select(func.count(StockMove.id))) == 1
    db.session.rollback()
    for statement in ("UPDATE shop_move SET quantity = 9", "DELETE FROM shop_move"):
        with pytest.raises(DatabaseError, match=r"append-only|permission"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_two_records_of_one_home_keep_its_reservations(goods: Goods, world: World) -> None:
    double, kept = world.homes["village_a"][0], world.homes["village_a"][1]
    row = factory.reserve(goods, double, now=NOW)
    with transaction():
        homes = [db.session.get_one(Household, home) for home in (double, kept)]
        assert service.repoint_household(*homes, actor=MAKER, now=NOW) == 1
    assert row.household_id == kept
    hand_over(row)
    assert state(goods, double) == State(70, 0, 4, 0)
