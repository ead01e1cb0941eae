"""Where opinions belong, and two people at the same opinion at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from gridcase.affairs.models import Campaign, CampaignOpinion
from gridcase.affairs.queries import opinions as queries
from gridcase.affairs.queries.campaigns import actions_of
from gridcase.affairs.rules.opinions import Outcome
from gridcase.affairs.service import opinions as service
from gridcase.affairs.service.opinions import Settled
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.affairs.test_opinions import begun, collected, village, visited
from tests.factories.viewers import viewer_from
from tests.factories.world import MAKER, World
from tests.points.test_races import together

ViewerOf = Callable[[Role | str], Viewer]
ClientAs = Callable[[Role | str], FlaskClient]
TRIES = 4


# --- where opinions belong


def test_opinions_belong_to_villages_of_the_campaign(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    one, town = begun(world, "village_b"), viewer_of(Role.TOWN_MANAGER)
    with pytest.raises(Missing):
        collected(one, world, town, "主路缺路灯")


def test_a_campaign_that_does_not_ask_takes_no_opinions(app: Flask, world: World, client_as: ClientAs) -> None:
    with app.app_context():
        one, head = begun(world), viewer_from(db.session.get_one(User, world.users[Role.VILLAGE_HEAD]))
        asked_no_more(one)
        with pytest.raises(Refused, match="不征求意见"):
            collected(one, world, head, "主路缺路灯")
        url = f"/affairs/campaigns/{one.id}"
        db.session.remove()
    for end in ("opinions", "homes"):
        assert client_as(Role.VILLAGE_HEAD).get(f"{url}/{end}").status_code == 404


def test_opinions_heard_before_it_asked_no_more_stay_to_be_read(app: Flask, world: World, client_as: ClientAs) -> None:
    with app.app_context():
        one = begun(world)
        collected(one, world, viewer_from(db.session.get_one(User, world.users[Role.VILLAGE_HEAD])), "主路缺路灯")
        asked_no_more(one)
        url = f"/affairs/campaigns/{one.id}/opinions"
        db.session.remove()
    page = client_as(Role.VILLAGE_HEAD).get(url).text
    assert "主路缺路灯" in page
    assert "归成意见" not in page


def asked_no_more(one: Campaign) -> None:
    with transaction():
        for action in actions_of([one.id]):
            action.purpose = ""
        service.audit.record(actor=MAKER, action="test", subject_kind="campaign", subject_id=one.id, now=clock.now())


# --- two at once


def test_the_last_writer_does_not_win_unseen(app: Flask, world: World, client_as: ClientAs) -> None:
    with app.app_context():
        one = begun(world)
        opinion = collected(one, world, viewer_from(db.session.get_one(User, world.users[Role.VILLAGE_HEAD])), "缺路灯")
        db.session.remove()
    page = f"/affairs/campaigns/opinions/{opinion}"
    head, town = client_as(Role.VILLAGE_HEAD), client_as(Role.TOWN_MANAGER)
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', head.get(page).text)
    assert seen
    said = {"text": "缺路灯", "outcome": "answered", "answer": "明年装。", "seen": seen[1]}
    assert town.post(page, data=said).status_code == 302
    late = head.post(page, data={**said, "outcome": "left", "answer": "没有经费。"}).text
    assert "别人已经改过" in late
    assert "没有经费。" in late, "what was typed stays"
    with app.app_context():
        assert db.session.get_one(CampaignOpinion, opinion).answer == "明年装。"


def test_what_was_just_taken_apart_is_missing(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    one, head = begun(world), viewer_of(Role.VILLAGE_HEAD)
    key = collected(one, world, head, "主路缺路灯")
    row, _one = queries.get_opinion(key, viewer=head)
    taken_elsewhere(key)
    with pytest.raises(Missing), transaction():
        service.settle(row, actor=head, what=Settled("路灯", Outcome.OPEN), now=clock.now())
    with pytest.raises(Missing), transaction():
        service.take_apart(row, actor=head, now=clock.now())
    visit = visited(world, 0, "路灯少")
    with pytest.raises(Missing), transaction():
        service.collect(one, village(world), actor=head, visit_ids=[visit], text="", into=key, now=clock.now())


def taken_elsewhere(key: int) -> None:
    """As another process would: this session goes on holding the row."""
    with transaction():
        db.session.connection().execute(delete(CampaignOpinion).where(CampaignOpinion.id == key))
        service.audit.record(actor=MAKER, action="test", subject_kind="campaign", subject_id=None, now=clock.now())


def test_two_settled_to_the_same_words_at_once_are_one_and_a_clear_no(app: Flask, world: World) -> None:
    with app.app_context():
        one, head = begun(world), the_head(world)
        keys = [collected(one, world, head, text) for text in ("缺路灯", "路太黑")]
        db.session.remove()

    def same(key: int) -> str:
        row, _one = queries.get_opinion(key, viewer=head)
        try:
            with transaction():
                service.settle(row, actor=head, what=Settled("主路缺路灯", Outcome.OPEN), now=clock.now())
        except Refused as refused:
            return str(refused.text)
        return "settled"

    for _try in range(TRIES):
        assert sorted(said[:9] for said in together(app, *(partial(same, key) for key in keys))) == [
            "settled", "已经有这一条意见了",
        ]  # fmt: skip
        with app.app_context():
            for key, text in zip(keys, ("缺路灯", "路太黑"), strict=True):
                row, _one = queries.get_opinion(key, viewer=head)
                with transaction():
                    service.settle(row, actor=head, what=Settled(text, Outcome.OPEN), now=clock.now())
            db.session.remove()


def test_one_filled_while_it_is_taken_apart_is_one_and_a_clear_no(app: Flask, world: World) -> None:
    with app.app_context():
        begun_id, head, visit = begun(world).id, the_head(world), visited(world, 0, "路灯少")
        db.session.remove()

    def fill(key: int) -> str:
        one, place = db.session.get_one(Campaign, begun_id), village(world)
        try:
            with transaction():
                service.collect(one, place, actor=head, visit_ids=[visit], text="", into=key, now=clock.now())
        except Missing:
            return "missing"
        return "filled"

    def apart(key: int) -> str:
        row, _one = queries.get_opinion(key, viewer=head)
        with transaction():
            service.take_apart(row, actor=head, now=clock.now())
        return "apart"

    for number in range(TRIES):
        with app.app_context():
            key = collected(db.session.get_one(Campaign, begun_id), world, head, f"缺路灯{number}")
            db.session.remove()
        filled, taken = together(app, partial(fill, key), partial(apart, key))
        assert filled in ("filled", "missing")
        assert taken == "apart"
        with app.app_context():
            assert db.session.get(CampaignOpinion, key) is None
            db.session.remove()


def the_head(world: World) -> Viewer:
    return viewer_from(db.session.get_one(User, world.users[Role.VILLAGE_HEAD]))
