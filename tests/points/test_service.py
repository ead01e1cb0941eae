"""The ledger through its service, on both databases: what earns, what is taken back, what nobody may touch."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from gridcase.audit import service as audit
from gridcase.audit.models import AuditRow
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer, job
from gridcase.households.models import Member
from gridcase.notices.models import Notice
from gridcase.people.models import Holding, Post
from gridcase.people.rules import Role
from gridcase.points import jobs, queries, service
from gridcase.points.models import Account, PointNotice, Transfer
from gridcase.points.rules import AccountKind
from tests.factories.world import SINCE, World
from tests.points.spending import spend

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
CHECKER = Viewer(kind="staff", name="核查人", user_id=None, person_id=None)


def close(case_id: int, home: int | None, *, now: datetime = NOW, **changes: Any) -> list[Transfer]:
    """Close a case whose reporter's home earns K3 (10 points)."""
    known: dict[str, Any] = {
        "number": f"N{case_id}", "village_id": None, "class_code": "0202", "reporter_rule": "K3", "helper_rule": None,
        "reporter_household_id": home, "helper_household_id": None, "restricted": False, "imported": False,
        "actor": CHECKER,
    }  # fmt: skip
    with transaction():
        return service.award_for_case(case_id=case_id, now=now, **(known | changes))


def reopen(case_id: int, *, now: datetime = NOW) -> list[Transfer]:
    with transaction():
        return service.reverse_for_case(case_id=case_id, actor=CHECKER, now=now)


def mature(now: datetime) -> int:
    return jobs.mature(actor=job("points"), now=now)


def purse(home: int) -> tuple[int, int, int]:
    """(pending, merit, recover) as a reader sees them."""
    db.session.rollback()
    held = queries.balances_of(home, viewer=job("test"))
    return held.pending, held.merit, held.recover


def audits(action: str) -> list[AuditRow]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditRow).where(AuditRow.action == action).order_by(AuditRow.id)))


@pytest.fixture
def home(ctx: Flask, world: World) -> int:
    return world.homes["village_a"][0]


def test_one_purse_that_is_short_holds_up_no_other(ctx: Flask, world: World, caplog: pytest.LogCaptureFixture) -> None:
    short, fine = world.homes["village_a"][0], world.homes["village_a"][1]
    close(1, short)
    close(2, fine)
    with transaction():
        db.session.execute(
            update(Account).where(Account.household_id == short, Account.kind == AccountKind.PENDING).values(balance=3)
        )
        audit.record(actor=CHECKER, action="test", subject_kind="test", subject_id=None, now=NOW)
    assert mature(NOW + WEEK) == 1
    assert (purse(short), purse(fine)) == ((3, 0, 0), (0, 10, 0))
    assert "cannot mature" in caplog.text
    assert mature(NOW + WEEK) == 0, "tried again at the next run, without end"


def test_points_wait_for_the_notice_and_then_become_merit(home: int) -> None:
    [award] = close(1, home)
    assert purse(home) == (10, 0, 0)
    assert mature(NOW + WEEK - DAY) == 0
    assert purse(home) == (10, 0, 0)
    assert mature(NOW + WEEK) == 1
    assert purse(home) == (0, 10, 0)
    assert mature(NOW + WEEK) == 0, "a second run finds nothing"
    notice = db.session.get_one(PointNotice, award.id)
    assert (notice.opens_on, notice.closes_on) == (date(2026, 11, 23), date(2026, 11, 30))
    assert service.verify() == []


def test_reporter_and_helper_each_earn_and_the_village_gave_it(home: int, world: World) -> None:
    helper = world.homes["village_a"][1]
    close(1, home, helper_rule="K2", helper_household_id=helper)
    assert purse(home) == (10, 0, 0)
    assert purse(helper) == (5, 0, 0)
    given = db.session.scalars(select(Account.balance).where(Account.kind == AccountKind.ISSUE)).all()
    assert given == [-15]


def test_help_in_the_own_matter_earns_nothing_more(home: int) -> None:
    assert len(close(1, home, helper_rule="K2", helper_household_id=home)) == 1


