"""Voices: joining a case, following it, being counted once a home, being taken out with the own clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.audit import service as audit
from gridcase.cases import queries, service
from gridcase.cases.models import Case, CaseVoice
from gridcase.cases.queries import Filters, Tab
from gridcase.cases.rules import Answer, Rating, State
from gridcase.cases.rules.voices import counted, news_in, speaker
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.factories.cases import COMPLAINT, collected, do, handled, post_of, refused, solved, water
from tests.factories.pages import body
from tests.factories.viewers import viewer_from
from tests.factories.world import MAKER, World

Find = Callable[[Role], Viewer]
As = Callable[[Role], FlaskClient]


def loaded(world: World, role: Role) -> Viewer:
    """The viewer of a role's account, for what is made beside a client: no context may stay open there."""
    return viewer_from(db.session.get_one(User, world.users[role]))


def told(rule: str) -> list[tuple[int, int | None, int | None]]:
    """(case, post, unit) of the notices of a rule."""
    rows = db.session.execute(
        select(Notice.subject_id, Notice.post_id, Notice.unit_id)
        .where(Notice.rule.startswith(rule))
        .order_by(Notice.id)
    )
    return [tuple(row) for row in rows]  # type: ignore[misc]


def moves_of(case: Case) -> list[str]:
    return [step.move for step in queries.steps(case.id)]


def joined(world: World, viewer_of: Find, first: Case, *, home: int, **more: Any) -> Case:
    """Another home's report of the same matter, joined at once by the head."""
    head = viewer_of(Role.VILLAGE_HEAD)
    voice = collected(world, head, home=home, **more)
    do(service.reject_duplicate, voice, head, first=first)
    return voice


# -- the rules


def test_a_home_or_person_counts_once_and_all_unknown_as_one() -> None:
    assert counted("h1", ["h1", "h2", "h2", "", ""]) == [False, True, False, True, False]
    assert counted("", ["", "13812345678"]) == [False, True]
    assert speaker(7, "138 1234 5678", "张三") == "h7"
    assert speaker(None, "138-1234-5678", "张三") == "13812345678"
    assert (speaker(None, None, "张三"), speaker(None, None, None)) == ("张三", "")


def test_what_a_voice_hears_is_the_newest_turn() -> None:
    way = [(1, None, "registered"), (2, "registered", "accepted"), (3, "in_progress", "feedback"),
           (4, "feedback", "feedback")]  # fmt: skip
    assert news_in(way[:2]) is None
    assert news_in(way) == (3, "feedback")
    assert news_in([*way, (5, "feedback", "closed")]) == (5, "closed")
    assert news_in([*way, (5, "feedback", "closed"), (6, "closed", "in_progress")]) == (6, "reopened")


# -- joining


def test_a_voice_keeps_its_number_and_is_counted_once_a_home(ctx: Flask, world: World, viewer_of: Find) -> None:
    homes, head = world.homes["circle"], viewer_of(Role.VILLAGE_HEAD)
    first = collected(world, viewer_of(Role.LIAISON), home=homes[0])
    voices = [joined(world, viewer_of, first, home=home) for home in (homes[1], homes[1], homes[0], homes[2])]
    around = queries.voices_around(first, head)
    assert (around.count, around.total) == (3, 4), "two homes more, the same home again counts nothing"
    assert [row.id for row in around.rows] == [voice.id for voice in reversed(voices)]
    assert {voice.state for voice in voices} == {State.DUPLICATE}
    assert len({voice.number for voice in (first, *voices)}) == 5
    seen = queries.voices_around(voices[0], head).first
    assert (seen.id, seen.number, seen.seen) == (first.id, first.number, True)
    assert queries.check() == []


def test_a_voice_of_a_voice_joins_the_first_and_brings_its_own(ctx: Flask, world: World, viewer_of: Find) -> None:
    homes, head = world.homes["circle"], viewer_of(Role.VILLAGE_HEAD)
    one, two, three = (collected(world, head, home=home) for home in homes[:3])
    do(service.reject_duplicate, two, head, first=one)
    do(service.reject_duplicate, three, head, first=two)
    assert queries.voices_around(one, head).count == 3
    four = collected(world, head, home=homes[3])
    do(service.reject_duplicate, one, head, first=four)
    around = queries.voices_around(four, head)
    assert (around.count, around.total) == (4, 3)
    assert moves_of(two)[-1] == "follow_first"
    assert queries.check() == []


