"""From a call to the points of the homes that came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from gridcase.affairs.queries import activities as queries
from gridcase.affairs.queries import figures
from gridcase.affairs.rules import ActivityKind, ActivityState, HowCame
from gridcase.affairs.service import activities, signing
from gridcase.audit import service as audit
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.households.models import Household, Member
from gridcase.notices.models import Notice
from gridcase.people.models import Person, PersonTag
from gridcase.people.rules import Role, Tag
from gridcase.points.models import Declaration
from tests.affairs.calling import NOW, called, running, scheme
from tests.factories.world import MAKER, World

ViewerOf = Callable[[Role | str], Viewer]


def people_of(home_id: int) -> list[Person]:
    """Head first."""
    rows = db.session.scalars(
        select(Person)
        .join(Member, Member.person_id == Person.id)
        .where(Member.household_id == home_id)
        .order_by(Member.id)
    )
    return list(rows)


def home(home_id: int) -> Household:
    return db.session.get_one(Household, home_id)


def test_a_call_reaches_the_liaisons_and_takes_the_usual_item(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    scheme(world)
    one = called(world, viewer_of(Role.VILLAGE_HEAD))
    assert one.item_code == "Z503"
    assert db.session.scalars(select(Notice.post_id).where(Notice.rule == "activity.call")).all()
    assert called(world, viewer_of(Role.VILLAGE_HEAD), item=activities.NO_POINTS).item_code == ""
    with pytest.raises(Missing):
        called(world, viewer_of(Role.GRID_LEADER))  # the village is not his cell
    with pytest.raises(Refused, match="一个月以前"):
        called(world, viewer_of(Role.VILLAGE_HEAD), starts_at=NOW - timedelta(days=40))


def test_names_are_put_down_while_there_is_a_place(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    one = called(world, viewer_of(Role.VILLAGE_HEAD), seats=2)
    own, other = world.homes["circle"][:2]
    resident, liaison = viewer_of(Role.RESIDENT), viewer_of(Role.LIAISON)
    with transaction():
        line = activities.sign_up(one, home(own), actor=resident, person_id=people_of(own)[1].id, now=NOW)
        again = activities.sign_up(one, home(own), actor=resident, person_id=people_of(own)[1].id, now=NOW)
        activities.sign_up(one, home(other), actor=liaison, person_id=None, child=True, now=NOW)
    assert line.id == again.id
    assert (line.joined, queries.count_of(one).joined) == ("self", 2)
    with pytest.raises(Refused, match="名额"), transaction():
        activities.sign_up(one, home(world.homes["circle"][2]), actor=liaison, person_id=None, now=NOW)
    with pytest.raises(Missing), transaction():
        activities.sign_up(one, home(other), actor=resident, person_id=None, now=NOW)
    with transaction():
        activities.leave(one, queries.line_of(line.id, viewer=resident)[0], actor=resident, now=NOW)
    assert queries.count_of(one).joined == 1


def test_a_sheet_is_matched_and_namesakes_are_asked_for(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    one = running(world, head)
    names = [people_of(each)[0].name for each in world.homes["village_a"]]
    twice = next(name for name in names if names.count(name) > 1) if len(set(names)) < len(names) else ""
    single = next(name for name in names if names.count(name) == 1)
    spouse = people_of(world.homes["village_a"][0])[1].name  # one in every cell bears it
    matched = signing.match_sheet(one, f"{single}\n{spouse}\n张不在", actor=head, now=NOW)
    assert [who.name for who in matched.sure] == [single]
    assert [ask.signed.name for ask in matched.asked] == [spouse]
    assert [one_name.name for one_name in matched.unknown] == ["张不在"]
    picked = matched.asked[0].namesakes[2]
    with transaction():
        new = signing.take_sheet(one, f"{single}\n{spouse}\n张不在", actor=head, picks={2: picked.person_id}, now=NOW)
    assert new == 2
    assert {line.person_id for line in queries.present(one.id)} == {matched.sure[0].person_id, picked.person_id}
    with transaction():
        assert signing.take_sheet(one, single, actor=head, picks={}, now=NOW) == 0  # once is enough
    assert twice == "" or twice in names
    code = db.session.get_one(Household, picked.household_id).code
    by_code = signing.match_sheet(one, f"{spouse} {code[-7:]}", actor=head, now=NOW)
    assert [who.person_id for who in by_code.sure] == [picked.person_id]


def test_signing_in_by_the_code_on_the_table(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    one = running(world, viewer_of(Role.VILLAGE_HEAD))
    own = home(world.homes["village_a"][0])
    digits = own.code[-7:]

    def sign(digits: str, name: str) -> tuple[str, Refused | None]:
        with transaction():
            return signing.sign_in(one, digits=digits, name=name, address_digest="here", now=NOW)

    assert sign(digits, own.head_name[0])[1] is None
    assert queries.present(one.id)[0].person_id is None
    assert sign(digits, own.head_name)[1] is None  # now by the whole name: the same line
    lines = queries.present(one.id)
    assert [(line.person_id, line.came) for line in lines] == [(people_of(own.id)[0].id, HowCame.CODE)]
    wrong = sign(digits, "吴")[1]
    assert wrong is not None
    assert "没有对上" in str(wrong)
    for _try in range(40):
        sign("999-999", "吴")
    locked = sign(digits, own.head_name)[1]
    assert locked is not None
    assert "太多" in str(locked)
    with transaction():
        activities.end(one, actor=viewer_of(Role.VILLAGE_HEAD), hours=4, now=NOW)
    with pytest.raises(Missing):
        queries.at_token(one.token)


def test_ending_asks_for_the_points_once_a_home(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    scheme(world)
    head = viewer_of(Role.VILLAGE_HEAD)
    one = running(world, head)
    homes = world.homes["village_a"][:3]
    with transaction():
        for each in homes:
            for person in people_of(each):
                signing.add_present(one, home(each), actor=head, person_id=person.id, now=NOW)
    with transaction():
        outcome = activities.end(one, actor=head, hours=4, now=NOW)
    assert (outcome.declared, outcome.points, outcome.skipped) == (3, 30, ())
    made = db.session.scalars(select(Declaration)).all()
    assert {(row.household_id, row.points, row.source_kind) for row in made} == {
        (each, 10, "activity") for each in homes
    }
    assert queries.count_of(one).came == 6
    work = figures.work_of(head, year=2026)
    assert [(row.activities, row.people, row.hours, row.yuan) for row in work] == [(1, 6, 24, 360)]
    with transaction():
        assert activities.give_points(one, actor=head, now=NOW).declared == 0
    with pytest.raises(Refused, match="已经结束"), transaction():
        activities.end(one, actor=head, hours=4, now=NOW)


def test_the_own_home_waits_for_a_second_person(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    scheme(world)
    head, second = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.FULLTIME_GRID)
    own = world.homes["village_a"][0]
    with transaction():  # the head lives there
        people = select(Member).where(Member.household_id == own).order_by(Member.id)
        db.session.scalars(people).all()[0].person_id = head.person_id or 0
        audit.record(actor=MAKER, action="test", subject_kind="member", subject_id=None, now=NOW)
    one = running(world, head)
    with transaction():
        for each in (own, world.homes["village_a"][1]):
            signing.add_present(one, home(each), actor=head, person_id=people_of(each)[1].id, now=NOW)
        outcome = activities.end(one, actor=head, hours=2, now=NOW)
    assert outcome.declared == 1
    assert [(each, "亲属" in str(why)) for each, why in outcome.skipped] == [(own, True)]
    with transaction():
        assert activities.give_points(one, actor=second, now=NOW).declared == 1


def test_cancelling_says_why_and_nothing_is_given(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    one = called(world, head)
    with pytest.raises(Refused, match="为什么"), transaction():
        activities.cancel(one, actor=head, reason=" ", now=NOW)
    with transaction():
        activities.cancel(one, actor=head, reason="下雨", now=NOW)
    assert one.state == ActivityState.CANCELLED
    with pytest.raises(Refused, match="取消"), transaction():
        activities.start(one, actor=head, now=NOW)


def test_a_leader_marks_only_homes_of_his_cell(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    leader = viewer_of(Role.GRID_LEADER)
    one = running(world, leader, place="village_a_cell_1")
    inside, outside = home(world.homes["village_a"][0]), home(world.homes["village_a"][12])
    matched = signing.match_sheet(one, f"{inside.head_name}\n{people_of(outside.id)[0].name}", actor=leader, now=NOW)
    assert {who.household_id for who in matched.sure} <= set(world.homes["village_a"][:4])
    with pytest.raises(Missing), transaction():
        signing.add_present(one, outside, actor=leader, person_id=None, now=NOW)
    with pytest.raises(Missing):
        queries.get_own(one.id, viewer=viewer_of(Role.LIAISON))


def test_a_child_is_never_named(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    scheme(world)
    head = viewer_of(Role.VILLAGE_HEAD)
    one = running(world, head)
    own = world.homes["village_a"][0]
    child = people_of(own)[1]
    with transaction():
        child.name, child.born_on = "赵小宝", date(2016, 6, 1)
        audit.record(actor=MAKER, action="test", subject_kind="person", subject_id=child.id, now=NOW)
    matched = signing.match_sheet(one, "赵小宝", actor=head, now=NOW)
    assert matched.sure == ()
    assert [who.child for who in matched.asked[0].namesakes] == [True]
    with pytest.raises(Refused, match="一个也没有"), transaction():
        signing.take_sheet(one, "赵小宝", actor=head, picks={}, now=NOW)  # not without the guardian's word
    with transaction():
        signing.take_sheet(one, "赵小宝", actor=head, picks={1: child.id}, now=NOW)
    line = queries.present(one.id)[0]
    assert (line.household_id, line.person_id, line.guardian_agreed) == (own, None, True)
    assert "宝" not in "".join(row.name for row in queries.came_to(one, viewer=head))
    with transaction():
        assert activities.end(one, actor=head, hours=2, now=NOW).declared == 1
    other = called(world, head)
    with pytest.raises(Missing), transaction():
        activities.sign_up(other, home(own), actor=head, person_id=child.id, now=NOW)


def test_a_party_day_counts_its_members(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    members = [people_of(each)[0].id for each in world.homes["village_a"][:3]]
    with transaction():
        for person in members:
            db.session.add(PersonTag(person_id=person, kind=Tag.PARTY_MEMBER, valid_from=date(2020, 1, 1)))
        audit.record(actor=MAKER, action="test", subject_kind="person", subject_id=None, now=NOW)
    one = running(world, head, kind=ActivityKind.PARTY_DAY, title="十一月主题党日")
    with transaction():
        for each, person in zip(world.homes["village_a"][:2], members, strict=False):
            signing.add_present(one, home(each), actor=head, person_id=person, now=NOW)
        signing.add_present(one, home(world.homes["village_a"][5]), actor=head, person_id=None, now=NOW)
        activities.end(one, actor=head, hours=2, now=NOW)
    assert figures.party_members(one, on=NOW.date()) == (2, 3)