def test_closing_is_paid_once_and_again_only_after_a_reopening(home: int) -> None:
    assert len(close(1, home)) == 1
    assert close(1, home) == []
    assert purse(home) == (10, 0, 0)
    assert len(reopen(1)) == 1
    assert purse(home) == (0, 0, 0)
    assert reopen(1) == []
    assert len(close(1, home)) == 1
    assert purse(home) == (10, 0, 0)
    assert mature(NOW + WEEK) == 1
    assert purse(home) == (0, 10, 0)
    assert service.verify() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"class_code": "0905"},
        {"class_code": "0301"},
        {"restricted": True},
        {"imported": True},
        {"reporter_rule": None},
        {"reporter_rule": "K9"},
        {"reporter_household_id": None},
    ],
)
def test_red_lines_earn_nothing(home: int, changes: dict[str, Any]) -> None:
    assert close(1, home, **changes) == []
    assert purse(home) == (0, 0, 0)
    assert service.verify() == []


def test_what_was_left_out_is_said_in_the_audit(home: int) -> None:
    close(7, home, class_code="0905")
    [row] = audits("points.award")
    [left_out] = row.detail["skipped"]
    assert left_out["household_id"] == home
    assert "反映他人" in left_out["reason"]


def _person_in(home: int) -> int:
    return db.session.scalars(select(Member.person_id).where(Member.household_id == home)).first() or 0


def test_nobody_is_paid_by_himself(home: int) -> None:
    actor = Viewer(kind="staff", name="本人", user_id=1, person_id=_person_in(home))
    assert close(1, home, actor=actor) == []
    assert purse(home) == (0, 0, 0)
    assert len(close(2, home)) == 1, "a second person may"


def test_kin_who_moved_out_are_kin_still(home: int, world: World) -> None:
    """Somebody who once shared a home with the actor lives elsewhere now."""
    elsewhere = world.homes["village_a"][5]
    moved = Member(
        household_id=home, person_id=_person_in(elsewhere), relation="child", valid_from=SINCE,
        valid_to=date(2026, 6, 1),
    )  # fmt: skip
    _keep(moved)
    actor = Viewer(kind="staff", name="父亲", user_id=1, person_id=_person_in(home))
    assert close(1, elsewhere, actor=actor) == []
    assert len(close(2, world.homes["village_a"][6], actor=actor)) == 1


def _keep(*rows: Any) -> None:
    with transaction() as session:
        session.add_all(rows)
        session.flush()
        audit.record(actor=CHECKER, action="test", subject_kind="test", subject_id=None, now=NOW)


def test_paid_workers_earn_nothing(home: int, world: World) -> None:
    person, post_id = _person_in(home), world.posts[Role.FULLTIME_GRID]
    _keep(Holding(post_id=post_id, person_id=person, valid_from=SINCE))
    assert len(close(1, home)) == 1, "an unpaid post changes nothing"
    with transaction() as session:
        session.execute(update(Post).where(Post.id == post_id).values(paid=True))
        audit.record(actor=CHECKER, action="test", subject_kind="test", subject_id=None, now=NOW)
    assert close(2, home) == []
    assert "有报酬" in audits("points.award")[-1].detail["skipped"][0]["reason"]


def test_the_cap_of_the_month_gives_the_rest_and_then_nothing(home: int) -> None:
    for case_id in range(1, 12):
        close(case_id, home, reporter_rule="K1")
    assert purse(home)[0] == 20
    assert audits("points.award")[-1].detail["skipped"][0]["reason"] == "cap"
    reopen(3)
    assert len(close(20, home, reporter_rule="K1")) == 1, "what was taken back does not use the cap up"
    # 31 December 23:30 in the town is still December; half an hour later a new month begins
    december, january = datetime(2026, 12, 31, 15, 30, tzinfo=UTC), datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    for case_id in range(30, 40):
        close(case_id, home, reporter_rule="K1", now=december)
    assert close(41, home, reporter_rule="K1", now=december) == []
    assert len(close(42, home, reporter_rule="K1", now=january)) == 1


def test_a_home_elsewhere_is_paid_by_its_own_village(home: int, world: World) -> None:
    other = world.homes["village_b"][0]
    close(1, other, village_id=world.grids["village_a"])
    villages = db.session.scalars(select(Transfer.village_id)).all()
    assert villages == [world.grids["village_b"]]
    assert service.verify() == []


def test_what_was_spent_before_a_reversal_is_owed_and_filled_first(home: int) -> None:
    close(1, home)
    mature(NOW + WEEK)
    spend(home, 7, "spend:1", now=NOW)
    assert purse(home) == (0, 3, 0)
    reopen(1, now=NOW + WEEK)
    assert purse(home) == (0, 0, 7)
    assert service.verify() == []
    close(2, home, reporter_rule="K2", now=NOW + WEEK)
    mature(NOW + WEEK * 2)
    assert purse(home) == (0, 0, 2), "5 earned, 7 owed"
    close(3, home, now=NOW + WEEK * 2)
    mature(NOW + WEEK * 3)
    assert purse(home) == (0, 8, 0)
    assert service.verify() == []


