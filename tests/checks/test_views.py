"""Announcements and checks where the work is: on Today and in the form of a visit."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gridcase.bulletin.models import AnnouncementHome
from gridcase.cases.models import Case
from gridcase.checks.models import HomeCheck
from gridcase.core.db import db
from gridcase.people.rules import Role
from gridcase.visits.models import Visit
from tests.bulletin.test_views import published
from tests.factories.world import World
from tests.visits.test_views import form_of

ClientAs = Callable[[Role | str], FlaskClient]


def counted(app: Flask, model: type) -> int:
    with app.app_context():
        number = db.session.scalar(select(func.count()).select_from(model)) or 0
        db.session.remove()
    return number


def test_today_says_what_to_pass_on_and_what_to_look_at(client_as: ClientAs, world: World) -> None:
    published(client_as(Role.VILLAGE_HEAD), world)
    page = client_as(Role.LIAISON).get("/visits/").text
    assert "月底前到村部" in page
    assert "6 户全部说到了" in page
    assert "森林防火和用电用火" in page
    assert "防汛" not in page  # not in November
    head = client_as(Role.VILLAGE_HEAD).get("/visits/").text
    assert "要传达的通知" not in head
    assert "逐户查" not in head


def test_a_look_on_a_visit(app: Flask, client_as: ClientAs, world: World) -> None:
    client, url = client_as(Role.LIAISON), f"/visits/log/{world.homes['circle'][0]}"
    page = client.get(url).text
    assert "电线有没有老化" in page
    answer = client.post(url, data=form_of(page, looked=["winter"], found=["B03"]))
    said = client.get(answer.location).text
    assert "查出 1 处隐患，已登记" in said
    assert (counted(app, HomeCheck), counted(app, Case)) == (2, 1)
    past = client.get(f"/visits/household/{world.homes['circle'][0]}").text
    assert "1 处有问题" in past
    assert "没有问题" in past
    assert "查过" in client.get(url).text


def test_told_on_a_visit(app: Flask, client_as: ClientAs, world: World) -> None:
    address = published(client_as(Role.VILLAGE_HEAD), world)
    client, home = client_as(Role.LIAISON), world.homes["circle"][0]
    url, number = f"/visits/log/{home}", address.rsplit("/", 1)[1]
    page = client.get(url).text
    assert "顺便说到的通知" in page
    client.post(url, data=form_of(page, mode="phone", told=[number]))
    assert "顺便说到的通知" not in client.get(url).text
    assert "电话说" in client.get(f"{address}?who=told").text
    assert counted(app, AnnouncementHome) == 1
    other = client.post(url, data=form_of(client.get(url).text, told=["987654"]))
    assert other.status_code == 200  # no such choice
    assert counted(app, Visit) == 1


def test_a_plain_visit_looks_at_nothing(app: Flask, client_as: ClientAs, world: World) -> None:
    client, url = client_as(Role.LIAISON), f"/visits/log/{world.homes['circle'][0]}"
    client.post(url, data=form_of(client.get(url).text))
    assert counted(app, HomeCheck) == 0
    refused = client.post(url, data=form_of(client.get(url).text, found=["F01"]))
    assert refused.status_code == 200  # not in season: no such choice
    assert counted(app, Case) == 0
