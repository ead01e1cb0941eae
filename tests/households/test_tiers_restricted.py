"""Restricted factors, what runs out and grows old, objections and their answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.households import jobs, service
from gridcase.households.models import HouseholdFactor, TierObjection
from gridcase.households.queries import tiers, tiers_lists
from gridcase.households.rules import Cause, Verdict
from gridcase.households.rules.tiers_factors import EndReason
from gridcase.people.rules import Role
from tests.factories.care import (
    GREEN,
    RED,
    YELLOW,
    confirmed,
    home_of,
    noted,
    open_tasks,
    proposed,
    refused,
    told,
)
from tests.factories.world import MAKER, World

ViewerOf = Callable[[Role | str], Viewer]
At = Callable[[str], None]
TODAY = date(2026, 11, 23)


@pytest.fixture
def home(world: World) -> int:
    """The home of the resident's card, in the liaison's circle, in the grid leader's cell."""
    return world.homes["circle"][0]


# --- restricted factors


def test_a_restricted_factor_lapses_unless_somebody_else_confirms_it(
    home: int, world: World, viewer_of: ViewerOf, at: At
) -> None:
    liaison, head = viewer_of(Role.LIAISON), viewer_of(Role.VILLAGE_HEAD)
    row = noted(home, "F21", liaison)
    assert row.valid_until == date(2026, 12, 23)
    assert told("tier_restricted") == [(world.posts[Role.VILLAGE_HEAD], f"/households/{home}/tier")]
    assert open_tasks(home) == [Cause.RESTRICTED]
    at("2026-12-23T10:00:00+08:00")
    jobs.look_again(actor=MAKER, now=clock.now())
    assert db.session.get_one(HouseholdFactor, row.id).ended_on is None, "its last day still counts"
    at("2026-12-24T10:00:00+08:00")
    assert tiers.suggestion_for(home_of(home), on=date(2026, 12, 24)).tier is GREEN, "lapsed even before the job runs"
    assert refused(service.confirm_factor, row, home_of(home), actor=head, ref="研判〔2026〕9号")
    jobs.look_again(actor=MAKER, now=clock.now())
    row = db.session.get_one(HouseholdFactor, row.id)
    assert (row.ended_on, row.ended_why) == (date(2026, 12, 24), EndReason.UNCONFIRMED)


def test_confirmed_it_holds_its_full_time(home: int, viewer_of: ViewerOf) -> None:
    head, row = viewer_of(Role.VILLAGE_HEAD), noted(home, "F20", viewer_of(Role.LIAISON))
    confirm = service.confirm_factor
    assert refused(confirm, row, home_of(home), actor=head, ref=" ").field == "ref"
    with transaction():
        confirm(row, home_of(home), actor=head, ref="卫健评定 12", now=clock.now())
    assert (row.valid_until, row.confirmed_by_user_id) == (date(2027, 11, 23), head.user_id)
    assert "确认过" in str(refused(confirm, row, home_of(home), actor=head, ref="卫健评定 12").text)


def test_who_wrote_it_down_does_not_confirm_it(home: int, viewer_of: ViewerOf) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    row = noted(home, "F21", head)
    assert "自己" in str(refused(service.confirm_factor, row, home_of(home), actor=head, ref="研判 1 号").text)
    with transaction():
        dispatcher = viewer_of(Role.DISPATCHER)
        service.confirm_factor(row, home_of(home), actor=dispatcher, ref="研判 1 号", now=clock.now())
    assert row.confirmed_at is not None


