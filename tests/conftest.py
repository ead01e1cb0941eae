"""Both databases for every test that asks for one, each test on a fresh copy; a moving clock; signed-in clients."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

from gridcase.app import create_app
from gridcase.core import clock, migrate
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer, job
from gridcase.files.service.store import FOLDER as FILES
from gridcase.people.rules import Role
from gridcase.seed import reference
from gridcase.users import queries as users
from gridcase.users import service as user_service
from gridcase.users.models import User
from tests import once, provision, timing
from tests.factories import world as factory
from tests.factories.demo import blank, blanks, demo_config, own_demo, small_demo
from tests.factories.viewers import viewer_from
from tests.factories.world import World

__all__ = ["blank", "blanks", "demo_config", "own_demo", "small_demo"]  # fixtures kept in a file of their own

DATABASES = ("sqlite", "postgresql")
MONDAY = "2026-11-23T10:00:00+08:00"
_templates: dict[str, Templates] = {}
Given = TypeVar("Given")


@pytest.hookimpl(tryfirst=True)  # before pytest settles where temporary folders lie
def pytest_configure(config: pytest.Config) -> None:
    """The process that leads the run starts PostgreSQL once; its workers find it in the environment. Where its files
    lie in memory, those of the tests lie there too: SQLite then waits for no disk."""
    timing.register(config)
    # How long an example takes is the machine's business, not the code's. A commit that is green stays green: the same
    # examples at every run; new ones are drawn with GRIDCASE_FULL=1, by `make soak`.
    full = os.environ.get("GRIDCASE_FULL", "") not in {"", "0"}
    settings.register_profile(
        "gridcase", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=not full
    )
    settings.load_profile("gridcase")
    once.register()
    if not hasattr(config, "workerinput") and not config.option.collectonly and provision.ENVIRONMENT not in os.environ:
        os.environ[provision.ENVIRONMENT] = provision.start(in_memory=True).superuser_url
        folder = provision.memory_folder()
        if folder is not None and config.option.basetemp is None:
            config.option.basetemp = str(folder)


def pytest_collection_finish() -> None:
    """Everything is imported."""
    once.leave_alone()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever touches a database runs on both."""
    if "database" in metafunc.fixturenames:
        metafunc.parametrize("database", DATABASES, scope="session")


@dataclass
class Templates:
    """Databases made once a worker and copied for every test."""

    folder: Path
    worker: str
    kind: str
    world: World = field(default_factory=World)
    source: str = ""  # what is copied: a file of the folder, or a database of the server
    copies: int = 0

    def config(self, folder: Path, url: str, owner_url: str = "") -> Config:
        """The settings of a test."""
        return Config(
            env="test", instance=str(folder), database_url=url, owner_url=owner_url, secret_key="test",
            argon2_memory_kib=factory.MEMORY_KIB, pool_size=10,
        )  # fmt: skip

    def make(self) -> None:
        """Migrate, load the reference data, build the world: the template every test copies."""
        config = self.config(self.folder, *self._urls())
        migrate.upgrade(config)
        app = create_app(config)
        with app.app_context():
            with transaction():
                reference.load(actor=job("setup"), now=factory.START)
            self.world = factory.build()
            db.session.remove()
            _close(app)

    def copy(self, folder: Path) -> Config:
        """A fresh copy of the template for one test."""
        self.copies += 1
        if (stored := self.folder / FILES).exists():
            shutil.copytree(stored, folder / FILES)
        if self.kind == "sqlite":
            target = folder / "gridcase.sqlite3"
            shutil.copy(self.folder / self.source, target)
            return self.config(folder, f"sqlite:///{target}")
        name = f"{self.source}_{self.copies}"
        provision.attach().clone(self.source, name)
        cluster = provision.attach().at(name)
        return self.config(folder, cluster.app_url, cluster.owner_url)

    def anew(self, config: Config) -> None:
        """The database of a copy as it was at first, under the same address; nobody may be connected to it."""
        if self.kind == "sqlite":
            shutil.copy(self.folder / self.source, config.folder / "gridcase.sqlite3")
            return
        self.drop(config)
        provision.attach().clone(self.source, _name_in(config.url))

    def furnished(self, folder: Path, furnish: Callable[[World], Given]) -> tuple[Templates, Given]:
        """A template more, with what `furnish` adds to the world of this one, and what that gave back."""
        config = self.copy(folder)
        app = create_app(config)
        with app.app_context():
            given = furnish(self.world)
            db.session.remove()
            _close(app)
        return Templates(folder, self.worker, self.kind, self.world, _name_in(config.url)), given

    def drop(self, config: Config) -> None:
        """Forget a copy."""
        if self.kind == "postgresql":
            provision.attach().drop(_name_in(config.url))

    def _urls(self) -> tuple[str, str]:
        if self.kind == "sqlite":
            self.source = "template.sqlite3"
            return f"sqlite:///{self.folder / self.source}", ""
        self.source = f"tpl_{self.worker}"
        cluster = provision.attach().template(self.source)
        return cluster.app_url, cluster.owner_url


def _name_in(url: str) -> str:
    return url.rsplit("/", 1)[1].split("?")[0]


def _close(app: Flask) -> None:
    for engine in db.engines.values():
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
        engine.dispose()


@pytest.fixture(scope="session")
def templates(database: str, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The template of this database for this worker; pytest asks again when the tests go back to a database."""
    if database not in _templates:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        made = Templates(tmp_path_factory.mktemp(f"template-{database}"), worker, database)
        made.make()
        _templates[database] = made
    return _templates[database]


@pytest.fixture
def config(templates: Templates, tmp_path: Path, at: Callable[[str], None]) -> Iterator[Config]:
    """The settings of a fresh copy; the clock stands at Monday 23 November 2026, 10:00."""
    at(MONDAY)
    fresh = templates.copy(tmp_path)
    yield fresh
    templates.drop(fresh)


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The application on a fresh copy of the small world (no context is pushed: see `ctx`)."""
    made = create_app(config)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield made
    with made.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def ctx(app: Flask) -> Iterator[Flask]:
    """An application context, for tests of services and queries. Tests with a client must not ask for it."""
    with app.app_context():
        yield app
        db.session.remove()


@pytest.fixture
def world(templates: Templates, app: Flask) -> World:
    """The ids of the small world that `app` holds; what a test adds to them is its own."""
    return deepcopy(templates.world)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Set the clock: `at("2026-11-23T10:00:00+08:00")`."""
    return lambda moment: monkeypatch.setenv("GRIDCASE_NOW", moment)


@pytest.fixture
def viewer_of(ctx: Flask, world: World) -> Callable[[Role | str], Viewer]:
    """The viewer of a role's account, households named, as a request would load it."""

    def find(role: Role | str) -> Viewer:
        return viewer_from(db.session.get_one(User, world.users[role]))

    return find


@pytest.fixture
def client_as(app: Flask, world: World) -> Callable[[Role | str], FlaskClient]:
    """A client signed in as a role's account."""

    def sign_in(role: Role | str) -> FlaskClient:
        token = open_session(app, world.users[role])
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return client

    return sign_in


def open_session(app: Flask, user_id: int) -> str:
    """A session on the server, without the password's work."""

    policy = user_service.SignInPolicy(5, timedelta(minutes=15), timedelta(hours=12), factory.MEMORY_KIB)
    with app.app_context():
        with transaction():
            user = db.session.get_one(User, user_id)
            actor = users.viewer_of(user, now=clock.now())
            token = user_service.open_session(user, actor=actor, now=clock.now(), policy=policy)
        db.session.remove()
    return token
