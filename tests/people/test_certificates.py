"""Certificates: the choice behind them, numbers nobody else has, terms, revoking, and what a stranger may read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.grid import service as grids
from gridcase.grid.models import Grid
from gridcase.people import queries, service
from gridcase.people.models import Certificate, Post
from gridcase.people.rules import CERTIFICATE_SETTING, Candidate, MeetingKind, Role, Standing, standing_on
from gridcase.people.service import Election
from tests.factories.world import MAKER, SINCE, World

TODAY = date(2026, 11, 23)
ELECTION = Election(
    elected_on=date(2026, 1, 10), meeting=MeetingKind.COURTYARD, candidate=Candidate.RETIRED, led_by="村民小组长",
    term_from=date(2026, 1, 15), term_to=date(2029, 1, 15), votes=13, oath_on=date(2026, 1, 15),
)  # fmt: skip


def certify(world: World, post_id: int | None = None, **changes: object) -> Certificate:
    post = db.session.get_one(Post, post_id or world.posts[Role.LIAISON])
    holder = queries.holders_on(post.id, on=TODAY)[0]
    with transaction():
        return service.certify(
            post, actor=MAKER, person_id=holder.person_id, now=clock.now(),
            election=dataclasses.replace(ELECTION, **changes),  # type: ignore[arg-type]
        )  # fmt: skip


def another_post(world: World, village: str, code: str) -> int:
    place = db.session.get_one(Grid, world.grids[village])
    with transaction():
        person = service.add_person(actor=MAKER, name="李代表", place_path=place.path, now=clock.now())
        post = service.add_post(
            actor=MAKER, code=code, role=Role.LIAISON, title="联户代表", place=place, now=clock.now(), valid_from=SINCE
        )
        service.appoint(actor=MAKER, post=post, person_id=person.id, valid_from=SINCE, now=clock.now())
        return post.id


def test_every_number_is_given_once(ctx: Flask, world: World) -> None:
    posts = [world.posts[Role.LIAISON], another_post(world, "village_a", "A2"), another_post(world, "village_b", "B1")]
    numbers = [certify(world, post).number for post in posts]
    assert numbers == ["LH2026-990101100201-001", "LH2026-990101100201-002", "LH2026-990101100202-001"]
    assert certify(world, posts[0], term_from=date(2026, 6, 1)).number == "LH2026-990101100201-003"


def test_a_county_chooses_its_scheme(ctx: Flask, world: World) -> None:
    with transaction():
        county = db.session.get_one(Grid, world.grids["county"])
        grids.set_setting(
            actor=MAKER, place=county, key=CERTIFICATE_SETTING, value={"prefix": "DB", "digits": 4}, valid_from=SINCE,
            now=clock.now(),
        )  # fmt: skip
    assert certify(world).number == "DB2026-990101100201-0001"


def test_a_new_certificate_ends_the_older_one(ctx: Flask, world: World) -> None:
    older = certify(world)
    certify(world, term_from=date(2026, 9, 1))
    assert standing_on(older, date(2026, 8, 31)) == Standing.VALID
    assert standing_on(older, TODAY) == Standing.REVOKED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"elected_on": date(2026, 12, 1), "term_from": date(2026, 12, 2)}, "elected_on"),
        ({"term_from": date(2026, 1, 9)}, "term_from"),
        ({"term_to": date(2026, 1, 15)}, "term_to"),
        ({"term_to": date(2040, 1, 1)}, "term_to"),
        ({"votes": None}, "votes"),
    ],
)
def test_what_cannot_be_is_refused(ctx: Flask, world: World, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        certify(world, **changes)
    assert refusal.value.field == field
    assert queries.certificates_of(world.posts[Role.LIAISON]) == []


def test_a_term_runs_out(ctx: Flask, world: World) -> None:
    one = certify(world)
    days = [date(2026, 1, 14), date(2026, 1, 15), date(2029, 1, 14), date(2029, 1, 15)]
    assert [standing_on(one, day) for day in days] == [
        Standing.COMING, Standing.VALID, Standing.VALID, Standing.EXPIRED,
    ]  # fmt: skip


def test_revoking_once(ctx: Flask, world: World) -> None:
    one = certify(world)
    with transaction():
        service.revoke(one, actor=MAKER, on=TODAY, why="搬走", now=clock.now())
    assert standing_on(one, TODAY) == Standing.REVOKED
    with pytest.raises(Refused), transaction():
        service.revoke(one, actor=MAKER, on=TODAY, why="再一次", now=clock.now())


def test_who_is_replaced_has_no_certificate_from_that_day_on(ctx: Flask, world: World) -> None:
    one, day = certify(world), date(2026, 12, 1)
    post, now = db.session.get_one(Post, world.posts[Role.LIAISON]), clock.now()
    with transaction():
        service.replace_holder(post, actor=MAKER, person_id=one.person_id, start=TODAY, now=now)
    assert standing_on(one, TODAY) == Standing.VALID, "appointed again, he keeps it"
    with transaction():
        other = service.add_person(actor=MAKER, name="李代表", place_path=post.place_path, now=now)
        service.replace_holder(post, actor=MAKER, person_id=other.id, start=day, now=now)
    assert (one.revoked_on, one.revoked_why) == (day, "离任")


def test_a_number_that_is_taken_is_refused(ctx: Flask, world: World) -> None:
    certify(world, number="A-1")
    with pytest.raises(Refused, match="A-1") as refusal:
        certify(world, another_post(world, "village_b", "B1"), number="A-1")
    assert refusal.value.field == "number"


def test_only_those_that_hold_are_printed(ctx: Flask, world: World) -> None:
    one, other = certify(world), certify(world, another_post(world, "village_a", "A2"))
    village = db.session.get_one(Grid, world.grids["village_a"])
    assert {row.id for row in queries.to_print(village.path, on=TODAY, viewer=MAKER)} == {one.id, other.id}
    with transaction():
        service.revoke(other, actor=MAKER, on=TODAY, why="搬走", now=clock.now())
    assert [row.id for row in queries.to_print(village.path, on=TODAY, viewer=MAKER)] == [one.id]


@pytest.fixture
def issued(app: Flask, world: World) -> tuple[int, str]:
    """Id and token of a certificate."""
    with app.app_context():
        one = certify(world)
        found = one.id, one.token
        db.session.remove()
    return found


def test_a_stranger_reads_number_village_and_a_masked_name(app: Flask, issued: tuple[int, str]) -> None:
    stranger = app.test_client()
    answer = stranger.get(f"/people/c/{issued[1]}")
    assert answer.status_code == 200
    assert "这张代表证有效" in answer.text
    assert "LH2026-990101100201-001" in answer.text
    assert "上河村" in answer.text
    assert "测****表" in answer.text
    for words in ("测试联户代表", "院落会", "139"):
        assert words not in answer.text, words
    assert stranger.get("/people/c/unknown").status_code == 404
    assert stranger.get(f"/people/certificates/{issued[0]}").status_code == 302


def test_the_code_of_a_revoked_one_says_so(
    app: Flask, issued: tuple[int, str], client_as: Callable[[Role], FlaskClient]
) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    page = head.get(f"/people/certificates/{issued[0]}").text
    assert "data:image/svg+xml" in page
    url = f"/people/certificates/{issued[0]}/revoke"
    assert "请写明撤销原因" in head.post(url, data={"start": "2026-11-23"}).text
    assert head.post(url, data={"start": "2026-11-23", "why": "不再担任"}).status_code == 302
    assert "现在无效：已撤销" in app.test_client().get(f"/people/c/{issued[1]}").text
    assert "还没有可以打印的代表证" in head.get("/people/certificates/print").text
    assert client_as(Role.GRID_LEADER).post(url).status_code == 403


def test_recording_a_choice_on_the_page(world: World, client_as: Callable[[Role], FlaskClient]) -> None:
    head, url = client_as(Role.VILLAGE_HEAD), f"/people/posts/{world.posts[Role.LIAISON]}/certificate"
    data = {
        "elected_on": "2026-11-20", "meeting": "group", "led_by": "钱组长", "candidate": "deputy",
        "term_from": "2026-11-23", "until": "2029-11-22",
    }  # fmt: skip
    assert "至少一项" in head.post(url, data=data).text
    answer = head.post(url, data={**data, "signatures": "14"}, follow_redirects=True)
    assert "LH2026-990101100201-001" in answer.text
    assert "2029年11月22日" in answer.text
    leader_post = f"/people/posts/{world.posts[Role.GRID_LEADER]}/certificate"
    assert "只给联户代表发证" in head.post(leader_post, data={**data, "signatures": "14"}).text


def test_the_code_of_somebody_who_left_the_post_says_so(
    app: Flask, world: World, issued: tuple[int, str], client_as: Callable[[Role], FlaskClient]
) -> None:
    post_id = world.posts[Role.LIAISON]
    with app.app_context():
        with transaction():
            post = db.session.get_one(Post, post_id)
            service.end_holding(post, actor=MAKER, on=TODAY, open_work=[], now=clock.now())
        db.session.remove()
    assert "现在无效：持证人已不担任这个岗位" in app.test_client().get(f"/people/c/{issued[1]}").text
    head = client_as(Role.VILLAGE_HEAD)
    assert "持证人已不担任这个岗位" in head.get(f"/people/certificates/{issued[0]}").text
    assert "LH2026-990101100201-001" not in head.get(f"/liaisons/{post_id}").text
