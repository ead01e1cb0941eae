"""Every route x every role x {own, sibling village, other town, other county, missing}.

The routes come from the application, the expectations from `tests.house.reach`; a route without a line there fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from gridcase.app import create_app
from gridcase.core.db import OPEN, db
from tests.conftest import MONDAY, open_session
from tests.factories.objects import Thing
from tests.factories.snapshot import differences, everything
from tests.factories.world import World
from tests.house.asked import listening
from tests.house.conftest import Furnished
from tests.house.plain import Drawing, plain_answers
from tests.house.reach import FIXED, OWN, PUBLIC, PUBLIC_ROOMS, TABLE, reaches
from tests.house.roles import ANCHORED, EVERYBODY, Row

SIX_PLACES = ("own", "paired", "sibling village", "other town", "other county", "missing")
# The second database walks the same conditions: it tries what is own, what is foreign and what is missing, every page
# with one role of every other kind of post (see `House.asked_again`), and no door that is closed before anything is
# looked for.
FEWER_PLACES = ("own", "paired", "other town", "missing")
WRITES, NOT_THERE, CLOSED = "writes", 404, 403
NOT_DRAWN = (NOT_THERE, CLOSED)
ROLES = sorted(EVERYBODY)
UNLIKE = re.compile(r'nonce="[^"]*"|name="csrf_token"[^>]*>')


class Held(Exception):
    """A write reached its commit and was stopped there: allowed, and nothing is changed."""


@dataclass
class House:
    """The application with one object of each kind per place."""

    app: Flask
    world: World
    things: list[Thing]
    drawing: Drawing
    second: bool = False
    rows: dict[str, Row] = field(default_factory=lambda: {row.endpoint: row for row in TABLE})

    def rules(self) -> list[Rule]:
        """The routes that are not open to all."""
        rules = sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.rule)
        public = (*PUBLIC_ROOMS, "sync_api.")  # by a token of its own: tests/sync/test_door.py
        return [one for one in rules if not (one.endpoint in PUBLIC or one.endpoint.startswith(public))]

    def rules_for(self, role: str) -> list[Rule]:
        """The routes a role tries here."""
        if not self.second:
            return self.rules()
        rules = [one for one in self.rules() if one.endpoint in self.rows]
        return [one for number, one in enumerate(rules) if role in self.asked_again(self.rows[one.endpoint], number)]

    def asked_again(self, row: Row, number: int) -> list[str]:
        """Who tries a route on the second database. What is seen there depends on where a post is tied to, so of each
        kind one role stands for the others, in turn, and the kinds take turns too."""
        kinds = [sorted(kind & row.may) for kind in ANCHORED if kind & row.may]
        return [kind[number // 2 % len(kind)] for place, kind in enumerate(kinds) if place % 2 == number % 2] or kinds[
            0
        ]

    def client(self, role: str) -> FlaskClient:
        """Signed in once for all requests of a role."""
        client, token = self.app.test_client(), open_session(self.app, self.world.users[role])
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        return client

    def tried(self, row: Row, role: str) -> list[Thing]:
        """The objects a role tries at a route; one nameless thing where the route names none."""
        if not row.kind:
            return [Thing("", "own", 0)]
        mine = [thing for thing in self.things if thing.kind == row.kind]
        if role not in row.may:  # the door is closed before anything is looked for
            return [thing for thing in mine if thing.name in OWN][:1] or mine[:1]
        places = FEWER_PLACES if self.second else SIX_PLACES
        return mine if row.every else [thing for thing in mine if thing.name in places]

    def methods(self, rule: Rule, row: Row, role: str) -> list[str]:
        """How a role asks: at a closed door once."""
        known = sorted(rule.methods - {"HEAD", "OPTIONS"})
        return known if role in row.may else known[-1:]

    def path(self, rule: Rule, method: str, thing: Thing) -> str:
        """The address of a thing at a route."""
        values = {name: FIXED.get(name, thing.id) for name in rule.arguments}
        path: str = self.app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
        return path


@pytest.fixture(scope="module")
def house(furnished: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Opened once a worker and database; the tests leave it as it was."""
    templates, things = furnished
    with pytest.MonkeyPatch.context() as patch, plain_answers() as drawing:
        patch.setenv("GRIDCASE_NOW", MONDAY)
        config = templates.copy(tmp_path_factory.mktemp("matrix"))
        app = create_app(config)
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        yield House(app, templates.world, things, drawing, second=templates.kind == "postgresql")
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        templates.drop(config)


@contextmanager
def nothing_is_committed() -> Iterator[None]:
    """Writes run up to their commit, which raises."""

    def stop(session: Session) -> None:
        if session.info.get(OPEN):  # what was only read ends with a commit too
            raise Held

    event.listen(Session, "before_commit", stop)
    try:
        yield
    finally:
        event.remove(Session, "before_commit", stop)


def expected(row: Row, role: str, thing: Thing) -> set[Any]:
    """What this role must get here."""
    if role not in row.may:
        return {CLOSED}
    if row.kind and not reaches(role, thing):
        return {NOT_THERE}
    return {200, 204, 302, 400, 409, WRITES}


@dataclass
class Answer:
    """Status and body without what differs by request."""

    status: Any
    body: str = ""


