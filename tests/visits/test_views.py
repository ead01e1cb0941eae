"""The pages of a liaison as a thumb meets them."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.people.rules import Role
from gridcase.visits.models import Visit
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]
UUID = re.compile(r'name="client_uuid"[^>]*value="([0-9a-f-]{36})"')


def form_of(page: str, **changes: object) -> dict[str, object]:
    mark = UUID.search(page)
    assert mark
    when = re.search(r'name="visited_at"[^>]*value="([^"]+)"', page)
    assert when
    return {
        "client_uuid": mark[1], "visited_at": when[1], "mode": "home", "met": "1", "state": "safe", "purpose": "care",
        **changes,
    }  # fmt: skip


def counted(app: Flask, model: type) -> int:
    with app.app_context():
        number = db.session.scalar(select(func.count()).select_from(model)) or 0
        db.session.remove()
    return number


def test_today_lists_the_homes_due(client_as: ClientAs, world: World) -> None:
    page = client_as(Role.LIAISON).get("/visits/").text
    for home in world.homes["circle"]:
        assert f"/visits/log/{home}" in page
    assert f"/visits/log/{world.homes['paired'][0]}" not in page
    assert "超期 3 天" in page
    assert "赵大三" not in page  # names of heads are masked


def test_a_plain_visit_takes_three_taps(app: Flask, client_as: ClientAs, world: World) -> None:
    client, home = client_as(Role.LIAISON), world.homes["circle"][0]
    url = f"/visits/log/{home}"
    answer = client.post(url, data=form_of(client.get(url).text, ticks=["water", "medicine"]))
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert "记好了" in page
    assert f'"/visits/log/{home}" data-row-link' not in page  # due in three months: neither due nor coming
    listed = client.get(f"/visits/household/{home}").text
    assert "平安" in listed
    assert "用药" in listed


def test_where_nobody_was_met_the_state_is_chosen_by_itself(app: Flask, client_as: ClientAs, world: World) -> None:
    client, url = client_as(Role.LIAISON), f"/visits/log/{world.homes['circle'][0]}"
    for state in ("safe", None):
        form = form_of(client.get(url).text, met="0", state=state)
        page = client.post(url, data={key: value for key, value in form.items() if value}, follow_redirects=True).text
        assert "这次没有见到人，记下了" in page
    assert counted(app, Visit) == 2
    assert "和上次一样" not in client.get(url).text
    listed = client.get(f"/visits/household/{world.homes['circle'][0]}").text
    assert "没见到人" in listed
    assert "平安" not in listed


def test_each_form_has_its_own_mark_and_a_double_send_counts_once(
    app: Flask, client_as: ClientAs, world: World
) -> None:
    client, url = client_as(Role.LIAISON), f"/visits/log/{world.homes['circle'][0]}"
    first, second = form_of(client.get(url).text), form_of(client.get(url).text)
    assert first["client_uuid"] != second["client_uuid"]
    assert [client.post(url, data=first).status_code for _ in range(2)] == [302, 302]
    assert counted(app, Visit) == 1
    refused = client.post(url, data={**first, "met": "4"})
    assert "已经送出过" in refused.text
    assert counted(app, Visit) == 1


def test_a_demand_goes_along_and_a_tap_is_enough(app: Flask, client_as: ClientAs, world: World) -> None:
    client, url = client_as(Role.LIAISON), f"/visits/log/{world.homes['circle'][0]}"
    answer = client.post(url, data=form_of(client.get(url).text, case_class="0501"))
    assert answer.status_code == 302
    with app.app_context():
        case = db.session.scalars(select(Case)).one()
        assert (case.title, case.state) == ("停水与饮水安全", "registered")
        number = case.number
        db.session.remove()
    page = client.get("/visits/").text
    assert number in page
    assert "停水与饮水安全" in page


def test_settled_on_the_spot_in_the_same_form(app: Flask, client_as: ClientAs, world: World) -> None:
    client, url = client_as(Role.LIAISON), f"/visits/log/{world.homes['circle'][0]}"
    form = form_of(client.get(url).text, case_class="", other_class="0802", title="办老年证", solved="y")
    page = client.post(url, data=form).text
    assert "请写一句怎么办的" in page
    assert "请选群众的答复" in page
    assert form["client_uuid"] in page  # still the same form
    assert counted(app, Visit) == 0
    answer = client.post(url, data={**form, "result": "材料收齐，带去便民中心", "answer": "solved"})
    assert answer.status_code == 302
    with app.app_context():
        case = db.session.scalars(select(Case)).one()
        assert (case.state, case.answer, case.result) == ("closed", "solved", "材料收齐，带去便民中心")
        db.session.remove()


def test_what_is_missing_is_said_beside_the_field(app: Flask, client_as: ClientAs, world: World) -> None:
    client, url = client_as(Role.LIAISON), f"/visits/log/{world.homes['circle'][0]}"
    form = form_of(client.get(url).text, title="没有类别的诉求")
    del form["state"]
    page = client.post(url, data=form).text
    assert "请选这一户的情况" in page
    assert "请选诉求的类别" in page
    assert "没有类别的诉求" in page  # what was typed is kept
    late = client.post(url, data=form_of(client.get(url).text, visited_at="2026-11-01T09:00"))
    assert "最近七天" in late.text
    assert counted(app, Visit) == 0


def test_homes_of_others_are_not_there(client_as: ClientAs, world: World) -> None:
    client = client_as(Role.LIAISON)
    foreign, missing = world.homes["paired"][0], 999_999
    for path in ("log", "household"):
        answers = [client.get(f"/visits/{path}/{home}") for home in (foreign, missing)]
        assert [answer.status_code for answer in answers] == [404, 404]
    assert client_as(Role.DISPATCHER).get("/visits/").status_code == 403


def test_a_reader_without_the_right_to_visit_reads_only(client_as: ClientAs, world: World) -> None:
    page = client_as(Role.VILLAGE_SUPERVISOR).get(f"/visits/household/{world.homes['circle'][0]}")
    assert page.status_code == 200
    assert "/visits/log/" not in page.text
    assert "连心户" not in page.text
    assert "放心户" not in page.text  # who may not see the tier does not