@pytest.mark.parametrize("role", [one for one in Role if one not in (Role.VILLAGE_HEAD, Role.DISPATCHER)])
def test_only_named_roles_reach_a_restricted_factor(home: int, viewer_of: ViewerOf, role: Role) -> None:
    row = noted(home, "F20", viewer_of(Role.LIAISON))
    someone = viewer_of(role)
    assert not someone.may(Permission.SEE_SENSITIVE_FACTORS)
    with pytest.raises(Missing):
        tiers.get_factor(row.id, viewer=someone, restricted=True)
    with pytest.raises(Missing):
        tiers.get_factor(row.id, viewer=someone, restricted=False)
    with pytest.raises(Missing), transaction():
        service.end_factor(row, home_of(home), actor=someone, why=EndReason.OVER, now=clock.now())
    with pytest.raises(Missing), transaction():
        service.confirm_factor(row, home_of(home), actor=someone, ref="一号", now=clock.now())
    assert tiers_lists.to_confirm(someone, on=TODAY) == []
    assert [task.cause for task in tiers_lists.tasks(someone).rows] == []
    lines = tiers.factor_lines(home_of(home), viewer=someone, on=TODAY)
    assert [(str(one.label), one.id, one.weight, one.noted_on) for one in lines] == [("限定可见", None, None, None)]


@pytest.mark.parametrize("role", [Role.VILLAGE_HEAD, Role.DISPATCHER])
def test_named_roles_read_it(home: int, viewer_of: ViewerOf, role: Role) -> None:
    noted(home, "F20", viewer_of(Role.LIAISON), basis="卫生院建议评定")
    someone = viewer_of(role)
    lines = tiers.factor_lines(home_of(home), viewer=someone, on=TODAY)
    assert [(str(one.label), one.basis, one.confirmed) for one in lines] == [("严重精神障碍", "卫生院建议评定", False)]
    assert [row.code for row in tiers_lists.to_confirm(someone, on=TODAY)] == ["F20"]
    assert [task.cause for task in tiers_lists.tasks(someone).rows] == [Cause.RESTRICTED]


def test_sum_and_weights_would_tell_and_are_left_out(home: int, viewer_of: ViewerOf) -> None:
    liaison = viewer_of(Role.LIAISON)
    for code in ("F02", "F20", "F21"):
        noted(home, code, liaison)
    shown = tiers.shown_suggestion(home_of(home), viewer=liaison, on=TODAY)
    assert (shown.tier, shown.total) == (RED, None)
    assert [(str(label), weight) for label, weight in shown.reasons] == [("低保户", None), ("限定可见", None)]
    full = tiers.shown_suggestion(home_of(home), viewer=viewer_of(Role.VILLAGE_HEAD), on=TODAY)
    assert (full.total, [weight for _, weight in full.reasons]) == (60, [30, 30, "red"])
    assert [str(reason) for reason in tiers.own_reasons(home_of(home), on=TODAY)] == ["低保户"]


# --- expiry, tasks, objections


def test_what_ran_out_asks_once_and_tells_the_liaison_once(
    home: int, world: World, viewer_of: ViewerOf, at: At
) -> None:
    liaison = viewer_of(Role.LIAISON)
    noted(home, "F11", liaison)
    confirmed(proposed(home, YELLOW, liaison), viewer_of(Role.GRID_LEADER))
    at("2027-05-26T10:00:00+08:00")
    for _ in range(2):
        jobs.look_again(actor=MAKER, now=clock.now())
        jobs.tell_tasks(actor=MAKER, now=clock.now())
    assert open_tasks(home) == [Cause.EXPIRED]
    assert told("tier_task") == [(world.posts[Role.LIAISON], f"/households/{home}/tier")]
    assert [row.household_id for row in tiers_lists.tasks(liaison).rows] == [home]
    confirmed(proposed(home, GREEN, liaison), viewer_of(Role.GRID_LEADER))
    assert open_tasks(home) == []


@pytest.mark.parametrize(("tier", "day"), [(RED, "2027-05-25"), (YELLOW, "2027-11-23")])
def test_an_assessment_grows_old(home: int, viewer_of: ViewerOf, at: At, tier: str, day: str) -> None:
    with transaction():
        service.confirm_tier(home_of(home), actor=MAKER, tier=tier, reason="登记", now=clock.now())
    last = date.fromisoformat(day)
    at(f"{last - timedelta(days=1)}T10:00:00+08:00")
    assert jobs.look_again(actor=MAKER, now=clock.now()) == 0
    at(f"{last}T10:00:00+08:00")
    assert jobs.look_again(actor=MAKER, now=clock.now()) == 1
    assert jobs.look_again(actor=MAKER, now=clock.now()) == 0
    assert open_tasks(home) == [Cause.PERIODIC]


