"""What the forms cost: counted without a person, written in one go, told of no form that few people use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from statistics import median

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from gridcase.core.db import db, transaction
from gridcase.core.form_uses import STEPS, Use, step_of
from gridcase.core.permissions import Permission, Viewer
from gridcase.dashboard.models import FormFieldUse, FormMinutes, FormUse
from gridcase.dashboard.queries import burden as queries
from gridcase.dashboard.rules.burden import Cost, median_of, months_back, never_filled
from gridcase.dashboard.rules.form_titles import TITLES
from gridcase.dashboard.service.burden import fold
from gridcase.dashboard.views import burden as views
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from gridcase.web import burden
from gridcase.web.burden import Tally
from tests.factories.world import World

ViewerOf = Callable[[Role | str], Viewer]
ClientAs = Callable[[Role | str], FlaskClient]
TODAY, MONTH = date(2026, 11, 23), date(2026, 11, 1)
FORM = "affairs.new_campaign"


def path_of(world: World, name: str) -> str:
    return db.session.get_one(Grid, world.grids[name]).path


def written(world: World, form: str, place: str = "town", month: date = MONTH, **values: object) -> None:
    use = Use(last_opened=TODAY, **values)  # type: ignore[arg-type]
    with transaction():
        fold({(month, path_of(world, place), form): use})


def test_a_form_that_was_opened_and_sent_is_counted_and_written(app: Flask, world: World, client_as: ClientAs) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    head.get("/affairs/campaigns/new")
    head.get("/affairs/campaigns/new")
    head.post("/affairs/campaigns/new", data={"name": ""})
    app.extensions["gridcase_burden"].every = 0
    made = head.post(
        "/affairs/campaigns/new",
        data={
            "name": "清沟渠", "place": world.grids["village_a"], "begins_on": "2026-11-01", "ends_on": "2026-12-01",
            "kinds": ["doors"], "client_uuid": "8c6e8f0e-6f0c-4a4e-9c39-6d2f6f0c4a4e",
        },
    )  # fmt: skip
    assert made.status_code == 302
    made.close()  # as a server does when the answer has left
    with app.app_context():
        row = db.session.scalars(select(FormUse)).one()
        assert (row.form, row.opened, row.sent, row.refused) == (FORM, 2, 1, 1)
        assert (row.month, row.town, row.last_opened_on) == (MONTH, path_of(world, "town"), TODAY)
        fields = {each.field: (each.asked, each.empty) for each in db.session.scalars(select(FormFieldUse))}
        assert fields == {
            "名称": (1, 0), "在哪里": (1, 0), "从哪天": (1, 0), "到哪天": (1, 0), "记哪些数": (1, 0), "做什么": (1, 1),
            "逐户走访，征求意见：听到的意见按村归类，写明结果": (1, 0),
        }  # fmt: skip


def test_what_cannot_be_written_breaks_nothing(
    app: Flask, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_uses: object) -> None:
        raise OSError

    monkeypatch.setattr("gridcase.app.fold", fails)
    app.extensions["gridcase_burden"].every = 0
    answer = client_as(Role.VILLAGE_HEAD).post("/affairs/campaigns/new", data={})
    answer.close()
    assert answer.status_code == 200


def test_a_read_writes_nothing(app: Flask, client_as: ClientAs) -> None:
    app.extensions["gridcase_burden"].every = 0
    client_as(Role.VILLAGE_HEAD).get("/affairs/campaigns/new")
    with app.app_context():
        assert db.session.scalars(select(FormUse)).all() == []


def test_nothing_says_who(app: Flask) -> None:
    names = {column.name for model in (FormUse, FormFieldUse, FormMinutes) for column in model.__table__.columns}
    assert not names & {"user_id", "person_id", "post_id", "village_id", "path", "at"}


def test_counts_of_processes_add_up_and_few_users_are_not_told_of(
    ctx: Flask, world: World, viewer_of: ViewerOf
) -> None:
    for _process in range(2):
        written(world, "a", opened=5, sent=3, refused=1, fields={"名称": [3, 0], "备注": [3, 3]}, minutes={2: 3})
    written(world, "few", opened=9, sent=9)
    written(world, "a", place="other_town", opened=50)
    written(world, "a", month=date(2026, 7, 1), opened=50)
    every, one = frozenset(Permission), frozenset({Permission.MANAGE_TOWN})
    forms = {"a": queries.Form("甲", every), "b": queries.Form("乙", every), "few": queries.Form("丙", one)}
    found = queries.burden(viewer_of(Role.TOWN_MANAGER), forms, today=TODAY, months=3)
    (cost,) = found.costs
    assert (cost.opened, cost.sent, cost.given_up, cost.refused) == (10, 6, 4, 2)
    assert (cost.asked, cost.empty, cost.asked_each, cost.empty_share) == (12, 6, 2.0, 0.5)
    assert cost.median(STEPS) == 0.8
    assert (found.unused, found.untold) == (["b"], 1)
    county = queries.burden(viewer_of(Role.COUNTY_MANAGER), forms, today=TODAY, months=3)
    assert county.costs[0].opened == 60
    town = db.session.get_one(Grid, world.grids["other_town"])
    alone = queries.burden(viewer_of(Role.COUNTY_MANAGER), forms, today=TODAY, months=3, town=town)
    assert (alone.costs, alone.untold) == ([], 3)  # nobody holds a post there
    written(world, "c", place="other_town", opened=7, sent=7)
    alone = queries.burden(
        viewer_of(Role.COUNTY_MANAGER), forms | {"c": queries.Form("丁", every)}, today=TODAY, months=3
    )
    assert "c" not in [cost.form for cost in alone.costs]  # many could open it, nobody where it was used


def test_the_page_is_for_who_answers_for_a_place(world: World, app: Flask, client_as: ClientAs) -> None:
    with app.app_context():
        written(world, "visits.log", opened=30, sent=25, fields={"备注": [25, 25]}, minutes={3: 25})
    manager = client_as(Role.TOWN_MANAGER)
    text = manager.get("/dashboard/burden/").get_data(as_text=True)
    assert "备注" in text
    assert "问了 25 次" in text
    assert manager.get("/dashboard/burden/?town=999999").status_code == 404
    assert manager.get("/dashboard/burden/export").mimetype.endswith("sheet")
    assert client_as(Role.VILLAGE_HEAD).get("/dashboard/burden/").status_code == 403


def test_every_form_has_a_title_of_its_own_a_town_can_read(app: Flask) -> None:
    with app.test_request_context():
        titles = {endpoint: str(views.title_of(endpoint)) for endpoint in views._endpoints()}
    assert [endpoint for endpoint, title in titles.items() if title == endpoint] == []
    assert [title for title, times in Counter(titles.values()).items() if times > 1] == []
    assert set(TITLES) <= set(titles)


@given(st.lists(st.floats(0, 59), min_size=1, max_size=80))
def test_a_median_out_of_steps_lies_in_the_step_of_the_true_one(times: list[float]) -> None:
    steps: dict[int, int] = {}
    for each in times:
        steps[step_of(each)] = steps.get(step_of(each), 0) + 1
    found = median_of(steps, STEPS)
    assert found is not None
    low, high = sorted(times)[(len(times) - 1) // 2], sorted(times)[len(times) // 2]
    edges = [0.0, *STEPS]
    assert edges[step_of(low)] - 0.06 <= found <= edges[step_of(high) + 1] + 0.06
    assert low <= median(times) <= high


def test_how_old_a_forms_mark_is() -> None:
    made = URLSafeTimedSerializer("secret", salt=burden.SALT).dumps("x")
    _value, at = URLSafeTimedSerializer("secret", salt=burden.SALT).loads(made, return_timestamp=True)
    assert burden.minutes_since(made, "secret", now=at.timestamp() + 90) == 1.5
    assert burden.minutes_since(made, "other", now=at.timestamp()) is None
    assert burden.minutes_since(made, "secret", now=at.timestamp() - 5) is None
    assert burden.minutes_since("", "secret", now=0) is None


def test_small_arithmetic() -> None:
    assert [months_back(date(2026, 1, 31), count) for count in (1, 3, 12)] == [
        date(2026, 1, 1), date(2025, 11, 1), date(2025, 2, 1),
    ]  # fmt: skip
    cost = Cost("a", "甲", sent=30, fields={"备注": (30, 30), "名称": (30, 1), "#": (90, 90), "少": (3, 3)})
    assert [(label, asked) for _cost, label, asked in never_filled([cost])] == [("备注", 30)]
    assert median_of({}, STEPS) is None
    assert median_of({len(STEPS): 9, 0: 1}, STEPS) == median_of({0: 1}, STEPS)  # left lying


def test_counting_is_taken_out_once_and_not_too_often() -> None:
    tally = Tally(every=3600)
    tally.opened((MONTH, "/1/2/", "a"), on=TODAY)
    assert tally.due() is None
    tally.every = 0
    taken = tally.due()
    assert taken is not None
    assert taken[MONTH, "/1/2/", "a"].opened == 1
    assert tally.due() is None
