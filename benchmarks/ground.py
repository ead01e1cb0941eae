"""What is measured on: a database of either kind filled by `gridcase.seed.scale`, and signed-in clients."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url, select, update

from gridcase.app import create_app
from gridcase.core import clock, migrate
from gridcase.core.clock import town_day
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.grid.models import Grid
from gridcase.people import service as people
from gridcase.people.models import Post
from gridcase.people.rules import Role
from gridcase.seed import scale
from gridcase.seed.demo import PASSWORD
from gridcase.users import queries as users
from gridcase.users import service as user_service
from tests import provision

ACTOR = job("bench")
COUNTY_DESK = "county_desk"  # sees every case: the map at its fullest
HASH_KIB = 64
LEAST_HOMES, MOST_HOMES = 2000, 100_000
# What is made faster for all rows at once than row by row: the index of words, the map's rows.
_MAP = "case_id, x, y, path, village_id, section_id, household_id, class_id, channel, handler_unit_id, registered_at, "
BEFORE = (
    "DROP INDEX idx_case_search_words",
    'ALTER TABLE "case" DISABLE TRIGGER case_on_map_insert',
    "ALTER TABLE case_point DISABLE TRIGGER case_point_on_map_insert",
)
AFTER = (
    "SET maintenance_work_mem = '512MB'",
    "CREATE INDEX idx_case_search_words ON case_search USING gin (words) WITH (gin_pending_list_limit = 256)",
    f"INSERT INTO case_map ({_MAP} due_at, soon_at) SELECT {_MAP} due_at, soon_at FROM case_on_map",
    'ALTER TABLE "case" ENABLE TRIGGER case_on_map_insert',
    "ALTER TABLE case_point ENABLE TRIGGER case_point_on_map_insert",
    "VACUUM ANALYZE",
)


@dataclass
class Ground:
    """One database with the application on it. `config` says where it is."""

    name: str
    cases: int
    app: Flask
    config: Config
    now: datetime

    def client(self, login: str) -> FlaskClient:
        """A browser signed in as an account, without the password's work."""
        client = self.app.test_client()
        token = self._open_session(login)
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return client

    def cookie(self, client: FlaskClient) -> str:
        """The cookie header of a signed-in client, for wrk."""
        found = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert found is not None
        return f"{found.key}={found.value}"

    def _open_session(self, login: str) -> str:
        policy = user_service.SignInPolicy(5, timedelta(minutes=15), timedelta(hours=12), HASH_KIB)
        with self.app.app_context():
            with transaction():
                user = users.by_login(login)
                assert user is not None
                viewer = users.viewer_of(user, now=self.now)
                token = user_service.open_session(user, actor=viewer, now=self.now, policy=policy)
            db.session.remove()
        return token


@contextmanager
def prepared(kind: str, cases: int, *, households: int = 0, opens: int | None = None) -> Iterator[Ground]:
    """A filled database of one kind in a folder of its own, gone afterwards; `opens`: so many cases are open."""
    with tempfile.TemporaryDirectory(prefix="gridcase-bench-") as folder:
        url, owner = _database(kind, Path(folder), cases)
        config = Config(
            env="test", instance=folder, database_url=url, owner_url=owner, secret_key="bench" * 8,
            argon2_memory_kib=HASH_KIB, pool_size=4,
        )  # fmt: skip
        migrate.upgrade(config)
        ground = Ground(kind, cases, create_app(config), config, clock.now())
        began = time.perf_counter()
        _as_owner(owner, *BEFORE)
        with ground.app.app_context():
            homes = households or min(max(cases, LEAST_HOMES), MOST_HOMES)
            scale.build(
                households=homes, cases=cases, open_cases=opens, now=ground.now, progress=lambda _done, _total: None
            )
            _county_desk(ground.now)
            db.session.remove()
        _as_owner(owner, *AFTER)
        print(f"{kind}: {homes} homes, {cases} cases made in {time.perf_counter() - began:.0f} s", flush=True)
        yield ground
        with ground.app.app_context():
            db.session.remove()
            db.engine.dispose()


def _as_owner(url: str, *statements: str) -> None:
    """What only the owner of the tables may do; SQLite has none."""
    if url:
        with psycopg.connect(plain(url), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


def _database(kind: str, folder: Path, cases: int) -> tuple[str, str]:
    if kind == "sqlite":
        return f"sqlite:///{folder / 'bench.sqlite3'}", ""
    server = provision.attach() if provision.ENVIRONMENT in os.environ else provision.start()
    cluster = server.template(f"bench_{cases}_{time.monotonic_ns()}")
    return cluster.app_url, cluster.owner_url


def _county_desk(now: datetime) -> None:
    with transaction():
        county = db.session.scalars(select(Grid).where(Grid.level == "county")).one()
        person = people.add_person(actor=ACTOR, name="试算员", place_path=county.path, now=now)
        post = people.add_post(
            actor=ACTOR, code="BENCH", role=Role.DISPATCHER, title="试算值班员",
            place=db.session.scalars(select(Grid).where(Grid.level == "town").order_by(Grid.id)).first(),
            valid_from=town_day(now), now=now,
        )  # fmt: skip
        # No role sees every case of a county, and none can be set up to: only the measuring does.
        people.appoint(actor=ACTOR, post=post, person_id=person.id, valid_from=town_day(now), now=now)
        db.session.flush()
        widened = {"place_id": county.id, "place_path": county.path}
        db.session.execute(update(Post).where(Post.code == "BENCH").values(widened))
        user_service.add_user(
            actor=ACTOR, login=COUNTY_DESK, password=PASSWORD, person_id=person.id, memory_kib=HASH_KIB, now=now
        )


def plain(url: str) -> str:
    """The address as the driver itself reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def raw_connection(ground: Ground) -> psycopg.Connection[tuple[object, ...]]:
    """The driver's own connection with the same settings, for the floors (of either driver: both speak DB-API)."""
    with ground.app.app_context():
        pooled = db.engine.raw_connection()
        driver = pooled.driver_connection
        pooled.detach()
        return driver  # type: ignore[return-value]