def test_what_is_restricted_is_told_to_who_may_read_it(home: int, world: World, viewer_of: ViewerOf) -> None:
    noted(home, "F20", viewer_of(Role.LIAISON))
    jobs.tell_tasks(actor=MAKER, now=clock.now())
    assert told("tier_task") == [(world.posts[Role.VILLAGE_HEAD], f"/households/{home}/tier")]


def test_the_home_objects_and_another_person_answers(home: int, viewer_of: ViewerOf) -> None:
    leader, head, resident = (viewer_of(role) for role in (Role.GRID_LEADER, Role.VILLAGE_HEAD, Role.RESIDENT))
    confirmed(proposed(home, YELLOW, viewer_of(Role.LIAISON)), leader)
    with transaction():
        objection = service.object_to_tier(home_of(home), actor=resident, words="来得太多了", now=clock.now())
    assert (objection.spoken, objection.due_at.isoformat()) == (False, "2026-11-30T02:00:00+00:00")
    again = refused(service.object_to_tier, home_of(home), actor=resident, words="来得太多了")
    assert "正在复核" in str(again.text)
    answer = {"outcome": Verdict.REASSESS, "answer": "下月重新研判"}
    assert "不能复核" in str(refused(service.answer_objection, objection, home_of(home), actor=leader, **answer).text)
    assert tiers_lists.objections(leader) == []
    assert [row.id for row in tiers_lists.objections(head)] == [objection.id]
    with transaction():
        service.answer_objection(objection, home_of(home), actor=head, now=clock.now(), **answer)
    assert (objection.outcome, open_tasks(home)) == (Verdict.REASSESS, [Cause.OBJECTION])
    assert "答复过" in str(refused(service.answer_objection, objection, home_of(home), actor=head, **answer).text)


def test_a_spoken_objection_is_written_down_for_the_home(home: int, viewer_of: ViewerOf) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    with transaction():
        objection = service.object_to_tier(
            home_of(home), actor=viewer_of(Role.FULLTIME_GRID), words="想少来几次", now=clock.now()
        )
    assert objection.spoken
    clerk = refused(
        service.answer_objection, objection, home_of(home), actor=viewer_of(Role.FULLTIME_GRID), outcome=Verdict.KEPT,
        answer="维持",
    )  # fmt: skip
    assert "不能复核" in str(clerk.text)
    for role in (Role.DISPATCHER, Role.VILLAGE_SUPERVISOR, Role.PARTTIME_GRID):
        with pytest.raises(Missing), transaction():
            service.object_to_tier(home_of(home), actor=viewer_of(role), words="不同意", now=clock.now())
    with transaction():
        service.answer_objection(
            objection, home_of(home), actor=head, outcome=Verdict.KEPT, answer="每月一次不变", now=clock.now()
        )
    assert db.session.query(TierObjection).where(TierObjection.answered_at.is_(None)).count() == 0


def test_a_home_that_left_asks_for_nothing(home: int, viewer_of: ViewerOf) -> None:
    liaison = viewer_of(Role.LIAISON)
    noted(home, "F01", liaison)
    proposed(home, RED, liaison)
    with transaction():
        service.note_reveal(home_of(home), actor=MAKER, reason="迁出", now=clock.now())
        home_of(home).ended_on = TODAY
    jobs.tell_tasks(actor=MAKER, now=clock.now())
    assert told("tier_task") == []
    assert tiers_lists.tasks(liaison).rows == []
    assert tiers_lists.proposals(viewer_of(Role.VILLAGE_HEAD)).rows == []
