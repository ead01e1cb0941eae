"""The four councils and the review group: what they lack, terms that end, the opinions they give."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.people import queries, service
from gridcase.people.models import Organisation, Person
from gridcase.people.rules import BodyKind, Capacity, Role, Sitting, Tag, missing_in
from tests.factories import decisions
from tests.factories.world import MAKER, SINCE, World

ClientAs = Callable[[Role | str], FlaskClient]
TODAY = date(2026, 11, 23)
C = Capacity


def sat(*capacities: str, rank: int = 2, **about: bool) -> list[Sitting]:
    return [Sitting("成员", rank, one, None, **about) for one in capacities]


@pytest.mark.parametrize(
    ("kind", "seats", "said"),
    [
        (BodyKind.MORAL, sat("", "", ""), ""),
        (BodyKind.MORAL, sat("", ""), "至少要 3 人"),
        (BodyKind.REVIEW, sat(C.CADRE, C.GROUP_LEADER, C.REPRESENTATIVE, C.PARTY), ""),
        (BodyKind.REVIEW, sat(C.CADRE, C.GROUP_LEADER, C.CADRE), "还缺：村民代表、党员。"),
        (BodyKind.REVIEW, sat(C.GROUP_LEADER, C.REPRESENTATIVE, C.REPRESENTATIVE, party=True, cadre=True), ""),
        (BodyKind.REDWHITE, sat(*[C.OLD_CADRE] * 10, rank=1, head=True), ""),
        (BodyKind.REDWHITE, sat(*[C.OLD_CADRE] * 10, rank=1), "会长应由"),
        (BodyKind.REDWHITE, sat(*[C.HOST] * 6, C.PARTY, rank=1, head=True), "乡贤 6 名，一般要 10 名左右"),
        (BodyKind.ANTIDRUG, [Sitting("委员", 2, "", date(2026, 12, 31))] * 3, "3 人的任期到 2026年12月30日 届满"),
        (BodyKind.ANTIDRUG, [Sitting("委员", 2, "", date(2027, 3, 1))] * 3, ""),
    ],
)
def test_what_a_council_lacks_is_said(kind: BodyKind, seats: list[Sitting], said: str) -> None:
    words = "".join(str(one) for one in missing_in(kind, seats, on=TODAY))
    assert said in words if said else words == ""


@pytest.fixture
def village(world: World) -> Grid:
    return db.session.get_one(Grid, world.grids["village_a"])


def sit(body: Organisation, person: int, capacity: str = "", rank: int = 2) -> None:
    with transaction():
        service.seat(
            body, actor=MAKER, person_id=person, title="会长" if rank == 1 else "成员", rank=rank, start=SINCE,
            end=None, capacity=capacity, now=clock.now(),
        )  # fmt: skip


@pytest.mark.usefixtures("ctx")
def test_the_register_knows_party_members_cadres_and_who_leads(village: Grid, world: World) -> None:
    with transaction():
        redwhite = decisions.council(village, BodyKind.REDWHITE, now=clock.now())
        review = decisions.council(village, BodyKind.REVIEW, now=clock.now())
        committee = decisions.council(village, BodyKind.VILLAGE_COMMITTEE, now=clock.now())
        cards = {card.kind: card for card in queries.councils_of(village, on=TODAY)}
        assert cards[BodyKind.MORAL].body_id is None
        head, other, third = (
            queries.holders_on(world.posts[role], on=TODAY)[0].person_id
            for role in (Role.VILLAGE_HEAD, Role.LIAISON, Role.GRID_LEADER)
        )
        member = db.session.get_one(Person, other)
        service.tag(member, actor=MAKER, kind=Tag.PARTY_MEMBER, start=SINCE, end=None, now=clock.now())
    sit(redwhite, other, rank=1)
    assert "会长应由" in "".join(map(str, queries.missing_of(redwhite, on=TODAY)))
    sit(redwhite, other)
    sit(redwhite, head, rank=1)
    assert "会长应由" not in "".join(map(str, queries.missing_of(redwhite, on=TODAY)))
    sit(review, other, C.GROUP_LEADER)  # a party member by the register
    sit(committee, third)
    sit(review, third, C.REPRESENTATIVE)  # of the committee
    sit(review, head)
    assert queries.missing_of(review, on=TODAY) == []
    assert queries.review_group(village, on=TODAY) == queries.ReviewGroup(voting=1, seated_only=3, voting_only=1)
    assert queries.council_sizes([village.id], on=TODAY) == {(village.id, "redwhite"): 2, (village.id, "review"): 3}


def test_a_council_on_its_pages(app: Flask, client_as: ClientAs, world: World) -> None:
    head, village = client_as(Role.VILLAGE_HEAD), world.grids["village_a"]
    page = head.get("/people/councils").text
    assert "岗位上的 1 人表决" in page, "who votes are the holders of the posts, and the page leads there"
    assert "role=review_member" in page
    assert page.count("还没有设立") == 5
    url = f"/people/organisations/new?at={village}&amp;kind=redwhite"
    assert url in page, "one click to set it up"
    data = {"kind": "redwhite", "name": "上河村红白理事会", "start": "2026-01-01", "parent": ""}
    made = head.post(url.replace("&amp;", "&"), data=data, follow_redirects=True)
    assert "至少要 3 人" in made.text
    body = made.request.path
    seat = {"person": "new", "title": "会长", "rank": "1", "start": "2026-01-01", "capacity": "host"}
    named = head.post(f"{body}/seats?q=周会长", data={**seat, "until": "2026-12-31"}, follow_redirects=True).text
    assert "红白事主事人" in named
    assert "1 人的任期到 2026年12月31日 届满" in named
    assert "会长应由村党支部书记或村主任担任" in head.get(f"/people/councils?village={village}").text
    assert "请写明意见" in head.post(f"{body}/opinions/new", data={}).text
    counts = {"entitled": "7", "present": "6", "in_favour": "3"}
    data = {"title": "李家办事从简", "text": "符合标准", "held_on": "2026-11-20", **counts}
    assert "至少要 4 人同意" in head.post(f"{body}/opinions/new", data=data).text
    page = head.post(f"{body}/opinions/new", data={**data, "in_favour": "5"}, follow_redirects=True).text
    assert "意见已登记，编号 2026-01" in page
    assert "打印意见书" in page
    assert "李家办事从简" in head.get(body).text
    watch = client_as(Role.VILLAGE_SUPERVISOR)
    assert "登记意见" not in watch.get(body).text
    assert watch.get(f"{body}/opinions/new").status_code == 403
    assert "上河村" in client_as(Role.TOWN_MANAGER).get("/people/councils").text
    assert client_as(Role.RESIDENT).get("/people/councils").status_code == 403
