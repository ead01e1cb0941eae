"""The floors: a bare Flask application over plain SQL that shows the same rows, and nothing else.

No sign-in, no scope, no translation, no audit: what the machine could do at most with this framework and database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import orjson
from flask import Flask
from flask.testing import FlaskClient

from benchmarks.ground import Ground, raw_connection

_LIST = """
SELECT c.id, c.number, c.title, c.state, c.urgency, c.registered_at, c.due_at, k.zh, v.name, p.name, h.head_name
FROM "case" c JOIN case_class k ON k.id = c.class_id JOIN grid p ON p.id = c.grid_id
LEFT JOIN grid v ON v.id = c.village_id LEFT JOIN household h ON h.id = c.household_id
WHERE c.town_id = {town} AND c.closed_at IS NULL AND c.due_at IS NOT NULL ORDER BY c.due_at, c.id LIMIT 26
"""
_PAGE = """<!doctype html><title>floor</title><table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table>"""
_POINTS = (
    "SELECT p.case_id, ST_X(p.geom), ST_Y(p.geom), c.state, c.class_id FROM case_point p "
    'JOIN "case" c ON c.id = p.case_id WHERE c.closed_at IS NULL LIMIT 10000'
)
_INSERT = (
    'INSERT INTO "case" (number, class_id, title, text, channel, state, urgency, county_id, town_id, grid_id, path, '
    "anonymous, restricted, unsorted, registered_at, due_provisional, closed_late, answer_attempts, self_solved) "
    "SELECT {mark}, class_id, title, text, channel, 'registered', urgency, county_id, town_id, grid_id, path, "
    "anonymous, restricted, unsorted, registered_at, due_provisional, closed_late, answer_attempts, self_solved "
    'FROM "case" WHERE id = {first} RETURNING id'
)
_STEP = (
    "INSERT INTO case_step (case_id, seq, move, to_state, actor_name, actor_role, at, detail) "
    "SELECT {mark}, 1, 'register', 'registered', 'x', 'x', registered_at, '{{}}' FROM \"case\" WHERE id = {first}"
)
_TALLY = (
    "INSERT INTO case_tally (town_id, village_id, class_id, state, delta) "
    "SELECT town_id, village_id, class_id, 'registered', 1 FROM \"case\" WHERE id = {first}"
)


class Floor:
    """Plain SQL on the ground's database, through a bare Flask application where a page is compared."""

    def __init__(self, ground: Ground) -> None:
        self.kind = ground.name
        self.connection = raw_connection(ground)
        if self.kind == "sqlite":
            self.connection.isolation_level = None  # type: ignore[assignment]
        else:
            self.connection.autocommit = True
        self.mark = "?" if self.kind == "sqlite" else "%s"
        self.town = self.rows("SELECT id FROM grid WHERE level = 'town' ORDER BY id LIMIT 1")[0][0]
        self.case = self.rows(f'SELECT id FROM "case" WHERE town_id = {self.town} ORDER BY id DESC LIMIT 1')[0][0]
        self._number = count(1)
        self.client = self._app().test_client()

    def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        """All rows of a statement."""
        return self.connection.execute(sql).fetchall()

    def page(self, path: str) -> Callable[[], object]:
        """Ask the bare application for a page."""
        client: FlaskClient = self.client
        return lambda: _ok(client.get(path))

    def insert_cases(self, how_many: int) -> Callable[[], object]:
        """Insert so many cases in one transaction that is rolled back."""
        sql = _INSERT.format(mark=self.mark, first=self.case).replace(" RETURNING id", "")

        def run() -> None:
            self.connection.execute("BEGIN")
            cursor = self.connection.cursor()
            cursor.executemany(sql, [(f"I{next(self._number)}",) for _ in range(how_many)])
            self.connection.execute("ROLLBACK")

        return run

    def insert_notices(self, how_many: int) -> Callable[[], object]:
        """Tell so many cases in one statement, rolled back."""
        text = "'floor:' || c.id, 'floor', 'case', c.id, c.due_at, c.path, '{}', '/', false, c.registered_at"
        sql = (
            "INSERT INTO notice "
            "(key, rule, subject_kind, subject_id, due_at, place_path, text, link, urgent, created_at) "
            f'SELECT {text} FROM "case" c WHERE c.closed_at IS NULL AND c.due_at IS NOT NULL LIMIT {how_many}'
        )

        def run() -> None:
            for statement in ("BEGIN", sql, "ROLLBACK"):
                self.connection.execute(statement)

        return run

    def _app(self) -> Flask:
        app = Flask("floor")
        self._page = app.jinja_env.from_string(_PAGE)
        for view in (self.hello, self.list, self.one, self.counts, self.points, self.create):
            app.add_url_rule(f"/{view.__name__}", view_func=view)
        return app

    def hello(self) -> str:
        """The least a page can be."""
        return "hello"

    def list(self) -> str:
        """A page of 25 rows."""
        self._look_ups()
        return self._page.render(rows=self.rows(_LIST.format(town=self.town)))

    def one(self) -> str:
        """One case with its steps."""
        self._look_ups()
        case = self.rows(f'SELECT number, title, text, state, due_at FROM "case" WHERE id = {self.case}')
        steps = self.rows(f"SELECT seq, move, at, actor_name FROM case_step WHERE case_id = {self.case}")
        return self._page.render(rows=[*case, *steps])

    def counts(self) -> str:
        """The counters of a town."""
        self._look_ups()
        sql = f"SELECT village_id, state, SUM(delta) FROM case_tally WHERE town_id = {self.town} GROUP BY 1, 2"
        return self._page.render(rows=self.rows(sql))

    def points(self) -> bytes:
        """Open points as columns of JSON."""
        self._look_ups()
        return orjson.dumps(list(zip(*self.rows(_POINTS), strict=True)))

    def create(self) -> str:
        """A case with its first step and its counter, one commit."""
        self.connection.execute("BEGIN")
        self._look_ups()
        number = f"F{next(self._number)}"
        made = self.connection.execute(_INSERT.format(mark=self.mark, first=self.case), (number,)).fetchone()
        assert made is not None
        self.connection.execute(_STEP.format(mark=self.mark, first=self.case), (made[0],))
        self.connection.execute(_TALLY.format(first=self.case))
        self.connection.execute("COMMIT")
        return str(made[0])

    def _look_ups(self) -> None:
        """A session and a post: no page does without."""
        for sql in ('SELECT id, auth_version FROM "user" LIMIT 1', "SELECT id, role, place_path FROM post LIMIT 1"):
            self.rows(sql)


def _ok(response: Any) -> Any:
    assert response.status_code == 200, response.status
    return response