def test_what_may_not_join(ctx: Flask, world: World, viewer_of: Find) -> None:
    desk, head = viewer_of(Role.DISPATCHER), viewer_of(Role.VILLAGE_HEAD)
    case = collected(world, head)
    hidden = collected(world, desk, code=COMPLAINT)
    assert refused("限定可见", service.reject_duplicate, case, desk, first=hidden) == "duplicate_of"
    assert refused("限定可见", service.reject_duplicate, hidden, desk, first=case) == "duplicate_of"
    done = solved(world, head)
    assert refused("首件已经办结", service.reject_duplicate, case, head, first=done) == "duplicate_of"
    void = collected(world, head)
    do(service.void, void, viewer_of(Role.TOWN_MANAGER), note="登记错了。")
    assert refused("不再办理", service.reject_duplicate, case, head, first=void) == "duplicate_of"
    refused("您的岗位不能", service.reject_duplicate, case, viewer_of(Role.LIAISON), first=collected(world, head))


def test_a_case_sent_out_may_still_join_and_its_handler_hears(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    first, case = (collected(world, head, home=home) for home in world.homes["circle"][:2])
    do(service.accept, case, head)
    do(service.dispatch, case, head, unit=water(world))
    do(service.reject_duplicate, case, head, first=first)
    assert (case.handler_unit_id, case.state) == (None, State.DUPLICATE)
    assert (case.id, None, world.units["water"]) in told("case.reject_duplicate")


def test_the_handler_hears_of_more_voices_and_of_the_same_home_again(ctx: Flask, world: World, viewer_of: Find) -> None:
    homes, head = world.homes["circle"], viewer_of(Role.VILLAGE_HEAD)
    first = collected(world, viewer_of(Role.LIAISON), home=homes[0])
    do(service.accept, first, head)
    do(service.dispatch, first, head, unit=water(world))
    joined(world, viewer_of, first, home=homes[1])
    assert told("case.voice:2") == [(first.id, None, world.units["water"])]
    joined(world, viewer_of, first, home=homes[0])
    again = told("case.voice_again")
    assert (first.id, None, world.units["water"]) in again
    assert (first.id, post_of(world, Role.VILLAGE_HEAD).id, None) in again, "who sent it may hurry or let it climb"


# -- following


def test_voices_follow_to_the_end_and_back(ctx: Flask, world: World, viewer_of: Find) -> None:
    first = handled(world, viewer_of)
    do(service.rework, first, viewer_of(Role.VILLAGE_HEAD), note="还没平。")
    voice = joined(world, viewer_of, first, home=world.homes["circle"][1])
    do(service.submit_result, first, viewer_of(Role.DEPT), result="已修平。")
    assert moves_of(voice)[-1] == "follow_first"
    do(service.record_answer, first, viewer_of(Role.LIAISON), answer=Answer.SOLVED, rating=Rating.SATISFIED)
    do(service.verify, first, viewer_of(Role.VILLAGE_HEAD))
    steps = queries.steps(voice.id)
    assert [step.detail.get("what") for step in steps[-2:]] == ["feedback", "closed"]
    assert queries.voices_around(voice, viewer_of(Role.VILLAGE_HEAD)).first.state == State.CLOSED
    assert queries.seen_by_reporter(voice) == (State.CLOSED, "已修平。")
    assert queries.seen_by_reporter(first) == (State.CLOSED, "已修平。")
    mine = post_of(world, Role.VILLAGE_HEAD).id
    assert told("case.follow_first") == [(voice.id, mine, None)] * 2
    do(service.reopen, first, viewer_of(Role.LIAISON), note="又塌了。")
    assert queries.steps(voice.id)[-1].detail["what"] == "reopened"
    assert voice.state == State.DUPLICATE
    assert queries.check() == []


def test_many_voices_follow_in_parts(
    ctx: Flask, world: World, viewer_of: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridcase.cases.service.voices.follow.__kwdefaults__", {"most": 2})
    head = viewer_of(Role.VILLAGE_HEAD)
    first = collected(world, head)
    voices = [joined(world, viewer_of, first, home=home) for home in world.homes["village_a"][8:13]]
    do(service.self_solve, first, head, result="已处理。", answer=Answer.SOLVED)

    def heard() -> int:
        return sum(moves_of(voice)[-1] == "follow_first" for voice in voices)

    assert heard() == 2
    for expected in (4, 5, 5):
        with transaction():
            service.follow_all(now=clock.now())
        assert heard() == expected
    assert [moves_of(voice).count("follow_first") for voice in voices] == [1] * 5, "each hears it once"


@pytest.mark.parametrize("how", ["withdraw", "void"])
def test_a_first_case_that_ends_otherwise_lets_its_voices_go(
    ctx: Flask, world: World, viewer_of: Find, how: str
) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    first = collected(world, head, home=world.homes["circle"][0])
    voice = joined(world, viewer_of, first, home=world.homes["circle"][1])
    actor = head if how == "withdraw" else viewer_of(Role.TOWN_MANAGER)
    do(getattr(service, how), first, actor, note="不办了。")
    assert (voice.state, voice.closed_at) == (State.REGISTERED, None)
    assert queries.voices_around(first, head).total == 0
    assert queries.check() == []


# -- the own life again


def test_a_voice_taken_out_has_the_clock_it_always_had(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    first = collected(world, head, home=world.homes["circle"][0])
    voice = joined(world, viewer_of, first, home=world.homes["circle"][1])
    due, registered = voice.due_at, voice.registered_at
    at("2026-12-20T10:00:00+08:00")
    assert due is not None
    assert due < clock.now()

    def late() -> list[int]:
        page = queries.work_list(head, Filters(tab=Tab.LATE), now=clock.now())
        return [row.id for row in page.rows]

    assert late() == [first.id], "the voice is not late a second time"
    refused("请写明为什么移出", service.take_out, voice, head, note="")
    refused("您的岗位不能", service.take_out, voice, viewer_of(Role.LIAISON), note="不是一件事。")
    do(service.take_out, voice, head, note="不是一件事。")
    assert (voice.state, voice.due_at, voice.registered_at, voice.closed_at) == ("registered", due, registered, None)
    assert voice.stage_due_at == due, "a stage is never due later than its case"
    assert sorted(late()) == sorted([first.id, voice.id])
    assert queries.voices_around(first, head).count == 1
    do(service.reject_duplicate, voice, head, first=first)
    assert queries.voices_around(first, head).count == 2, "it may join again"
    assert db.session.query(CaseVoice).count() == 2
    assert queries.check() == []


def test_taking_out_a_home_that_spoke_twice_keeps_it_counted(ctx: Flask, world: World, viewer_of: Find) -> None:
    homes, head = world.homes["circle"], viewer_of(Role.VILLAGE_HEAD)
    first = collected(world, head, home=homes[0])
    one, _two = (joined(world, viewer_of, first, home=homes[1]) for _ in range(2))
    assert queries.voices_around(first, head).count == 2
    do(service.take_out, one, head, note="不是一件事。")
    assert queries.voices_around(first, head).count == 2


def test_what_is_no_voice_cannot_be_taken_out(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.VILLAGE_HEAD))
    refused("没有附议别的事件", service.take_out, case, viewer_of(Role.VILLAGE_HEAD), note="x")


def test_the_job_finds_nothing_where_all_have_followed(ctx: Flask, world: World, viewer_of: Find) -> None:
    first = collected(world, viewer_of(Role.VILLAGE_HEAD))
    joined(world, viewer_of, first, home=world.homes["circle"][1])
    with transaction():
        assert service.follow_all(now=clock.now() + timedelta(days=1)) == 0


# -- the pages


def test_both_pages_say_it(app: Flask, world: World, client_as: As) -> None:
    with app.app_context():
        head = loaded(world, Role.VILLAGE_HEAD)
        first = collected(world, head, home=world.homes["circle"][0])
        voice = joined(world, lambda _role: head, first, home=world.homes["circle"][3])
        ids, number = (first.id, voice.id), first.number
        db.session.remove()
    client = client_as(Role.VILLAGE_HEAD)
    words = body(client.get(f"/cases/{ids[0]}"))
    assert "声音 2" in words
    assert "附议 1 件" in words
    words = body(client.get(f"/cases/{ids[1]}"))
    assert f"附议 {number}" in words
    assert "首件现在： 已登记" in words
    assert "移出并件" in words
    assert "声音 2" in body(client.get("/cases/?tab=village"))
    answer = client.post(f"/cases/{ids[1]}/take-out", data={"take_out-note": "不是一件事。"}, follow_redirects=True)
    assert "已移出并件" in answer.text
    assert client_as(Role.GRID_LEADER).post(f"/cases/{ids[1]}/take-out").status_code == 404
    assert client_as(Role.AUDITOR).post(f"/cases/{ids[1]}/take-out").status_code == 403


def test_of_a_first_case_that_became_restricted_nothing_is_told(ctx: Flask, world: World, viewer_of: Find) -> None:
    first = collected(world, viewer_of(Role.LIAISON))
    voice = joined(world, viewer_of, first, home=1)
    with transaction():
        first.result, first.restricted = "内情", True
        audit.record(
            actor=MAKER, action="test", subject_kind="case", subject_id=first.id, place_path="/", now=clock.now()
        )  # fmt: skip
    assert queries.seen_by_reporter(voice)[1] is None
