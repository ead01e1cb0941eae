"""Two records of one home, or of one person, become one: no factor, proposal, objection or task is lost or doubled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import func, select

from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.dossier import service
from gridcase.households import queries as household_queries
from gridcase.households import service as households
from gridcase.households.models import (
    FamilyChange,
    Household,
    HouseholdFactor,
    TierChange,
    TierObjection,
    TierState,
    TierSuggestion,
    TierTask,
)
from gridcase.households.queries import tiers
from gridcase.households.rules import CareTier, Cause, LifeKind
from gridcase.households.rules.tiers_factors import FACTORS
from tests.factories.world import MAKER, World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = town_day(NOW)
DAY = timedelta(days=1)
GREEN, YELLOW, RED = CareTier


def home_at(world: World, number: int) -> Household:
    return db.session.get_one(Household, world.homes["village_a"][number])


def living(home: Household) -> list[int]:
    return [member.person_id for member in household_queries.members_of(home.id, on=TODAY)]


def noted(home: Household, code: str, person: int | None = None, *, now: datetime = NOW) -> int:
    with transaction():
        source = FACTORS[code].sources[0]
        return households.note_factor(home, actor=MAKER, code=code, source=source, person_id=person, now=now).id


def proposed(home: Household, tier: CareTier, *, now: datetime = NOW) -> int:
    with transaction():
        return households.propose_tier(home, actor=MAKER, tier=tier, words="老人独自在家", now=now).id


def objected(home: Household, words: str, *, now: datetime = NOW) -> int:
    with transaction():
        return households.object_to_tier(home, actor=MAKER, words=words, now=now).id


def tiered(home: Household, tier: CareTier, *, now: datetime = NOW) -> None:
    with transaction():
        households.confirm_tier(home, actor=MAKER, tier=tier, reason="村里研判", now=now)


def looked_after(home: Household, *, now: datetime) -> None:
    with transaction():
        households.note_visit(home, visited_at=now)
        households.nominate(home, actor=MAKER, person_ids=living(home)[:1], now=now)  # what the visit's room audits


def merged(world: World, same: dict[int, int] | None = None) -> Household:
    double, kept = home_at(world, 0), home_at(world, 1)
    with transaction():
        service.merge_homes(double, kept, actor=MAKER, same=same or {}, now=NOW)
    for model in (HouseholdFactor, TierChange, TierObjection, TierState, TierSuggestion, TierTask):
        left = db.session.scalar(select(func.count()).select_from(model).where(model.household_id == double.id))
        assert left == 0, f"{model.__name__} stays with a home that is no more"
    return kept


def causes(home: Household) -> list[tuple[str, str]]:
    rows = db.session.execute(
        select(TierTask.cause, TierTask.ref).where(TierTask.household_id == home.id, TierTask.closed_at.is_(None))
    )
    return sorted((row.cause, row.ref) for row in rows)


def test_what_weighs_on_both_weighs_once(ctx: Flask, world: World) -> None:
    double, kept = home_at(world, 0), home_at(world, 1)
    same = {living(double)[1]: living(kept)[1]}
    older, newer = noted(kept, "F12", now=NOW - 5 * DAY), noted(double, "F12")
    hers, his = noted(double, "F10", living(double)[1]), noted(kept, "F10", living(kept)[1], now=NOW - DAY)
    only = noted(double, "F22")
    kept = merged(world, same)
    standing = {row.id: row.person_id for row in tiers.factors_in_force(kept.id, on=TODAY)}
    assert standing == {newer: None, hers: same.popitem()[1], only: None}, "the one that holds longest, each once"
    ended = {row.id: row.ended_why for row in db.session.scalars(select(HouseholdFactor)) if row.ended_on}
    assert ended == {older: "merged", his: "merged"}, "the other stays readable"
    assert tiers.suggestion_for(kept, on=TODAY).total == 15 + 20 + 5
    assert ("factor", f"m{double.id}") in causes(kept), "together they weigh more than each did"


def test_a_confirmed_factor_stands_before_an_unconfirmed_one(ctx: Flask, world: World) -> None:
    double, kept = home_at(world, 0), home_at(world, 1)
    sure, unsure = noted(kept, "F20", now=NOW - 300 * DAY), noted(double, "F20")
    with transaction():
        row = db.session.get_one(HouseholdFactor, sure)
        households.confirm_factor(row, kept, actor=MAKER, ref="研判〔2026〕3号", now=NOW - 290 * DAY)
    kept = merged(world)
    assert [row.id for row in tiers.factors_in_force(kept.id, on=TODAY)] == [sure]
    assert db.session.get_one(HouseholdFactor, unsure).ended_why == "merged"


def test_the_higher_tier_stands_with_its_days(ctx: Flask, world: World) -> None:
    double, kept = home_at(world, 0), home_at(world, 1)
    tiered(double, RED, now=NOW - 40 * DAY)
    looked_after(double, now=NOW - 4 * DAY)
    tiered(kept, YELLOW, now=NOW - 9 * DAY)
    kept = merged(world)
    state = db.session.get_one(TierState, kept.id)
    assert (kept.tier, state.set_on, state.visits) == (RED, TODAY - 40 * DAY, 1)
    assert kept.next_visit_on == TODAY + 3 * DAY, "seven days after the newest visit"
    last = tiers.last_change(kept.id)
    assert last is not None
    assert (last.from_tier, last.to_tier) == (YELLOW, RED)
    assert db.session.scalar(select(func.count()).select_from(TierChange)) == 3


def test_a_lower_tier_of_the_double_changes_nothing(ctx: Flask, world: World) -> None:
    double, kept = home_at(world, 0), home_at(world, 1)
    tiered(kept, RED, now=NOW - 9 * DAY)
    tiered(double, YELLOW, now=NOW - 40 * DAY)
    looked_after(double, now=NOW - 20 * DAY)
    kept = merged(world)
    state = db.session.get_one(TierState, kept.id)
    assert (kept.tier, state.set_on, state.visits) == (RED, TODAY - 9 * DAY, 0)
    assert tiers.last_change(kept.id) is not None
    assert db.session.scalar(select(func.count()).select_from(TierChange)) == 2


def test_visits_of_the_same_tier_are_added_up(ctx: Flask, world: World) -> None:
    double, kept = home_at(world, 0), home_at(world, 1)
    for home, ago in ((double, 40), (kept, 30)):
        tiered(home, YELLOW, now=NOW - ago * DAY)
        looked_after(home, now=NOW - (ago - 10) * DAY)
    kept = merged(world)
    state = db.session.get_one(TierState, kept.id)
    assert (state.set_on, state.visits) == (TODAY - 40 * DAY, 2)
    assert kept.last_visit_at == NOW - 20 * DAY


def test_a_grave_change_stays_urgent(ctx: Flask, world: World) -> None:
    double, kept = home_at(world, 0), home_at(world, 1)
    looked_after(kept, now=NOW - 3 * DAY)
    noted(double, "F11")
    assert merged(world).next_visit_on == TODAY + DAY
    assert kept.last_visit_at == NOW - 3 * DAY


def test_one_proposal_goes_on_waiting(ctx: Flask, world: World) -> None:
    theirs, mine = proposed(home_at(world, 0), YELLOW), proposed(home_at(world, 1), RED)
    kept = merged(world)
    waiting = tiers.waiting_for(kept.id)
    assert waiting is not None
    assert waiting.id == mine
    assert db.session.get_one(TierSuggestion, theirs).state == "superseded"
    assert causes(kept) == [("factor", f"m{home_at(world, 0).id}")], "the home is looked at anew"


def test_a_proposal_of_the_double_alone_goes_on_waiting(ctx: Flask, world: World) -> None:
    theirs = proposed(home_at(world, 0), YELLOW)
    kept = merged(world)
    waiting = tiers.waiting_for(kept.id)
    assert waiting is not None
    assert waiting.id == theirs
    assert causes(kept) == []


def test_a_proposal_from_a_tier_that_is_no_more_gives_way(ctx: Flask, world: World) -> None:
    tiered(home_at(world, 0), RED)
    proposed(home_at(world, 1), YELLOW)
    kept = merged(world)
    assert tiers.waiting_for(kept.id) is None
    assert [cause for cause, _ in causes(kept)] == ["factor"]


def test_of_two_objections_one_is_answered_and_one_granted(ctx: Flask, world: World) -> None:
    first = objected(home_at(world, 0), "情况没有这么好", now=NOW - 3 * DAY)
    later = objected(home_at(world, 1), "请再来看看", now=NOW - DAY)
    kept = merged(world)
    still = tiers.open_objection_of(kept.id)
    assert still is not None
    assert still.id == first
    closed = db.session.get_one(TierObjection, later)
    assert (closed.outcome, closed.answered_at) == ("reassess", NOW)
    assert "一并复核" in (closed.answer or "")
    assert ("objection", f"o{later}") in causes(kept)


def test_what_is_asked_of_both_is_asked_once(ctx: Flask, world: World) -> None:
    double, kept = home_at(world, 0), home_at(world, 1)
    with transaction():
        for home, ref in ((double, "2025-01-01"), (kept, "2025-01-01"), (double, "2025-02-01")):
            households.ask_again(
                actor=MAKER, household_id=home.id, path=home.path, cause=Cause.PERIODIC, ref=ref, now=NOW
            )
    kept = merged(world)
    assert causes(kept) == [("periodic", "2025-01-01"), ("periodic", "2025-02-01")]


def test_a_person_takes_what_was_noted_along(ctx: Flask, world: World) -> None:
    """The second record lives in another home: what weighed there weighs where the person lives."""
    home, other = home_at(world, 0), home_at(world, 1)
    kept, double = living(home)[0], living(other)[1]
    moved, stays = noted(other, "F17", double), noted(other, "F12")
    with transaction():
        service.merge_persons(double, kept, actor=MAKER, home=home, now=NOW)
    row = db.session.get_one(HouseholdFactor, moved)
    assert (row.household_id, row.person_id, row.ended_on) == (home.id, kept, None)
    assert db.session.get_one(HouseholdFactor, stays).household_id == other.id
    assert causes(home) == [("factor", f"p{double}")]


def test_what_a_liaison_proposed_of_the_double_is_not_lost(ctx: Flask, world: World) -> None:
    with transaction():
        households.propose(
            home_at(world, 0), actor=MAKER, kind=LifeKind.BIRTH, who="添了孩子", on=TODAY, note="", now=NOW
        )
    kept = merged(world)
    assert db.session.scalars(select(FamilyChange.household_id)).all() == [kept.id]
