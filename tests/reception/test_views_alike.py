"""What becomes a case at a door: cases that may be the same matter, classes the words sound like; figures say what part
of the register they count."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from gridcase.cases.models import Case
from gridcase.people.rules import Role
from gridcase.reception.models import MeetingOutcome
from tests.factories.pages import body
from tests.factories.world import World
from tests.reception.test_views import filled, rows

ClientAs = Callable[[Role | str], FlaskClient]
BRIDGE = "三组机耕桥的护栏断了一截"


def register(client: FlaskClient, world: World, matter: str = BRIDGE, **more: str) -> FlaskClient:
    url = f"/reception/{world.grids['village_a']}/day?on=2026-11-23"
    form = filled(
        client, url, matter=matter, outcome="case", case_class="0503", text="护栏断了两米多，过桥不放心。",
        grid=str(world.grids["village_a"]), **more,
    )  # fmt: skip
    return client.post(url, data=form, follow_redirects=True)


def test_a_visitors_matter_that_is_known_is_shown_first_and_can_join(
    app: Flask, client_as: ClientAs, world: World
) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    assert "编号 GC" in body(register(head, world, name="文德胜"))
    first = rows(app, Case)[0]
    asked = register(head, world, "机耕桥护栏断了一截", name="周大有")
    assert "是不是下面这件事？" in body(asked)
    assert first.number in asked.text
    assert "周大有" in asked.text, "what was typed is still there"
    assert len(rows(app, Case)) == 1
    register(head, world, "机耕桥护栏断了一截", name="周大有", looked="1", same_as=first.number)
    assert [one.state for one in rows(app, Case)] == ["registered", "duplicate"]
    register(head, world, "机耕桥护栏断了一截", name="彭家宝", looked="1", same_as="")
    assert [one.state for one in rows(app, Case)] == ["registered", "duplicate", "registered"]


def test_an_outcome_of_a_meeting_gets_its_class_suggested_and_the_known_case_shown(
    app: Flask, client_as: ClientAs, world: World
) -> None:
    head, village = client_as(Role.VILLAGE_HEAD), world.grids["village_a"]
    register(head, world)
    url = f"/reception/{village}/meetings/new"
    form = filled(
        head, url, nature="courtyard", held_on="2026-11-20", topic="冬修水利", present="30",
        outcomes=f"路口没有路灯，要加两盏\n{BRIDGE}，要修",
    )  # fmt: skip
    head.post(url, data=form)
    lamp, bridge = rows(app, MeetingOutcome)
    page = head.get(f"/reception/outcomes/{lamp.id}/case")
    assert "听起来像" in page.text
    assert "因为说到：路灯" in page.text
    assert "2026年11月20日 会议" in page.text
    assert "是不是下面这件事？" not in page.text
    page = head.get(f"/reception/outcomes/{bridge.id}/case")
    assert "是不是下面这件事？" in page.text
    assert rows(app, Case)[0].number in page.text


def test_who_reads_a_part_of_the_register_is_not_told_that_nobody_came(
    app: Flask, client_as: ClientAs, world: World
) -> None:
    register(client_as(Role.VILLAGE_HEAD), world)
    at_home, url = "2026-11-23", f"/reception/{world.grids['village_a']}/day?on=2026-11-23"
    liaison, head = client_as(Role.LIAISON), client_as(Role.VILLAGE_HEAD)
    said = body(liaison.get(url))
    assert "没有您看得到的来访" in said
    assert "还没有人来" not in said
    assert "只算您看得到的来访" in body(liaison.get(f"/reception/figures?quarter={at_home}"))
    assert "只算您看得到的来访" not in body(head.get(f"/reception/figures?quarter={at_home}"))
    assert "只算您看得到的来访" not in body(head.get(url))


def test_a_past_day_shows_no_nought_to_who_cannot_see(
    client_as: ClientAs, world: World, at: Callable[[str], None]
) -> None:
    register(client_as(Role.VILLAGE_HEAD), world)
    at("2026-11-26T10:00:00+08:00")
    past = body(client_as(Role.LIAISON).get("/reception/"))
    assert "看不到" in past[past.index("以往") :]
    past = body(client_as(Role.VILLAGE_HEAD).get("/reception/"))
    assert "看不到" not in past[past.index("以往") :]
