"""Noting, proposing, confirming, objecting: who may, what is refused, what follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from gridcase.audit.models import AuditRow
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households import service
from gridcase.households.models import Household, HouseholdFactor, TierChange, TierState
from gridcase.households.queries import tiers
from gridcase.households.rules import RESTRICTED_CODES, Cause, MeetingKind, TierRules
from gridcase.households.rules.tiers_factors import EndReason, Source
from gridcase.households.service import Meeting
from gridcase.people.rules import Role
from gridcase.points.models import Account
from tests.factories.care import (
    GREEN,
    HELD,
    RED,
    YELLOW,
    confirmed,
    home_of,
    noted,
    open_tasks,
    proposed,
    refused,
    told,
    visited,
)
from tests.factories.world import MAKER, World

ViewerOf = Callable[[Role | str], Viewer]
At = Callable[[str], None]
TODAY = date(2026, 11, 23)


@pytest.fixture
def home(world: World) -> int:
    """The home of the resident's card, in the liaison's circle, in the grid leader's cell."""
    return world.homes["circle"][0]


def test_a_factor_never_moves_the_tier_but_asks_for_an_assessment(home: int, viewer_of: ViewerOf) -> None:
    row = noted(home, "F01", viewer_of(Role.LIAISON), basis="特困名单 2026 年 10 月")
    assert (row.noted_on, row.valid_until, row.basis) == (TODAY, date(2027, 11, 23), "特困名单 2026 年 10 月")
    assert home_of(home).tier == GREEN
    assert tiers.suggestion_for(home_of(home), on=TODAY).tier is RED
    assert open_tasks(home) == [Cause.FACTOR]
    assert db.session.query(TierChange).count() == 0


def test_the_same_factor_again_prolongs_it(home: int, viewer_of: ViewerOf, at: At) -> None:
    noted(home, "F02", viewer_of(Role.LIAISON))
    at("2027-03-01T10:00:00+08:00")
    noted(home, "F02", viewer_of(Role.LIAISON))
    rows = db.session.scalars(select(HouseholdFactor).order_by(HouseholdFactor.id)).all()
    assert [(row.ended_why, row.valid_until) for row in rows] == [
        ("prolonged", date(2027, 11, 23)),
        (None, date(2028, 2, 29)),
    ]
    assert tiers.suggestion_for(home_of(home), on=date(2027, 3, 1)).total == 30


def test_a_factor_is_noted_by_who_serves_the_home(home: int, world: World, viewer_of: ViewerOf) -> None:
    elsewhere = world.homes["village_b"][0]
    for role, place in ((Role.LIAISON, elsewhere), (Role.PARTTIME_GRID, home), (Role.DISPATCHER, home)):
        with pytest.raises(Missing):
            noted(place, "F02", viewer_of(role))
    liaison = viewer_of(Role.LIAISON)
    found = home_of(home)
    note = service.note_factor
    assert refused(note, found, actor=liaison, code="F02", source=Source.VISIT).field == "source"
    assert refused(note, found, actor=liaison, code="F77", source=Source.VISIT).field == "code"
    stranger = refused(note, found, actor=liaison, code="F10", source=Source.VISIT, person_id=1)
    assert stranger.field == "person_id"
    telling = refused(note, found, actor=liaison, code="F10", source=Source.VISIT, basis="精神分裂")
    assert telling.field == "basis"
    assert db.session.query(HouseholdFactor).count() == 0


def test_a_major_change_makes_the_next_visit_due_within_a_day(home: int, viewer_of: ViewerOf) -> None:
    with transaction():
        home_of(home).next_visit_on = date(2027, 1, 20)
        service.confirm_tier(home_of(home), actor=MAKER, tier=GREEN, reason="登记", now=clock.now())
        home_of(home).next_visit_on = date(2027, 1, 20)
    noted(home, "F11", viewer_of(Role.LIAISON))
    assert home_of(home).next_visit_on == date(2026, 11, 24)


def test_proposing_is_not_confirming(home: int, world: World, viewer_of: ViewerOf) -> None:
    liaison, leader = viewer_of(Role.LIAISON), viewer_of(Role.GRID_LEADER)
    noted(home, "F02", liaison)
    proposal = proposed(home, YELLOW, liaison)
    assert told("tier_proposed") == [(world.posts[Role.GRID_LEADER], f"/households/tiers/{proposal.id}")]
    assert (proposal.computed_tier, proposal.total, proposal.reasons) == (YELLOW, 30, [["F02", 30]])
    assert home_of(home).tier == GREEN
    with pytest.raises(Missing):
        confirmed(proposal, liaison)
    done = confirmed(proposal, leader)
    assert (done.tier, done.next_visit_on, proposal.state) == (YELLOW, TODAY, "confirmed")
    change = tiers.last_change(home)
    assert change is not None
    assert (change.from_tier, change.to_tier, change.actor_user_id) == (GREEN, YELLOW, leader.user_id)
    assert open_tasks(home) == []
    with pytest.raises(Refused, match="处理过"):
        confirmed(proposal, leader)


