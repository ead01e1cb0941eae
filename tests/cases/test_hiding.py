"""What becomes restricted stands with no other: hot issues forget it, its voices stand on their own again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select, text

from gridcase.cases import queries, service
from gridcase.cases.models import Case, CaseClass, HotIssue
from gridcase.cases.rules import Answer, State
from gridcase.cases.service import hot
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from gridcase.scheduler import find_hot, follow_voices
from tests.factories.cases import COMPLAINT, ROAD, closed, collected, do
from tests.factories.world import MAKER, World

Find = Callable[[Role], Viewer]
SECRET = "老槐树旁边的路灯不亮，钱叫人拿了"
LAMP = ("老槐树旁边的路灯不亮", "老槐树那盏路灯坏了，晚上看不见路。")


def class_of(code: str) -> CaseClass:
    found = queries.class_by_code(code)
    assert found is not None
    return found


def restrict_class(world: World, code: str = ROAD) -> service.Change:
    """The county makes a class restricted."""
    case_class, county = class_of(code), db.session.get_one(Grid, world.grids["county"])
    entry = queries.class_at(case_class, county.path)
    with transaction():
        return service.set_class(
            actor=MAKER, place=county, case_class=case_class, seen=None, now=clock.now(),
            terms=service.terms_of(entry.terms, restricted=True, reporter_rule=None, helper_rule=None),
        )  # fmt: skip


def restrict_as_before(*cases: Case) -> None:
    """As an older version left it: restricted, and joined or listed all the same."""
    with transaction() as session:
        for case in cases:
            session.execute(text('UPDATE "case" SET restricted = :yes WHERE id = :id'), {"yes": True, "id": case.id})
    db.session.expire_all()


def lamps(world: World, actor: Viewer, count: int, *, code: str = "0504") -> list[Case]:
    homes = world.homes["village_a"]
    return [
        collected(world, actor, home=homes[n], code=code, title=SECRET if n == 0 else LAMP[0], text=LAMP[1])
        for n in range(count)
    ]


def look() -> None:
    config: Any = None
    find_hot(config)


def issue() -> HotIssue | None:
    db.session.expire_all()
    return db.session.scalars(select(HotIssue)).one_or_none()


def test_an_issue_is_told_anew_without_the_case_that_became_restricted(
    ctx: Flask, world: World, viewer_of: Find
) -> None:
    desk = viewer_of(Role.DISPATCHER)
    cases = lamps(world, desk, 4)
    look()
    before = issue()
    assert before is not None
    assert before.cases == 4
    with transaction():
        before.title, before.master_id, before.state = SECRET, cases[0].id, "joined"
        hot._record("test", before, MAKER, clock.now())
    do(service.accept, cases[0], desk, case_class=class_of(COMPLAINT))
    left = issue()
    assert left is not None
    assert (left.title, left.cases, left.homes, left.state, left.master_id) == (LAMP[0], 3, 3, "found", None)
    assert SECRET not in str(left.reasons)
    assert {row.id for row in queries.issue_cases(left, desk)} == {case.id for case in cases[1:]}
    do(service.accept, cases[1], desk, case_class=class_of(COMPLAINT))
    assert issue() is None, "two cases are no issue"
    assert queries.check() == []


def test_a_class_made_restricted_takes_its_issues_along(ctx: Flask, world: World, viewer_of: Find) -> None:
    lamps(world, viewer_of(Role.DISPATCHER), 3)
    look()
    assert issue() is not None
    assert restrict_class(world, "0504").hidden == 3
    assert issue() is None


def test_what_became_restricted_while_the_daily_look_was_reading_is_left_out(
    ctx: Flask, world: World, viewer_of: Find
) -> None:
    cases = lamps(world, viewer_of(Role.DISPATCHER), 3)
    town = db.session.get_one(Grid, world.grids["town"])
    looked = hot.look(town.id, now=clock.now())
    restrict_as_before(cases[0])
    with transaction():
        assert hot.keep(town.id, town.path, looked, actor=MAKER, now=clock.now()) == 0
    assert issue() is None


def joined(world: World, head: Viewer, first: Case, count: int = 2) -> list[Case]:
    voices = [collected(world, head, home=world.homes["circle"][n + 1]) for n in range(count)]
    for voice in voices:
        do(service.reject_duplicate, voice, head, first=first)
    return voices


def test_voices_of_a_case_that_becomes_restricted_stand_on_their_own(ctx: Flask, world: World, viewer_of: Find) -> None:
    desk, head = viewer_of(Role.DISPATCHER), viewer_of(Role.VILLAGE_HEAD)
    first = collected(world, viewer_of(Role.LIAISON), title=SECRET)
    voices = joined(world, head, first)
    due = [voice.due_at for voice in voices]
    do(service.accept, first, desk, case_class=class_of(COMPLAINT))
    db.session.expire_all()
    assert [voice.state for voice in voices] == [State.REGISTERED] * 2
    assert [voice.due_at for voice in voices] == due, "with the clock they always had"
    assert queries.voices_around(first, desk).total == 0
    assert all(SECRET not in str(step.note) for voice in voices for step in queries.steps(voice.id))
    assert queries.check() == []


def test_a_class_made_restricted_parts_its_cases(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    lamp = collected(world, head, code="0504")
    road = collected(world, head, home=world.homes["circle"][1])
    own = collected(world, head, home=world.homes["circle"][2], code="0504")
    for voice in (road, own):
        do(service.reject_duplicate, voice, head, first=lamp)
    restrict_class(world, ROAD)  # the class of one voice
    db.session.expire_all()
    assert (road.state, own.state) == (State.REGISTERED, State.DUPLICATE)
    assert queries.voices_around(lamp, viewer_of(Role.DISPATCHER)).count == 2
    assert queries.check() == []


def test_old_ones_are_named_by_the_doctor_and_parted_by_the_timetable(
    ctx: Flask, world: World, viewer_of: Find
) -> None:
    desk = viewer_of(Role.DISPATCHER)
    cases = lamps(world, desk, 3)
    look()
    first = collected(world, viewer_of(Role.LIAISON))
    voices = joined(world, viewer_of(Role.VILLAGE_HEAD), first)
    restrict_as_before(cases[0], first)
    said = " ".join(queries.check())
    assert f"case {first.id}: restricted, and joined" in said
    assert f"case {cases[0].id}: restricted, and stands in a hot issue" in said
    config: Any = None
    assert follow_voices(config) == 2
    look()
    assert queries.check() == []
    assert issue() is None
    db.session.expire_all()
    assert {voice.state for voice in voices} == {State.REGISTERED}


def test_of_an_ended_case_the_voices_stay_ended_until_it_is_opened_again(
    ctx: Flask, world: World, viewer_of: Find
) -> None:
    head, desk = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.DISPATCHER)
    first = collected(world, head)
    voice = collected(world, viewer_of(Role.LIAISON), home=world.homes["circle"][1])
    do(service.reject_duplicate, voice, head, first=first)
    do(service.self_solve, first, head, result="修好了。", answer=Answer.SOLVED, policy=service.ClosingPolicy())
    restrict_class(world)
    db.session.expire_all()
    assert voice.state == State.DUPLICATE
    assert queries.voices_around(first, head).rows == [], "who may not open a voice reads no number of it either"
    do(service.reopen, first, desk, note="又坏了。")
    config: Any = None
    follow_voices(config)
    db.session.expire_all()
    assert voice.state == State.REGISTERED


def test_what_follows_a_restricted_emergency_is_hidden_before_anybody_is_told(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    county = db.session.get_one(Grid, world.grids["county"])
    case = closed(world, viewer_of, title=SECRET)
    entry = queries.class_at(class_of(ROAD), county.path)
    with transaction():
        service.set_class(
            actor=MAKER, place=county, case_class=class_of(ROAD), terms=service.terms_of(entry.terms, urgency=1),
            seen=None, now=clock.now(),
        )  # fmt: skip
    restrict_as_before(case)
    at("2027-01-20T10:00:00+08:00")
    step = do(service.follow_up, case, viewer_of(Role.DISPATCHER), note="又出事了。")
    new = db.session.get_one(Case, step.detail["case_id"])
    told = db.session.scalars(select(Notice).where(Notice.subject_kind == "case", Notice.subject_id == new.id)).all()
    assert (new.restricted, new.urgency) == (True, 1)
    assert {notice.post_id for notice in told} == {world.posts[Role.DISPATCHER]}, "the town's desk, not the village"
    assert all(SECRET not in str(notice.text) for notice in told)
