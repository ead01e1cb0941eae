"""The floors: what the machine could do at most with this framework and database, as the peer was measured beside.

A bare Flask application over narrow tables: no sign-in, no scope, no translation, no audit. 25 rows by SQLAlchemy Core
and one Jinja loop, with two look-ups for the session; the same rows by the driver through orjson; a hundred counters;
a case, an event and a counter in one commit; COPY in with five indexes; COPY out; one UPDATE with its events.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import orjson
import psycopg
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from benchmarks.ground import Ground, plain, raw_connection
from benchmarks.timing import spent
from gridcase.core.db import engine_options, prepare_engine

COPIED = 20_000  # rows of the floor of an import
_COLUMNS = "id, village_id, class_id, state, urgency, title, registered_at"
_LIST = (
    f'SELECT {_COLUMNS} FROM "case" WHERE village_id = {{village}} ORDER BY registered_at DESC, id DESC LIMIT 25'
)  # fmt: skip
_PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>案件列表</title></head>
<body><nav>{% for n in ["工作台","案件","地图","统计","网格","设置"] %}<a href="/{{ loop.index }}">{{ n }}</a>
{% endfor %}</nav><form method="get"><input name="q"><select name="state">{% for s in range(5) %}
<option value="{{ s }}">{{ s }}</option>{% endfor %}</select></form>
<table><thead><tr>{% for n in ["编号","村","类别","状态","优先级","标题","时间"] %}<th>{{ n }}</th>{% endfor %}</tr>
</thead><tbody>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table></body></html>"""
_POINTS = (
    "SELECT p.case_id, ST_X(p.geom), ST_Y(p.geom), c.state, c.class_id FROM case_point p "
    'JOIN "case" c ON c.id = p.case_id WHERE c.closed_at IS NULL LIMIT 10000'
)
_LOOK_UPS = ("SELECT id, n FROM floor_counter WHERE id = 1", "SELECT id, n FROM floor_counter WHERE id = 2")
_NEW = (
    "INSERT INTO floor_new (village, kind, status, prio, title, body, made) "
    "VALUES (3, '道路设施', 1, 3, '村道塌了一块', '请来看一看', '2026-11-22 02:00:00') RETURNING id",
    "INSERT INTO floor_event (case_id, what, who) VALUES (:id, 'created', 1)",
    "INSERT INTO floor_delta (village, status, d) VALUES (3, 1, 1)",
)
_TABLES = """
CREATE TABLE floor_new (id {serial}, village INTEGER, kind TEXT, status INTEGER, prio INTEGER, title TEXT, body TEXT,
                        made {time});
CREATE INDEX floor_new_village ON floor_new (village, made DESC, id DESC);
CREATE INDEX floor_new_status ON floor_new (status, made);
CREATE TABLE floor_event (id {serial}, case_id INTEGER, what TEXT, who INTEGER);
CREATE INDEX floor_event_case ON floor_event (case_id, id);
CREATE TABLE floor_delta (village INTEGER, status INTEGER, d INTEGER);
CREATE TABLE floor_counter (id {serial}, village INTEGER, state TEXT, n INTEGER);
INSERT INTO floor_counter (village, state, n) SELECT village_id, state, sum(delta) FROM case_tally
  GROUP BY village_id, state ORDER BY village_id, state LIMIT 100;
CREATE INDEX floor_counter_village ON floor_counter (village, state)
"""
_COPY_TABLE = (
    "CREATE TABLE floor_copy (id {serial}, village INTEGER NOT NULL, kind TEXT NOT NULL, status INTEGER NOT NULL, "
    "prio INTEGER NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, made {time} NOT NULL, geom {point}, due {time})"
)
_COPY_INDEXES = (
    "CREATE INDEX floor_copy_village ON floor_copy (village, made DESC, id DESC)",
    "CREATE INDEX floor_copy_made ON floor_copy (made DESC, id DESC)",
    "CREATE INDEX floor_copy_due ON floor_copy (due) WHERE status IN (1, 2)",
    "CREATE INDEX floor_copy_title ON floor_copy (title)",
    "CREATE INDEX floor_copy_geom ON floor_copy {using} (geom)",
)
_INTO = "floor_copy (village, kind, status, prio, title, body, made, geom, due)"
_OUT = 'SELECT id, number, class_id, title, state, urgency, village_id, registered_at, due_at, text FROM "case"'
_WORDS = {
    "sqlite": {"serial": "INTEGER PRIMARY KEY", "time": "TEXT", "point": "TEXT", "using": ""},
    "postgresql": {
        "serial": "SERIAL PRIMARY KEY", "time": "TIMESTAMPTZ", "point": "geometry(Point, 4326)", "using": "USING gist",
    },
}  # fmt: skip