def test_nobody_confirms_what_he_proposed(home: int, viewer_of: ViewerOf) -> None:
    leader = viewer_of(Role.GRID_LEADER)
    proposal = proposed(home, YELLOW, leader)
    with pytest.raises(Refused, match="别人确认"):
        confirmed(proposal, leader)
    assert confirmed(proposal, viewer_of(Role.VILLAGE_HEAD)).tier == YELLOW


def test_red_is_confirmed_by_the_village_head_with_the_record_of_a_meeting(home: int, viewer_of: ViewerOf) -> None:
    head, proposal = viewer_of(Role.VILLAGE_HEAD), proposed(home, RED, viewer_of(Role.LIAISON))
    for role in (Role.GRID_LEADER, Role.SECTION_LEADER, Role.FULLTIME_GRID):
        with pytest.raises(Missing):
            confirmed(proposal, viewer_of(role), meeting=HELD)
    for meeting, field in (
        (None, "meeting_on"),
        (Meeting(date(2026, 11, 24), MeetingKind.CARE, "1号"), "meeting_on"),
        (Meeting(TODAY, None, "1号"), "meeting_kind"),
        (Meeting(TODAY, MeetingKind.CARE, " "), "meeting_ref"),
        (Meeting(TODAY, MeetingKind.CARE, "确认为五失人员"), "meeting_ref"),
    ):
        confirm = service.confirm_proposal
        assert refused(confirm, proposal, home_of(home), actor=head, meeting=meeting).field == field
    assert home_of(home).tier == GREEN
    assert confirmed(proposal, head, meeting=HELD).tier == RED
    assert (proposal.meeting_on, proposal.meeting_kind, proposal.meeting_ref) == (HELD.on, HELD.kind, HELD.ref)


def test_the_way_out_of_red_needs_a_meeting_too_and_keeping_red_does_not(
    home: int, viewer_of: ViewerOf, at: At
) -> None:
    head, leader, liaison = (viewer_of(role) for role in (Role.VILLAGE_HEAD, Role.GRID_LEADER, Role.LIAISON))
    confirmed(proposed(home, RED, liaison), head, meeting=HELD)
    assert confirmed(proposed(home, RED, liaison), leader).tier == RED, "looked at again and kept"
    at("2027-01-04T10:00:00+08:00")
    down = proposed(home, YELLOW, liaison)
    with pytest.raises(Missing):
        confirmed(down, leader)
    with pytest.raises(Refused, match="会议记录"):
        confirmed(down, head)
    assert confirmed(down, head, meeting=HELD).tier == YELLOW


def test_up_is_quick_and_down_is_slow(home: int, viewer_of: ViewerOf, at: At) -> None:
    liaison, leader = viewer_of(Role.LIAISON), viewer_of(Role.GRID_LEADER)
    confirmed(proposed(home, YELLOW, liaison), leader)
    assert refused(service.propose_tier, home_of(home), actor=liaison, tier=GREEN, words="好转了").field == "tier"
    visited(home, liaison)
    assert refused(service.propose_tier, home_of(home), actor=liaison, tier=GREEN, words="好转了").field == "tier"
    visited(home, liaison)
    assert confirmed(proposed(home, GREEN, liaison), leader).tier == GREEN
    confirmed(proposed(home, YELLOW, liaison), leader)
    at("2026-12-23T10:00:00+08:00")
    assert confirmed(proposed(home, GREEN, liaison), leader).tier == GREEN, "thirty days without a visit do as well"


def test_a_visit_before_the_tier_was_set_does_not_count(home: int, viewer_of: ViewerOf) -> None:
    confirmed(proposed(home, YELLOW, viewer_of(Role.LIAISON)), viewer_of(Role.GRID_LEADER))
    visited(home, viewer_of(Role.LIAISON), ago=timedelta(days=3))
    state = db.session.get_one(TierState, home)
    assert (state.visits, state.set_on, state.assessed_on) == (0, TODAY, TODAY)


def test_a_newer_proposal_takes_the_place_of_the_one_that_waits(home: int, viewer_of: ViewerOf) -> None:
    first = proposed(home, YELLOW, viewer_of(Role.LIAISON))
    second = proposed(home, RED, viewer_of(Role.GRID_LEADER))
    assert (first.state, second.state) == ("superseded", "proposed")
    waiting = tiers.waiting_for(home)
    assert waiting is not None
    assert waiting.id == second.id


