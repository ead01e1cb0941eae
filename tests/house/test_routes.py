"""Every route says who may enter, what is open to all is a short list, and looking changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.core.config import Config
from gridcase.core.paging import encode_mark
from gridcase.people.rules import Role
from gridcase.web.access import access_of
from tests.conftest import MONDAY
from tests.factories.snapshot import differences, everything
from tests.house.asked import listening
from tests.house.conftest import Furnished
from tests.house.plain import Drawing, plain_answers
from tests.house.reach import FIXED, OWN, TABLE

# Open to everybody, each with its reason.
PUBLIC = {
    "health.healthz": "a supervisor has no account",
    "health.readyz": "a supervisor has no account",
    "users.sign_in": "nobody is signed in yet",
    "users.set_locale": "the sign-in page has a language too",
    "users.set_large_text": "the sign-in page is read by old people too",
    "people.check_certificate": "whoever is shown a certificate may ask whether it holds",
    **dict.fromkeys(
        ("phone.shell", "phone.shell_english", "phone.worker", "phone.manifest", "phone.icon"),
        "the app's page holds nothing of anybody",
    ),
    "affairs.sign_in": "who signs in at an activity by the code on the table needs no account",
    "sync_api.openapi": "whoever writes an app for phones reads how it syncs",
    "cases_api.openapi": "whoever writes a program that reads cases reads how",
    "resident.demand": "a villager needs no account to say what is the matter",
    "resident.services": "a villager needs no account to find where he is served and when",
    "resident.legal": "a villager needs no account to find where the law is explained",
    **dict.fromkeys(
        (
            "resident.look_up",
            "resident.own",
            "resident.give_word",
            "resident.add_word",
            "resident.withdraw",
            "resident.reopen",
            "resident.leave",
        ),
        "a case opens to its reporter's own secret",
    ),
    **dict.fromkeys(
        ("shop.check", "shop.use_proof"), "a merchant's staff have no account: the customer's code of 30 minutes is it"
    ),
}
# Invented examples, never there in production (see test_production_has_no_style_guide).
STYLE_GUIDE = "styleguide."
# Open to every account, whatever its posts.
SIGNED_IN = {
    "home.index", "users.sign_out", "users.change_password", "sync.session", "sync.add_device", "sync.devices",
    "sync.lose_device", "sync.file_kept", "sync.disown_kept",
}  # fmt: skip
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
CRAWLERS = [Role.LIAISON, Role.VILLAGE_HEAD, Role.DISPATCHER, Role.TOWN_MANAGER, Role.REVIEW_MEMBER, Role.AUDITOR]
ODD = "&tab=x&state=x&light=x&major=x&tier=x&due=x&listed=x&q=%00%27%22%3C%25&date=x&show=x&household=x&lon=x&lat=x"
# Links that were typed, cut or changed by hand: marks of another shape, numbers no row can have.
WITHOUT_MARKS = [
    f"after=%FF%00&village=x{ODD}",
    f"village={10**30}&due=today&lon=1e999&lat=nan&household={10**30}",
]
ODD_ARGUMENTS = [
    *(f"after={encode_mark(values)}{ODD}" for values in (["x"], [10**30], [None, None], ["2026-01-01T00:00:00", 5])),
    *(f"after={encode_mark(values)}{ODD}" for values in (["x", "x"], [{}], ["2026-01-01", "x"], [1, 2, 3])),
    *WITHOUT_MARKS,
]


def test_every_view_says_who_may_enter(app: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and access_of(app, rule.endpoint) is None
    ]
    assert silent == []


def test_what_is_open_is_a_short_list(app: Flask) -> None:
    public, signed_in = set(), set()
    for endpoint in {rule.endpoint for rule in app.url_map.iter_rules()} - {"static"}:
        access = access_of(app, endpoint)
        if access is not None and access.token:
            continue  # each asks for a token of its own: tests/sync/test_door.py
        if access is not None and access.signed_in:
            signed_in.add(endpoint)
        elif access is not None and access.public:
            assert not access.permissions, f"{endpoint} is public and asks for rights"
            public.add(endpoint)
    assert {one for one in public if not one.startswith(STYLE_GUIDE)} == set(PUBLIC)
    assert signed_in == SIGNED_IN


def test_looking_has_no_method_that_writes(app: Flask) -> None:
    """A page that is only read is not reachable by POST, and nothing unsafe answers to GET alone."""
    assert {method for rule in app.url_map.iter_rules() for method in rule.methods} <= {
        "GET", "HEAD", "OPTIONS", *UNSAFE,
    }  # fmt: skip


@pytest.fixture
def drawing() -> Iterator[Drawing]:
    """Turns the drawing of pages off and on."""
    with plain_answers() as turned:
        yield turned


@pytest.fixture
def config(furnished: Furnished, drawing: Drawing, tmp_path: Path, at: Callable[[str], None]) -> Iterator[Config]:
    """The settings of a copy that holds an object of each kind."""
    at(MONDAY)
    fresh = furnished[0].copy(tmp_path)
    yield fresh
    furnished[0].drop(fresh)


@pytest.fixture
def own_ids(furnished: Furnished) -> dict[str, int]:
    """The own object of each kind."""
    return {thing.kind: thing.id for thing in furnished[1] if thing.name in OWN}


def _readable(app: Flask, own_ids: dict[str, int]) -> list[str]:
    """The address of every route that answers GET, with the own object of its kind."""
    adapter, kinds = app.url_map.bind("localhost"), {row.endpoint: row.kind for row in TABLE}
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint != "static" and not access_of(app, rule.endpoint).token:
            values = {name: own_ids.get(kinds.get(rule.endpoint, ""), FIXED.get(name)) for name in rule.arguments}
            found.append(adapter.build(rule.endpoint, values))
    return sorted(found)


@pytest.mark.parametrize("role", CRAWLERS)
def test_looking_at_everything_changes_nothing(
    app: Flask, client_as: Callable[[str], FlaskClient], own_ids: dict[str, int], role: Role
) -> None:
    client = client_as(role)
    before, answers = everything(app), {path: _status(client, path) for path in _readable(app, own_ids)}
    assert {path: status for path, status in answers.items() if status not in (200, 204, 302, 403, 404)} == {}
    assert differences(before, everything(app)) == {}
    assert list(answers.values()).count(200) > 3


def _status(client: FlaskClient, path: str) -> object:
    try:
        return client.get(path).status_code
    except Exception as error:
        return repr(error)[:200]


@pytest.mark.parametrize("role", [Role.VILLAGE_HEAD, Role.REVIEW_MEMBER])
def test_odd_links_are_answered(
    app: Flask, client_as: Callable[[str], FlaskClient], own_ids: dict[str, int], drawing: Drawing, role: Role
) -> None:
    """A link that was changed by hand reads as one without the change, or is not there; it never breaks."""
    client, answers, turning = client_as(role), {}, []
    with listening(app) as asked:
        for path in _readable(app, own_ids):
            asked.forget()
            drawing.on = True  # once a page; how else it was asked changes what is looked for, not how it is drawn
            answers[path] = _status(client, f"{path}?{ODD_ARGUMENTS[0]}")
            drawing.on = False
            turning += [path] if asked.any_of("after") else []
            others = ODD_ARGUMENTS[1:] if asked.any_of("after") else WITHOUT_MARKS
            if asked.any_of("&".join(ODD_ARGUMENTS)):
                answers |= {f"{path}?{query}": _status(client, f"{path}?{query}") for query in others}
    assert {path: status for path, status in answers.items() if status not in (200, 204, 302, 403, 404)} == {}
    assert len(turning) > 2, "pages that turn over are there to be tried"


def test_a_number_no_row_can_have_is_not_there(app: Flask, client_as: Callable[[str], FlaskClient]) -> None:
    client, huge = client_as(Role.VILLAGE_HEAD), dict.fromkeys({row.kind for row in TABLE}, 10**30)
    paths = [path for path in _readable(app, huge) if str(10**30) in path]
    assert {path: status for path in paths if (status := _status(client, path)) not in (403, 404)} == {}
    assert len(paths) > 5
