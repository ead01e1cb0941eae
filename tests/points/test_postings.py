"""Awards, deductions, reservations and history through the services, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer, job
from gridcase.households.models import Household
from gridcase.points import jobs, queries, service
from gridcase.points.models import Goods, PointNotice, Transfer
from gridcase.points.queries import Balances
from gridcase.points.rules import AccountKind, TransferKind, split_deduction
from tests.factories.points import give_base
from tests.factories.world import World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
CHECKER = Viewer(kind="staff", name="核查人", user_id=1)
VILLAGER = Viewer(kind="staff", name="村民", user_id=2)


@pytest.fixture
def home(ctx: Flask, world: World) -> int:
    return world.homes["village_a"][0]


def post(home: int, points: int, key: str, *, now: datetime = NOW, account: str = AccountKind.MERIT) -> Any:
    with transaction():
        made = service.post_award(
            household_id=home, points=points, account=account, rule="Z601", version_id=None,
            source_kind="declaration", source_id=key, key=f"declaration:{key}", notice_days=7, actor=CHECKER, now=now,
        )  # fmt: skip
        return made.id if made else None


def hold(home: int, amount: int, key: str) -> int:
    with transaction():
        return service.hold_for(
            household_id=home, amount=amount, key=key, source_kind="order", source_id=key, actor=CHECKER, now=NOW
        ).id


def release(key: str) -> int:
    with transaction():
        return service.release(key, actor=CHECKER, now=NOW).id


def spend(key: str, goods_fen: int = 0) -> int:
    with transaction():
        return service.spend(key, goods_fen=goods_fen, actor=CHECKER, now=NOW).id


def history(home: int, points: int, redeemed: int = 0) -> Any:
    with transaction():
        return service.post_history(
            household_id=home, points=points, redeemed=redeemed, on=date(2026, 6, 30), note="纸质台账", actor=CHECKER,
            now=NOW,
        )  # fmt: skip


def mature(now: datetime = NOW + WEEK) -> int:
    return jobs.mature(actor=job("points"), now=now)


def object_and_answer(transfer_id: int, *, upheld: bool) -> None:
    for step in ("object", "settle"):
        with transaction():
            transfer = queries.get_award(transfer_id)
            if step == "object":
                service.object_to(transfer, actor=VILLAGER, reason="当天不在村里", now=NOW)
            else:
                service.settle_objection(transfer, actor=CHECKER, upheld=upheld, note="核对过", now=NOW)


def held(home: int) -> Balances:
    db.session.rollback()
    assert service.verify() == []
    return queries.balances_of(home, viewer=job("test"))


@pytest.mark.parametrize(
    ("base", "merit", "amount", "parts"),
    [(100, 50, 20, (20, 0)), (10, 50, 20, (10, 10)), (0, 5, 20, (0, 5)), (0, 0, 20, (0, 0)), (20, 0, 20, (20, 0))],
)
def test_a_deduction_takes_base_first_and_never_more_than_there_is(
    base: int, merit: int, amount: int, parts: tuple[int, int]
) -> None:
    assert split_deduction(base, merit, amount) == parts


def test_an_award_hangs_out_and_becomes_merit_or_honour(home: int) -> None:
    post(home, 10, "1")
    post(home, 20, "2", account=AccountKind.HONOUR)
    assert held(home) == Balances(pending=30)
    assert mature() == 2
    assert held(home) == Balances(merit=10, honour=20)
    assert mature() == 0


def test_one_key_posts_once(home: int) -> None:
    first = post(home, 10, "1")
    assert post(home, 10, "1") == first
    assert post(home, -5, "x") is None, "nothing there to take"
    assert held(home) == Balances(pending=10)


@pytest.fixture
def rich(home: int) -> int:
    """A home with 15 base points and 50 of merit."""
    history(home, 50)
    give_base(home, 15, now=NOW)
    assert held(home) == Balances(base=15, merit=50)
    return home


def test_a_deduction_waits_for_its_notice_and_then_is_gone(rich: int) -> None:
    anchor = post(rich, -20, "1")
    assert held(rich) == Balances(merit=45, held=20)
    assert mature() == 1
    assert held(rich) == Balances(merit=45)
    assert db.session.get_one(PointNotice, anchor).outcome == "merit"


def test_an_objection_upheld_gives_a_deduction_back_where_it_came_from(rich: int) -> None:
    anchor = post(rich, -20, "1")
    object_and_answer(anchor, upheld=True)
    assert held(rich) == Balances(base=15, merit=50)
    assert mature() == 0


def test_an_objection_not_upheld_changes_nothing(rich: int) -> None:
    anchor = post(rich, -20, "1")
    object_and_answer(anchor, upheld=False)
    assert held(rich).held == 20
    assert mature() == 1
    assert held(rich) == Balances(merit=45)


def test_what_is_asked_twice_of_a_deduction_takes_once(rich: int) -> None:
    assert post(rich, -20, "1") == post(rich, -20, "1")
    assert held(rich) == Balances(merit=45, held=20)


def test_merit_is_set_aside_and_spent_once(rich: int) -> None:
    assert hold(rich, 30, "a") == hold(rich, 30, "a")
    assert held(rich) == Balances(base=15, merit=20, held=30)
    assert spend("a", 4_500) == spend("a", 4_500)
    assert held(rich) == Balances(base=15, merit=20)
    assert [row.goods_fen for row in db.session.query(Goods)] == [4_500]
    with pytest.raises(Refused, match="已经兑换"):
        release("a")


def test_what_is_given_back_can_be_spent_again_but_not_by_the_same_order(rich: int) -> None:
    hold(rich, 30, "a")
    assert release("a") == release("a")
    assert held(rich) == Balances(base=15, merit=50)
    with pytest.raises(Refused, match="已经退回"):
        spend("a")
    hold(rich, 50, "b")
    spend("b")
    assert held(rich) == Balances(base=15)


def test_base_and_honour_buy_nothing_and_nothing_is_spent_unheld(rich: int) -> None:
    with pytest.raises(Refused, match="只有 50 分"):
        hold(rich, 51, "a")
    with pytest.raises(Refused, match="没有这一笔预留"):
        spend("a")
    with pytest.raises(Refused, match="大于 0"):
        hold(rich, 0, "a")
    assert held(rich) == Balances(base=15, merit=50)


def test_what_returns_from_the_counter_fills_a_debt_first(home: int, world: World) -> None:
    """20 earned, all reserved, then the award is taken back: the home owes 20 until the reservation is given back."""
    case: dict[str, Any] = {
        "case_id": 1, "number": "1", "village_id": None, "class_code": "0202", "reporter_rule": "K5",
        "helper_rule": None, "reporter_household_id": home, "helper_household_id": None, "restricted": False,
        "imported": False, "actor": CHECKER,
    }  # fmt: skip
    with transaction():
        service.award_for_case(now=NOW, **case)
    mature()
    hold(home, 20, "a")
    with transaction():
        service.reverse_for_case(case_id=1, actor=CHECKER, now=NOW)
    assert held(home) == Balances(recover=20, held=20)
    release("a")
    assert held(home) == Balances()


def test_history_comes_in_once_a_day_and_never_below_nothing(home: int) -> None:
    first = history(home, 120, 80)
    assert history(home, 120, 80) == first
    assert held(home) == Balances(merit=40)
    with pytest.raises(Refused, match="已经转入"):
        history(home, 130, 80)
    with pytest.raises(Refused, match="不能多于"):
        history(home, 10, 11)
    with pytest.raises(Refused, match="不能小于"):
        history(home, -1)


def test_one_home_written_twice_keeps_one_base_and_all_the_honour(rich: int, world: World) -> None:
    kept = world.homes["village_a"][1]
    give_base(kept, 10, now=NOW)
    post(rich, 20, "1", account=AccountKind.HONOUR)
    mature()
    with transaction():
        double, other = (db.session.get_one(Household, one) for one in (rich, kept))
        assert service.merge_accounts(double, other, actor=CHECKER, now=NOW) == 50
    assert held(rich) == Balances()
    assert held(kept) == Balances(merit=50, base=15, honour=20)


def test_the_page_says_each_movement_in_the_purse_it_is_about(rich: int) -> None:
    post(rich, -20, "1")
    hold(rich, 5, "a")
    lines = queries.entries_of(rich, viewer=job("test")).rows
    said = [(line.kind, line.purse, line.gain) for line in lines]
    assert said[:3] == [
        (TransferKind.HOLD, AccountKind.MERIT, -5),
        (TransferKind.DEDUCT, AccountKind.MERIT, -5),
        (TransferKind.DEDUCT, AccountKind.BASE, -15),
    ]
    [row] = queries.notice_board(viewer=job("test"), village_id=_village(rich)).rows
    assert row.amount == -20, "one line on the notice for both legs"


def _village(home: int) -> int:
    return db.session.get_one(Household, home).village_id


def test_a_key_is_unique_in_the_database_itself(home: int) -> None:
    post(home, 10, "1")
    db.session.rollback()
    again = (
        "INSERT INTO points_transfer (key, kind, debit_id, credit_id, amount, rule, source_kind, source_id, village_id,"
        " household_id, at) SELECT key, kind, debit_id, credit_id, amount, rule, source_kind, source_id, village_id,"
        " household_id, at FROM points_transfer"
    )
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text(again))


def test_a_reservation_forgotten_is_found(rich: int) -> None:
    """A forged movement out of what is set aside, balanced and along a known leg, still does not fit."""
    hold(rich, 5, "a")
    forged = db.session.get_one(Transfer, hold(rich, 7, "b"))
    values = {"held": forged.credit_id, "merit": forged.debit_id, "home": rich, "village": forged.village_id}
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO points_transfer (key, kind, debit_id, credit_id, amount, rule, source_kind, source_id,"
                " village_id, household_id, at) VALUES ('x', 'release', :held, :merit, 5, '', '', '', :village, :home,"
                " CURRENT_TIMESTAMP)"
            ),
            values,
        )
        connection.execute(text("UPDATE points_account SET balance = balance - 5 WHERE id = :held"), values)
        connection.execute(text("UPDATE points_account SET balance = balance + 5 WHERE id = :merit"), values)
    assert service.verify() == [f"account {values['held']}: holds 7, open entries say 12"]
