"""Opinions heard in a campaign: homes still to hear, notes put into sentences, what became of each, who reads what."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.affairs.models import Campaign
from gridcase.affairs.queries import opinions as queries
from gridcase.affairs.rules.opinions import LedTo, Outcome
from gridcase.affairs.service import campaigns
from gridcase.affairs.service import opinions as service
from gridcase.affairs.service.campaigns import Plan
from gridcase.affairs.service.opinions import Settled
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.people.models import Decision
from gridcase.people.rules import DecisionKind, Role
from gridcase.points.models import SchemeVersion
from gridcase.visits import service as visits
from gridcase.visits.rules import Purpose, VisitMode, VisitState
from tests.factories import decisions
from tests.factories.pages import body, statements
from tests.factories.world import MAKER, World

MOST = (16, 8, 6)  # statements of the campaign, of its opinions, of its homes

ViewerOf = Callable[[Role | str], Viewer]
ClientAs = Callable[[Role | str], FlaskClient]


def begun(world: World, place: str = "town") -> Campaign:
    now = clock.now()
    today = clock.town_day(now)
    plan = Plan("大走访", today - timedelta(days=9), today + timedelta(days=20), opinions=True)
    with transaction():
        grid = db.session.get_one(Grid, world.grids[place])
        return campaigns.begin(actor=MAKER, place=grid, client_uuid=str(uuid4()), plan=plan, now=now)


def visited(
    world: World, number: int, note: str, *, village: str = "village_a", met: int = 1, days: int = 1,
    purpose: Purpose = Purpose.OPINIONS,
) -> int:  # fmt: skip
    now = clock.now()
    with transaction():
        home = db.session.get_one(Household, world.homes[village][number])
        state = VisitState.SAFE if met else VisitState.NOT_MET
        at = now - timedelta(days=days)
        record = visits.VisitRecord(str(uuid4()), at, VisitMode.HOME, state, purpose, met=met, note=note)
        return visits.log_visit(actor=MAKER, household=home, record=record, now=at).id


def village(world: World, name: str = "village_a") -> Grid:
    return db.session.get_one(Grid, world.grids[name])


def collected(one: Campaign, world: World, actor: Viewer, text: str, *visit_ids: int) -> int:
    with transaction():
        return service.collect(
            one, village(world), actor=actor, visit_ids=visit_ids, text=text, into=None, now=clock.now()
        ).id


def settled(opinion_id: int, actor: Viewer, outcome: Outcome, *, answer: str = "", led: object = None) -> None:
    with transaction():
        row, _one = queries.get_opinion(opinion_id, viewer=actor)
        what = Settled(row.text, outcome, answer, led)  # type: ignore[arg-type]
        service.settle(row, actor=actor, what=what, now=clock.now())


def test_a_village_counts_homes_heard_once_and_lists_those_left(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    one, head = begun(world), viewer_of(Role.VILLAGE_HEAD)
    for number in (0, 0, 1):
        visited(world, number, "路灯少")
    visited(world, 2, "", met=0)  # nobody was met
    visited(world, 3, "别的事", purpose=Purpose.CARE)
    visited(world, 4, "太早", days=30)
    part = queries.heard(one, viewer=head)[world.grids["village_a"]]
    homes = len(world.homes["village_a"])
    assert (part.homes, part.heard, part.left) == (homes, 2, homes - 2)
    rows = queries.homes_left(one, viewer=head, village_id=world.grids["village_a"]).rows
    assert {row.id for row in rows} == set(world.homes["village_a"][2:])
    town = queries.heard(one, viewer=viewer_of(Role.TOWN_MANAGER))
    assert town[world.grids["village_b"]].heard == 0
    assert world.grids["village_b"] not in queries.heard(one, viewer=head)


def test_notes_become_opinions_and_each_gets_its_outcome(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    one, head = begun(world), viewer_of(Role.VILLAGE_HEAD)
    a, b, c = visited(world, 0, "路灯少"), visited(world, 1, "晚上看不见路"), visited(world, 2, "扣分太重")
    assert [note.id for note in queries.notes(one, viewer=head, village_id=village(world).id)] == [a, b, c]
    lamps = collected(one, world, head, "主路缺路灯", a, b)
    points = collected(one, world, head, "不参加劳动扣分太重", c)
    assert queries.notes(one, viewer=head, village_id=village(world).id) == []
    assert [note.note for note in queries.notes_of(queries.get_opinion(lamps, viewer=head)[0], viewer=head)] == [
        "路灯少", "晚上看不见路",
    ]  # fmt: skip
    with transaction():
        draft = SchemeVersion(village_id=village(world).id, path=village(world).path, number=7, name="积分细则",
                              made_at=clock.now())  # fmt: skip
        db.session.add(draft)
        service.audit.record(actor=MAKER, action="test", subject_kind="scheme", subject_id=None, now=clock.now())
    settled(points, head, Outcome.CHANGE, led=(LedTo.SCHEME, draft.id))
    settled(lamps, head, Outcome.ANSWERED, answer="县里明年统一装。")
    part = queries.heard(one, viewer=viewer_of(Role.TOWN_MANAGER))[world.grids["village_a"]]
    assert part.opinions == {"change": 1, "answered": 1}
    row, _one = queries.get_opinion(points, viewer=head)
    assert (row.led_kind, row.led_title) == ("scheme", "积分细则 #7")


@pytest.mark.parametrize(("outcome", "said"), [
    (Outcome.CHANGE, "哪一处改动"), (Outcome.ANSWERED, "怎么答复"), (Outcome.LEFT, "为什么不采纳"),
])  # fmt: skip
def test_an_outcome_without_its_reason_is_refused(
    ctx: Flask, world: World, viewer_of: ViewerOf, outcome: Outcome, said: str
) -> None:
    one, head = begun(world), viewer_of(Role.VILLAGE_HEAD)
    opinion = collected(one, world, head, "主路缺路灯")
    with pytest.raises(Refused, match=said):
        settled(opinion, head, outcome)
    row, _one = queries.get_opinion(opinion, viewer=head)
    assert row.outcome == "open"


def test_only_changes_of_the_village_and_never_of_one_home(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    one, head, today = begun(world), viewer_of(Role.VILLAGE_HEAD), clock.town_day(clock.now())
    with transaction():
        own = decisions.passed(village(world), DecisionKind.OTHER, on=today, now=clock.now())
        veto = decisions.passed(village(world), DecisionKind.COUNCIL, on=today, now=clock.now())
        other = decisions.passed(village(world, "village_b"), DecisionKind.OTHER, on=today, now=clock.now())
    opinion = collected(one, world, head, "主路缺路灯")
    for foreign in (veto, other):
        with pytest.raises(Refused):
            settled(opinion, head, Outcome.CHANGE, led=(LedTo.DECISION, foreign.id))
    settled(opinion, head, Outcome.CHANGE, led=(LedTo.DECISION, own.id))
    assert db.session.get_one(Decision, own.id).title in queries.get_opinion(opinion, viewer=head)[0].led_title


def test_twice_is_refused_and_a_wrong_one_is_taken_apart(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    one, head = begun(world), viewer_of(Role.VILLAGE_HEAD)
    a = visited(world, 0, "路灯少")
    opinion = collected(one, world, head, "主路缺路灯", a)
    with pytest.raises(Refused, match="刚被别人归好"):
        collected(one, world, head, "别的", a)
    with pytest.raises(Refused, match="已经有这一条"):
        collected(one, world, head, "主路缺路灯")
    with pytest.raises(Refused, match="一句话"):
        collected(one, world, head, " ")
    settled(opinion, head, Outcome.LEFT, answer="没有经费。")
    row, _one = queries.get_opinion(opinion, viewer=head)
    with pytest.raises(Refused, match="不能拆开"), transaction():
        service.take_apart(row, actor=head, now=clock.now())
    settled(opinion, head, Outcome.OPEN)
    assert queries.get_opinion(opinion, viewer=head)[0].answer == ""
    with transaction():
        service.take_apart(queries.get_opinion(opinion, viewer=head)[0], actor=head, now=clock.now())
    assert [note.id for note in queries.notes(one, viewer=head, village_id=village(world).id)] == [a]


def test_words_of_visits_stay_with_who_reads_visits(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    one, head, town = begun(world), viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.TOWN_MANAGER)
    a = visited(world, 0, "张三家说路灯少")
    assert queries.notes(one, viewer=town, village_id=village(world).id) == []
    with pytest.raises(Refused):
        collected(one, world, town, "主路缺路灯", a)
    opinion = collected(one, world, head, "主路缺路灯", a)
    row, _one = queries.get_opinion(opinion, viewer=town)
    assert queries.notes_of(row, viewer=town) == []
    for role in (Role.GRID_LEADER, Role.LIAISON):
        with pytest.raises(Missing):
            queries.get_opinion(opinion, viewer=viewer_of(role))
    with pytest.raises(Missing):
        collected(one, world, viewer_of(Role.DISPATCHER), "别的")


def test_the_pages_lead_from_the_campaign_to_what_became_of_it(app: Flask, world: World, client_as: ClientAs) -> None:
    with app.app_context():
        one = begun(world).id
        a = visited(world, 0, "路灯少")
    head, town = client_as(Role.VILLAGE_HEAD), client_as(Role.TOWN_MANAGER)
    url, homes = f"/affairs/campaigns/{one}", len(world.homes["village_a"])
    page = head.get(url).text
    assert "征求意见走访" in page
    assert f"上河村 {homes} 1 {homes - 1} 0 0 0 0" in body(head.get(url))
    left = head.get(f"{url}/homes?village={world.grids['village_a']}").text
    assert left.count(" data-row-link>") == homes - 1
    cell = client_as(Role.GRID_LEADER).get(url)
    assert "上河村" in body(cell)
    assert "/opinions?" not in cell.text, "who looks after a part of a village is given no door to the whole of it"
    assert "/homes?" not in town.get(url).text, "a desk without homes is given the number without a door"
    form = f"{url}/opinions?village={world.grids['village_a']}"
    assert "路灯少" in head.get(form).text
    wrong = head.post(form, data={"visits": [str(a)], "into": "0", "text": ""}).text
    assert "一句话写意见" in wrong
    assert re.search(rf'<input[^>]*checked[^>]*value="{a}"', wrong)
    assert head.post(form, data={"visits": [str(a)], "into": "0", "text": "主路缺路灯"}).status_code == 302
    seen = town.get(form).text
    assert "主路缺路灯" in seen
    assert "路灯少" not in seen
    opinion = re.search(r"/affairs/campaigns/opinions/(\d+)", head.get(form).text)
    assert opinion
    said = {"text": "主路缺路灯", "outcome": "left", "answer": ""}
    assert "为什么不采纳" in head.post(opinion[0], data=said).text
    assert head.post(opinion[0], data={**said, "answer": "没有经费。"}).status_code == 302
    assert "没有经费" in town.get(form).text
    assert f"上河村 {homes} 1 {homes - 1} 0 0 0 1" in body(town.get(url))


def test_a_page_of_many_asks_no_more_than_of_few(app: Flask, world: World, client_as: ClientAs) -> None:
    with app.app_context():
        one = begun(world).id
    head = client_as(Role.VILLAGE_HEAD)
    pages = [f"/affairs/campaigns/{one}{end}" for end in ("", "/opinions", "/homes")]
    for page in pages:
        head.get(page)
    few = [len(statements(app, lambda page=page: head.get(page))) for page in pages]  # type: ignore[misc]
    with app.app_context():
        for number in range(3):
            found = visited(world, number, f"意见{number}")
            collected(db.session.get_one(Campaign, one), world, MAKER, f"第{number}条", found)
            visited(world, number, f"又{number}")
    assert [len(statements(app, lambda page=page: head.get(page))) for page in pages] == few  # type: ignore[misc]
    assert all(count <= most for count, most in zip(few, MOST, strict=True)), few
