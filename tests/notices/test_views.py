"""The inbox: what is unread stands out, and opening it is what reads it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.notices import service
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]


def tell(app: Flask, world: World, number: str, *, urgent: bool = False) -> int:
    with app.app_context():
        with transaction():
            telling = service.Telling(
                rule="case_due", subject_kind="case", subject_id=int(number), due_at=clock.now(), place_path="/1/",
                text=N_("事件%(number)s已超期1个工作日，请协调。", number=number), link="/visits/",
                post_id=world.posts[Role.LIAISON], urgent=urgent,
            )  # fmt: skip
            notice_id = service.tell(telling, now=clock.now())
        db.session.remove()
    assert notice_id is not None
    return notice_id


def test_empty_inbox_says_what_would_come(client_as: ClientAs, world: World) -> None:
    assert "没有消息" in client_as(Role.LIAISON).get("/inbox/").text


def test_unread_stands_out_until_opened(app: Flask, client_as: ClientAs, world: World) -> None:
    notice_id = tell(app, world, "7", urgent=True)
    client = client_as(Role.LIAISON)
    page = client.get("/inbox/").text
    assert "未读" in page
    assert "紧急" in page
    assert "事件7已超期1个工作日" in page
    opened = client.post(f"/inbox/{notice_id}/open")
    assert opened.location == "/visits/"
    page = client.get("/inbox/").text
    assert "未读" not in page
    assert "事件7已超期1个工作日" in page


def test_two_clicks_at_once_are_one_reading(app: Flask, client_as: ClientAs, world: World) -> None:
    notice_id = tell(app, world, "9")
    client = client_as(Role.LIAISON)
    assert [client.post(f"/inbox/{notice_id}/open").status_code for _ in range(2)] == [302, 302]
    with app.app_context():
        notice = db.session.get_one(Notice, notice_id)
        someone = Viewer(kind="staff", name="-", user_id=world.users[Role.LIAISON])
        with transaction():
            service.mark_read(notice, actor=someone, now=clock.now())
        db.session.remove()


def test_only_the_addressed_post_reads_it(app: Flask, client_as: ClientAs, world: World) -> None:
    notice_id = tell(app, world, "8")
    stranger = client_as(Role.GRID_LEADER)
    assert "事件8" not in stranger.get("/inbox/").text
    assert stranger.post(f"/inbox/{notice_id}/open").status_code == 404
    assert stranger.get(f"/inbox/{notice_id}/open").status_code == 405