class Floor:
    """Plain SQL on the ground's database, through a bare Flask application where a page is compared."""

    def __init__(self, ground: Ground) -> None:
        self.kind, self.words = ground.name, _WORDS[ground.name]
        self.connection = raw_connection(ground)
        self.owner: Any = self.connection
        if self.kind == "sqlite":
            self.connection.isolation_level = None  # type: ignore[assignment]
        else:
            self.connection.autocommit = True
            self.owner = psycopg.connect(plain(ground.config.owner_url), autocommit=True)
        # Of its own: what it rolls back would make psycopg forget the application's prepared statements.
        url = ground.config.url
        self.engine = create_engine(url, **engine_options(url, pool_size=ground.config.pool_size))
        prepare_engine(self.engine)
        self.watch = spent(self._backends)
        for statement in _TABLES.format(**self.words).split(";"):
            self.owner.execute(statement)
        self.town = self.rows("SELECT id FROM grid WHERE level = 'town' ORDER BY id LIMIT 1")[0][0]
        found = f'SELECT id, village_id FROM "case" WHERE town_id = {self.town} ORDER BY id DESC LIMIT 1'
        self.case, self.village = self.rows(found)[0]

        self._round = count(1)
        self.client = self._app().test_client()

    def close(self) -> None:
        """Let the database go."""
        self.engine.dispose()
        self.connection.close()
        if self.owner is not self.connection:
            self.owner.close()

    def _backends(self) -> list[int]:
        """The processes that answer; SQLite answers in this one."""
        if self.kind == "sqlite":
            return []
        asked = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        return [row[0] for row in self.owner.execute(asked).fetchall()]

    def database(self) -> float:
        """Seconds on processors of the database alone; of SQLite those of this process."""
        return self.watch() - (time.process_time() if self.kind == "postgresql" else 0)

    def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        """All rows of a statement by the driver alone."""
        return self.connection.execute(sql).fetchall()

    def page(self, path: str) -> Callable[[], object]:
        """Ask the bare application for a page."""
        client: FlaskClient = self.client
        return lambda: _ok(client.get(path))

    def copy_in(self) -> None:
        """Twenty thousand cases into a fresh table with five indexes: COPY, or one INSERT many times on SQLite."""
        self.owner.execute(_COPY_TABLE.format(**self.words))
        rows = [
            (n % 20, "道路设施", n % 5, 3, f"村道塌了一块{n}", "请来看一看，路灯坏了，请尽快处理。" * 4,
             f"2026-03-{n % 28 + 1:02d} 09:{n % 60:02d}:00", f"SRID=4326;POINT({112 + n / 1e6} {28 + n / 1e6})",
             f"2026-04-{n % 28 + 1:02d} 09:00:00")
            for n in range(COPIED)
        ]  # fmt: skip
        if self.kind == "sqlite":
            self.owner.execute("BEGIN")
            self.owner.cursor().executemany(f"INSERT INTO {_INTO} VALUES (?,?,?,?,?,?,?,?,?)", rows)
        else:
            with self.owner.cursor() as cursor, cursor.copy(f"COPY {_INTO} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        for index in _COPY_INDEXES:
            self.owner.execute(index.format(**self.words))
        if self.kind == "sqlite":
            self.owner.execute("COMMIT")
        self.owner.execute("DROP TABLE floor_copy")

    def copy_out(self) -> int:
        """Every case as CSV, thrown away; returns how many bytes."""
        if self.kind == "postgresql":
            with (
                self.connection.cursor() as cursor,
                cursor.copy(f"COPY ({_OUT}) TO STDOUT (FORMAT csv, HEADER)") as copy,
            ):
                return sum(len(part) for part in copy)
        size, cursor = 0, self.connection.execute(_OUT)
        while part := cursor.fetchmany(1000):
            target = io.StringIO(newline="")
            csv.writer(target).writerows(part)
            size += len(target.getvalue().encode())
        return size

    def escalate(self, until: str) -> Callable[[], object]:
        """One UPDATE of every open case that is due, and an event for each; rolled back."""
        due = f"closed_at IS NULL AND soon_at <= '{until}'"
        changed = f'UPDATE "case" SET answer_attempts = answer_attempts + 1 WHERE {due}'
        events = "INSERT INTO floor_event (case_id, what, who) SELECT id, 'due', 0 FROM"
        statements = [changed, f'{events} "case" WHERE {due}']
        if self.kind == "postgresql":
            statements = [f"WITH u AS ({changed} RETURNING id) {events} u"]

        def run() -> None:
            for statement in ("BEGIN", *statements, "ROLLBACK"):
                self.connection.execute(statement)

        return run

    def _app(self) -> Flask:
        app = Flask("floor")
        self._page = app.jinja_env.from_string(_PAGE)
        for view in (
            self.hello,
            self.list,
            self.one,
            self.json_rows,
            self.json_one,
            self.counts,
            self.points,
            self.create,
        ):
            app.add_url_rule(f"/{view.__name__}", view_func=view)
        return app

    def hello(self) -> str:
        """The least a page can be."""
        return "hello"

    def list(self) -> str:
        """25 rows and two look-ups."""
        with self.engine.connect() as connection:
            for sql in _LOOK_UPS:
                connection.execute(text(sql)).first()
            return self._page.render(rows=connection.execute(text(_LIST.format(village=self.village))).all())

    def one(self) -> str:
        """One case with its steps, and two look-ups."""
        case = f'SELECT number, title, text, state, due_at FROM "case" WHERE id = {self.case}'
        steps = f"SELECT seq, move, at, actor_name FROM case_step WHERE case_id = {self.case}"
        with self.engine.connect() as connection:
            found = [row for sql in (*_LOOK_UPS, case, steps) for row in connection.execute(text(sql))]
        return self._page.render(rows=found[2:])

    def json_rows(self) -> Response:
        """The 25 rows by the driver and orjson."""
        return _json([tuple(row) for row in self.rows(_LIST.format(village=self.village))])

    def json_one(self) -> Response:
        """One case and its steps by the driver and orjson."""
        case = self.rows(f'SELECT {_COLUMNS}, text FROM "case" WHERE id = {self.case}')
        steps = self.rows(f"SELECT seq, move, at FROM case_step WHERE case_id = {self.case}")
        return _json([tuple(row) for row in (*case, *steps)])

    def counts(self) -> Response:
        """A hundred counters."""
        with self.engine.connect() as connection:
            rows = connection.execute(text("SELECT village, state, n FROM floor_counter ORDER BY 1, 2")).all()
        return _json([tuple(row) for row in rows])

    def points(self) -> Response:
        """Ten thousand open points as columns of JSON."""
        return _json([list(column) for column in zip(*self.rows(_POINTS), strict=True)])

    def create(self) -> str:
        """A case, an event and a counter, one commit."""
        with self.engine.begin() as connection:
            made = connection.execute(text(_NEW[0])).scalar_one()
            connection.execute(text(_NEW[1]), {"id": made})
            connection.execute(text(_NEW[2]))
        return str(made)


def _json(found: Any) -> Response:
    return Response(orjson.dumps(found), mimetype="application/json")


def _ok(response: Any) -> Any:
    assert response.status_code == 200, response.status
    return response
