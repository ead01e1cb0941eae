"""A home, or a person, written twice: what they took part in is counted once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from gridcase.affairs.models import Award, HomeChoice, Participation, TeamMember
from gridcase.affairs.queries import activities as queries
from gridcase.affairs.rules import AwardKind, AwardState, TeamKind
from gridcase.affairs.service import activities, honours, merging, signing
from gridcase.audit import service as audit
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.dossier.service.merging import merge_homes
from gridcase.households.models import Household
from gridcase.people.rules import Role
from gridcase.points import jobs as points_jobs
from gridcase.points import queries as points
from tests.affairs.calling import NOW, called, running, scheme
from tests.affairs.test_activities import home, people_of
from tests.affairs.test_honours import begun, hung
from tests.affairs.test_teams import asked, team
from tests.factories.world import MAKER, World

ViewerOf = Callable[[Role | str], Viewer]


def test_a_home_written_twice(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head, liaison = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.LIAISON)
    double, kept = (home(each) for each in world.homes["circle"][:2])
    both, one_only = running(world, head), called(world, head)
    round_ = begun(world, head, AwardKind.CIVIL)
    request = asked(liaison, double.id)
    with transaction():
        for each in (double, kept):
            signing.add_present(both, each, actor=head, person_id=None, now=NOW)
            honours.name_home(round_, each, actor=head, stars=None, deeds="", now=NOW)
            honours.choose(each, actor=liaison, compared=True, named=each is kept, now=NOW)
        activities.sign_up(one_only, double, actor=liaison, person_id=None, now=NOW)
    with transaction():
        merging.repoint_household(double, kept, actor=MAKER, now=NOW)
    assert {row.household_id for row in db.session.query(Participation)} == {kept.id}
    assert (queries.count_of(both).came, queries.count_of(one_only).joined) == (1, 1)
    assert [row.household_id for row in db.session.query(Award)] == [kept.id]
    assert [(row.household_id, row.named) for row in db.session.query(HomeChoice)] == [(kept.id, False)]
    db.session.expire_all()
    assert request.household_id == kept.id


def test_a_person_written_twice(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    kept_home, other_home = world.homes["village_a"][:2]
    kept, double = people_of(kept_home)[0], people_of(other_home)[0]
    team(world, head, TeamKind.CARE, "爱心队", [kept_home, other_home])
    one, two = running(world, head), running(world, head)
    with transaction():
        for each, person in ((kept_home, kept), (other_home, double)):
            signing.add_present(one, home(each), actor=head, person_id=person.id, now=NOW)
        signing.add_present(two, home(other_home), actor=head, person_id=double.id, now=NOW)
    with transaction():
        merging.fold_person(double.id, kept.id, actor=MAKER, place=home(kept_home).path, now=NOW)
    assert (queries.count_of(one).came, queries.count_of(two).came) == (1, 1)
    assert {row.person_id for row in db.session.query(Participation)} == {kept.id}
    open_rows = [row for row in db.session.query(TeamMember) if row.left_on is None]
    assert [row.person_id for row in open_rows] == [kept.id]


def given_to_both(world: World, head: Viewer, town: Viewer, homes: list[Household]) -> list[Award]:
    """Two star homes with their plates and points."""
    one = begun(world, head, AwardKind.STARS)
    with transaction():
        awards = [honours.name_home(one, each, actor=head, stars=4, deeds="", now=NOW) for each in homes]
    hung(world, one, head)
    later = NOW + timedelta(days=8)
    with transaction():
        honours.approve(one, actor=town, now=later)
    points_jobs.mature(actor=MAKER, now=later + timedelta(days=1))
    return awards


def test_an_honour_given_twice_is_revoked_once(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    scheme(world)
    head, town = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.TOWN_MANAGER)
    double, kept, third = (home(each) for each in world.homes["village_a"][:3])
    twice, stays = given_to_both(world, head, town, [double, kept])
    plate, merged = twice.plate, NOW + timedelta(days=10)
    with transaction():
        merge_homes(double, kept, actor=MAKER, same={}, now=merged)
    assert (twice.state, twice.household_id, twice.plate) == (AwardState.REVOKED, double.id, plate)
    assert twice.reason == "与重复登记的同一户合并"
    assert (stays.state, stays.household_id) == (AwardState.GIVEN, kept.id)
    assert points.balances_of(kept.id, viewer=MAKER).honour == 20
    other, *_rest = given_to_both(world, head, town, [third])
    with transaction():
        merge_homes(third, kept, actor=MAKER, same={}, now=merged)
    db.session.expire_all()
    assert (other.state, other.household_id) == (AwardState.GIVEN, kept.id), "the kept home had none of that round"
    assert points.balances_of(kept.id, viewer=MAKER).honour == 40


def test_plates_are_numbered_on_from_the_highest(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    scheme(world)
    head, town = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.TOWN_MANAGER)
    first, second, third = (home(each) for each in world.homes["village_a"][:3])
    gone, _last = given_to_both(world, head, town, [first, second])
    with transaction():
        db.session.delete(gone)
        audit.record(actor=MAKER, action="test", subject_kind="award", subject_id=None, now=NOW)
    assert (given_to_both(world, head, town, [third])[0].plate or "").endswith("-2026-0003")
