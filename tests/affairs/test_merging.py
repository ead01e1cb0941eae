"""A home, or a person, written twice: what they took part in is counted once."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from gridcase.affairs.models import Award, HomeChoice, Participation, TeamMember
from gridcase.affairs.queries import activities as queries
from gridcase.affairs.rules import AwardKind, TeamKind
from gridcase.affairs.service import activities, honours, merging, signing
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.people.rules import Role
from tests.affairs.calling import NOW, called, running
from tests.affairs.test_activities import home, people_of
from tests.affairs.test_honours import begun
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
    assert [(row.household_id, row.named) for row in db.session.query(HomeChoice)] == [(kept.id, True)]
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