def test_refusing_and_withdrawing_leave_the_tier(home: int, viewer_of: ViewerOf) -> None:
    liaison, leader = viewer_of(Role.LIAISON), viewer_of(Role.GRID_LEADER)
    proposal = proposed(home, YELLOW, liaison)
    found = home_of(home)
    assert refused(service.refuse_proposal, proposal, found, actor=leader, words="").field == "words"
    with transaction():
        service.refuse_proposal(proposal, home_of(home), actor=leader, words="先看一个月", now=clock.now())
    other = proposed(home, YELLOW, liaison)
    assert "撤回" in str(refused(service.withdraw_proposal, other, home_of(home), actor=leader).text)
    with transaction():
        service.withdraw_proposal(other, home_of(home), actor=liaison, now=clock.now())
    assert (proposal.state, other.state, home_of(home).tier) == ("refused", "withdrawn", GREEN)


def test_words_that_all_may_read_do_not_tell_what_is_restricted(home: int, viewer_of: ViewerOf) -> None:
    liaison = viewer_of(Role.LIAISON)
    for words in ("有精神病", "五失人员", "", "长" * 201):
        refusal = refused(service.propose_tier, home_of(home), actor=liaison, tier=YELLOW, words=words)
        assert refusal.field == "words"


def test_a_tier_has_nothing_to_do_with_points(home: int, viewer_of: ViewerOf) -> None:
    def balances() -> list[tuple[int, str, int]]:
        rows = db.session.execute(select(Account.id, Account.kind, Account.balance).order_by(Account.id))
        return [(row.id, row.kind, row.balance) for row in rows]

    before = balances()
    noted(home, "F01", viewer_of(Role.LIAISON))
    confirmed(proposed(home, RED, viewer_of(Role.LIAISON)), viewer_of(Role.VILLAGE_HEAD), meeting=HELD)
    assert balances() == before


# --- rules of a county


def test_rules_are_saved_only_as_they_were_looked_at(ctx: Flask, world: World, viewer_of: ViewerOf, home: int) -> None:
    manager, county = viewer_of(Role.COUNTY_MANAGER), db.session.get_one(Grid, world.grids["county"])
    far = db.session.get_one(Grid, world.grids["far_county"])
    draft = TierRules(yellow_from=10, green_days=60, weights={"F07": 15})
    looked = service.print_of(county, draft)
    save = service.set_rules
    assert "先点" in str(refused(save, county, actor=manager, rules=draft, valid_from=TODAY, looked_at="").text)
    other = TierRules(yellow_from=11)
    assert refused(save, county, actor=manager, rules=other, valid_from=TODAY, looked_at=looked)
    early = refused(save, county, actor=manager, rules=draft, valid_from=date(2026, 11, 22), looked_at=looked)
    assert early.field == "valid_from"
    assert refused(save, far, actor=manager, rules=draft, valid_from=TODAY, looked_at=service.print_of(far, draft))
    with transaction():
        save(county, actor=manager, rules=draft, valid_from=date(2026, 12, 1), looked_at=looked, now=clock.now())
    path = home_of(home).path
    assert tiers.rules_for(path, on=TODAY).version == 0
    later = tiers.rules_for(path, on=date(2026, 12, 1))
    assert (later.version, later.weight("F07"), later.green_days) == (1, 15, 60)
    assert tiers.rules_for(far.path, on=date(2026, 12, 1)).version == 0


def test_the_next_visit_follows_the_rules_in_force(ctx: Flask, home: int, world: World) -> None:
    county = db.session.get_one(Grid, world.grids["county"])
    draft = TierRules(green_days=60)
    with transaction():
        service.set_rules(
            county, actor=MAKER, rules=draft, valid_from=TODAY, looked_at=service.print_of(county, draft),
            now=clock.now(),
        )  # fmt: skip
        service.note_visit(home_of(home), visited_at=clock.now())
    assert home_of(home).next_visit_on == date(2027, 1, 22)


def test_the_trail_names_no_restricted_factor(home: int, viewer_of: ViewerOf) -> None:
    row = noted(home, "F20", viewer_of(Role.LIAISON))
    with transaction():
        service.confirm_factor(row, home_of(home), actor=viewer_of(Role.VILLAGE_HEAD), ref="评定 3", now=clock.now())
    with transaction():
        service.end_factor(row, home_of(home), actor=viewer_of(Role.VILLAGE_HEAD), why=EndReason.ERROR, now=clock.now())
    details = [str(row.detail) for row in db.session.scalars(select(AuditRow).where(AuditRow.action.like("tier.%")))]
    assert len(details) >= 3
    assert [text for text in details if any(code in text for code in RESTRICTED_CODES)] == []


def test_a_register_with_tiers_counts_as_assessed(ctx: Flask, world: World) -> None:
    assert db.session.scalar(select(func.count()).select_from(TierState)) == 0, "all homes of the small world are green"
    assert db.session.scalar(select(func.count()).where(Household.tier != GREEN)) == 0