def test_merit_spent_whole_is_owed_whole_once(home: int) -> None:
    close(1, home)
    mature(NOW + WEEK)
    spend(home, 10, "spend:1", now=NOW)
    reopen(1)
    assert reopen(1) == []
    assert purse(home) == (0, 0, 10)
    assert service.verify() == []


def test_nothing_is_spent_that_is_not_there(home: int) -> None:
    close(1, home)
    mature(NOW + WEEK)
    with pytest.raises(Refused):
        spend(home, 11, "spend:1", now=NOW)
    assert purse(home) == (0, 10, 0)
    assert db.session.scalars(select(Transfer).where(Transfer.kind == "spend")).all() == []


# --- objections


@pytest.fixture
def reviewer(ctx: Flask, viewer_of: Callable[[Role | str], Viewer]) -> Viewer:
    return viewer_of(Role.REVIEW_MEMBER)


@pytest.fixture
def villager(ctx: Flask, viewer_of: Callable[[Role | str], Viewer]) -> Viewer:
    return viewer_of(Role.RESIDENT)


def object_to(award: Transfer, actor: Viewer, *, now: datetime = NOW, reason: str = "那天他不在场") -> None:
    with transaction():
        service.object_to(award, actor=actor, reason=reason, now=now)


def settle(award: Transfer, actor: Viewer, *, upheld: bool, now: datetime = NOW, note: str = "已核对现场记录") -> None:
    with transaction():
        service.settle_objection(award, actor=actor, upheld=upheld, note=note, now=now)


def test_an_objection_stops_the_clock_until_somebody_answers(home: int, villager: Viewer, reviewer: Viewer) -> None:
    [award] = close(1, home)
    object_to(award, villager)
    assert mature(NOW + WEEK) == 0
    told = db.session.scalars(select(Notice).where(Notice.rule == "points.objection")).all()
    assert len(told) == 1
    settle(award, reviewer, upheld=False, now=NOW + WEEK)
    assert purse(home) == (10, 0, 0)
    assert mature(NOW + WEEK) == 1
    assert purse(home) == (0, 10, 0)
    assert service.verify() == []


def test_an_upheld_objection_takes_the_points_back_for_good(home: int, villager: Viewer, reviewer: Viewer) -> None:
    [award] = close(1, home)
    object_to(award, villager)
    settle(award, reviewer, upheld=True)
    assert purse(home) == (0, 0, 0)
    assert mature(NOW + WEEK) == 0
    assert reopen(1) == []
    assert close(1, home) == [], "closing the case again does not bring it back"
    assert service.verify() == []
    assert [row.detail["upheld"] for row in audits("points.settle")] == [True]


def test_an_objection_is_answered_once_by_a_second_person(home: int, villager: Viewer, reviewer: Viewer) -> None:
    [award] = close(1, home)
    with pytest.raises(Refused, match="没有待复核"):
        settle(award, reviewer, upheld=True)
    object_to(award, reviewer)
    with pytest.raises(Refused, match="异议是您提出的"):
        settle(award, reviewer, upheld=True)
    kin = dataclasses.replace(reviewer, user_id=99, person_id=_person_in(home))
    with pytest.raises(Refused, match="亲属"):
        settle(award, kin, upheld=False)
    with pytest.raises(Refused, match="复核意见"):
        settle(award, dataclasses.replace(reviewer, user_id=99), upheld=False, note=" ")
    settle(award, dataclasses.replace(reviewer, user_id=99), upheld=False)
    with pytest.raises(Refused, match="没有待复核"):
        settle(award, dataclasses.replace(reviewer, user_id=98), upheld=True)


def test_objections_have_their_time(home: int, villager: Viewer) -> None:
    [award] = close(1, home)
    with pytest.raises(Refused, match="至少四个字"):
        object_to(award, villager, reason=" 不 ")
    with pytest.raises(Refused, match="已结束"):
        object_to(award, villager, now=NOW + WEEK)
    object_to(award, villager, now=NOW + WEEK - DAY)
    with pytest.raises(Refused, match="已有人"):
        object_to(award, villager)


def test_a_suggestion_earns_nothing_by_being_closed(ctx: Flask, home: int) -> None:
    """K6 is for what was adopted, and closing a case does not say so."""
    assert close(901, home, class_code="1002", reporter_rule="K6") == []
    assert purse(home) == (0, 0, 0)