def ask(client: FlaskClient, method: str, path: str) -> Answer:
    """One request with an empty form."""
    try:
        answer = client.open(path, method=method)
    except Held:
        return Answer(WRITES)
    except Exception as error:
        return Answer(f"raised {error!r}"[:200])
    if answer.status_code == 302:  # what it wanted to say on the next page would make that one differ
        with client.session_transaction() as session:
            session.pop("_flashes", None)
    return Answer(answer.status_code, UNLIKE.sub("", _words(answer).replace(path, "PATH")))


def _words(answer: Any) -> str:
    """What an answer says; a sheet is no text, its cells are looked at by the tests of its own room."""
    return answer.get_data().decode("utf-8", "replace")


def test_every_route_is_listed(house: House) -> None:
    """A new route needs a line in `tests.house.reach`; a line without a route is dead."""
    assert {rule.endpoint for rule in house.rules()} == set(house.rows)


@pytest.mark.parametrize("role", ROLES)
def test_access_matrix(house: House, role: str) -> None:
    client, before, wrong, unlike = house.client(role), everything(house.app), {}, []
    with nothing_is_committed():
        for rule in house.rules_for(role):
            row = house.rows.get(rule.endpoint)
            for method in house.methods(rule, row, role) if row else ():
                bodies, house.drawing.on = set(), method == "GET" and not house.second
                for thing in house.tried(row, role):
                    path = house.path(rule, method, thing)
                    got, want = ask(client, method, path), expected(row, role, thing)
                    house.drawing.on = house.drawing.on and got.status in NOT_DRAWN  # one page of each is enough
                    if got.status not in want:
                        wrong[f"{method} {rule.rule} [{thing.name}]"] = (got.status, sorted(map(str, want)))
                    if want == {NOT_THERE}:
                        bodies.add(got.body)
                if len(bodies) > 1:
                    unlike.append(f"{method} {rule.rule}")
    assert wrong == {}
    assert unlike == [], "what is foreign and what is missing must read alike"
    assert differences(before, everything(house.app)) == {}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_is_asked_to_sign_in(house: House, method: str) -> None:
    client, wrong = house.app.test_client(), {}
    own = next(thing for thing in house.things if thing.name == "own")
    before = everything(house.app, but=frozenset())
    for rule in house.rules():
        if method in rule.methods:
            answer = client.open(house.path(rule, method, own), method=method)
            asked = answer.status_code == 302 and (answer.location or "").startswith("/sign-in")
            if not asked and answer.status_code != 401:
                wrong[rule.rule] = answer.status_code
    assert wrong == {}
    assert differences(before, everything(house.app, but=frozenset())) == {}


# Told to single posts, kept by single persons.
ONE_PERSONS = frozenset({"notice", "own_channel", "own_phone", "own_box", "view"})
# What the house holds nothing of for a role: visitors somebody else wrote down, what is a whole village's, cases that
# were not sent to the county, reservations of homes that are nobody's pair.
NOT_HERE = frozenset({
    *(("visitor", role) for role in ("liaison", "party_contact", "grid_leader", "section_leader", "parttime_grid")),
    ("hot", "grid_leader"), ("hot", "section_leader"), ("mediation", "county_dept"), ("mediation", "county_dispatcher"),
    ("paper", "county_dispatcher"), ("redemption", "party_contact"), ("proof", "party_contact"),
    ("led", "grid_leader"), ("report run", "county_manager"), ("mate", "grid_leader"),
    ("supervised decision", "resident"), ("plain case", "county_dispatcher"), ("campaign action", "grid_leader"),
    ("kept campaign", "grid_leader"), ("campaign opinion", "grid_leader"),
})  # fmt: skip


def test_every_role_that_may_enter_reaches_something(house: House) -> None:
    """The counter-proof: the matrix would also hold in a house where every door is locked."""
    locked = {
        (row.kind, role)
        for row in TABLE
        if row.kind and row.kind not in ONE_PERSONS
        for role in row.may
        if not any(reaches(role, thing) for thing in house.things if thing.kind == row.kind)
    }
    assert locked == NOT_HERE
    for kind in {thing.kind for thing in house.things}:
        assert any(reaches(role, thing) for thing in house.things if thing.kind == kind for role in ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_no_page_names_what_its_reader_may_not_see(house: House, role: str) -> None:
    """Lists, counts, suggestions: what is foreign is not in any page, whatever the link asks for."""
    client, leaks, house.drawing.on = house.client(role), {}, True
    foreign = [thing for thing in house.things if thing.mark and not reaches(role, thing)]
    villages = [thing.id for thing in house.things if thing.kind == "village"]
    some = villages[:: 3 if house.second else 2]
    queries = ["tab=all&q=记号", "q=号", *(f"village={key}&tab=all" for key in some)]
    with listening(house.app) as asked:
        for rule in house.rules_for(role):
            row = house.rows.get(rule.endpoint)
            if row is None or row.kind or role not in row.may or "GET" not in rule.methods:
                continue
            path = house.path(rule, "GET", Thing("", "own", 0))
            asked.forget()
            answers = {path: _words(client.get(path))}
            answers |= {
                f"{path}?{query}": _words(client.get(f"{path}?{query}")) for query in filter(asked.any_of, queries)
            }
            named = {link: [thing.name for thing in foreign if thing.mark in text] for link, text in answers.items()}
            leaks |= {link: names for link, names in named.items() if names}
    assert leaks == {}
