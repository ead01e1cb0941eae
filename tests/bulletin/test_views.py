"""The pages of announcements: happy, refused, forbidden."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gridcase.bulletin.models import Announcement, AnnouncementHome
from gridcase.core.db import db
from gridcase.people.rules import Role
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]
UUID = re.compile(r'name="client_uuid"[^>]*value="([0-9a-f-]{36})"')


def published(client: FlaskClient, world: World, **changes: object) -> str:
    """The address of a new announcement."""
    mark = UUID.search(client.get("/bulletin/new").text)
    assert mark
    words = {
        "client_uuid": mark[1], "title": "缴医保", "text": "月底前到村部。", "place": world.grids["village_a"],
        "until": "2026-11-30", **changes,
    }  # fmt: skip
    answer = client.post("/bulletin/new", data=words)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def counted(app: Flask, model: type) -> int:
    with app.app_context():
        number = db.session.scalar(select(func.count()).select_from(model)) or 0
        db.session.remove()
    return number


def test_from_the_village_to_the_door_and_back(app: Flask, client_as: ClientAs, world: World) -> None:
    head, liaison = client_as(Role.VILLAGE_HEAD), client_as(Role.LIAISON)
    assert "第一户勾“已说到”以前还能改" in head.get("/bulletin/new").text
    url = published(head, world)
    page = head.get(url).text
    assert "0 / 16 户" in page
    assert "现在还能改" in page
    assert "现在还能改" not in liaison.get(url).text
    assert "修改通知" in page
    assert "缴医保" in liaison.get("/inbox/").text
    homes = world.homes["circle"]
    own = liaison.get(url).text
    assert f'name="homes" value="{homes[0]}"' in own
    assert f'name="homes" value="{world.homes["paired"][0]}"' not in own
    answer = liaison.post(f"{url}/tell", data={"homes": homes[:2], "how": "phone"}, follow_redirects=True)
    assert "记下 2 户已说到" in answer.text
    page = head.get(url).text
    assert "2 / 16 户" in page
    assert "修改通知" not in page
    assert "现在还能改" not in page
    told = head.get(f"{url}?who=told").text
    assert "电话说" in told
    assert "赵大" not in told  # masked
    liaison.post(f"{url}/take-back/{homes[0]}")
    assert counted(app, AnnouncementHome) == 1


def test_all_of_the_circle_at_once(app: Flask, client_as: ClientAs, world: World) -> None:
    head, liaison = client_as(Role.VILLAGE_HEAD), client_as(Role.LIAISON)
    url = published(head, world)
    answer = liaison.post(f"{url}/tell?back=today", data={"all": "1", "how": "door"})
    assert answer.location == "/visits/"
    assert counted(app, AnnouncementHome) == 6
    assert "都说到了" in liaison.get(url).text


def test_what_is_missing_is_said_beside_the_field(app: Flask, client_as: ClientAs, world: World) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    mark = UUID.search(head.get("/bulletin/new").text)
    assert mark
    words = {"client_uuid": mark[1], "title": "", "text": "月底前", "until": "2026-11-01"}
    page = head.post("/bulletin/new", data=words | {"place": world.grids["village_a"]}).text
    assert "请写标题。" in page
    assert "月底前" in page
    page = head.post("/bulletin/new", data=words | {"title": "缴医保", "place": world.grids["village_a"]}).text
    assert "截止日期不能早于今天" in page
    page = head.post("/bulletin/new", data=words | {"title": "缴医保", "place": world.grids["village_b"]}).text
    assert "field-error" in page
    assert counted(app, Announcement) == 0


def test_edit_end_and_over(client_as: ClientAs, world: World) -> None:
    head, liaison = client_as(Role.VILLAGE_HEAD), client_as(Role.LIAISON)
    url = published(head, world)
    edited = head.post(f"{url}/edit", data={"title": "改期", "text": "下月五日", "until": "2026-12-05"})
    assert edited.location == url
    assert "改期" in liaison.get("/bulletin/").text
    head.post(f"{url}/end")
    assert "改期" not in liaison.get("/bulletin/").text
    assert "改期" in liaison.get("/bulletin/?state=over").text
    assert "已经结束" in head.post(f"{url}/end", follow_redirects=True).text
    assert 'name="homes"' not in liaison.get(url).text


def test_a_town_looks_into_a_village(client_as: ClientAs, world: World) -> None:
    manager, liaison = client_as(Role.TOWN_MANAGER), client_as(Role.LIAISON)
    url = published(manager, world, place=world.grids["town"])
    liaison.post(f"{url}/tell", data={"homes": world.homes["circle"][:1], "how": "door"})
    assert "下河村" in manager.get(url).text
    inside = manager.get(f"{url}?village={world.grids['village_a']}").text
    assert "第1网格" in inside
    assert manager.get(f"{url}?village={world.grids['other_village']}").status_code == 404
    assert "赵大" not in inside  # a manager sees no homes, only counts


def test_closed_to_others(client_as: ClientAs, world: World) -> None:
    url = published(client_as(Role.VILLAGE_HEAD), world)
    assert client_as(Role.LIAISON).get("/bulletin/new").status_code == 403
    assert client_as(Role.LIAISON).post(f"{url}/end").status_code == 403
    assert client_as(Role.DEPT).get(url).status_code == 403
    cell = published(client_as(Role.VILLAGE_HEAD), world, place=world.grids["village_a_cell_4"])
    assert client_as(Role.LIAISON).get(cell).status_code == 404
    other = client_as(Role.LIAISON).post(f"{url}/tell", data={"homes": world.homes["village_b"], "how": "door"})
    assert other.status_code == 404
