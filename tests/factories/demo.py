"""Empty databases of both kinds, and the small demo made once in each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from gridcase.app import create_app
from gridcase.core import migrate
from gridcase.core.config import Config
from gridcase.core.db import db
from gridcase.core.permissions import job
from gridcase.seed import demo
from tests import provision

NOW = datetime.fromisoformat("2026-11-21T10:00:00+08:00")
_blanks: dict[str, Blanks] = {}


@dataclass
class Blanks:
    """A migrated database with nothing in it, to be copied."""

    kind: str
    folder: Path
    name: str
    copies: int = 0

    def make(self) -> None:
        """The one that is copied."""
        migrate.upgrade(self._config(self.folder))

    def fresh(self) -> Config:
        """The settings of a new copy."""
        self.copies += 1
        folder = self.folder / str(self.copies)
        folder.mkdir()
        if self.kind == "sqlite":
            shutil.copy(self.folder / "gridcase.sqlite3", folder / "gridcase.sqlite3")
            return self._config(folder)
        made = provision.attach().clone(self.name, f"{self.name}_{self.copies}")
        return replace(self._config(folder), database_url=made.app_url, owner_url=made.owner_url)

    def copy_of(self, config: Config) -> Config:
        """The settings of a copy of a database that nobody has open."""
        self.copies += 1
        folder = self.folder / str(self.copies)
        folder.mkdir()
        if self.kind == "sqlite":
            shutil.copy(Path(config.instance) / "gridcase.sqlite3", folder / "gridcase.sqlite3")
            return self._config(folder)
        template = config.database_url.rsplit("/", 1)[1]
        made = provision.attach().clone(template, f"{self.name}_{self.copies}")
        return replace(self._config(folder), database_url=made.app_url, owner_url=made.owner_url)

    def _config(self, folder: Path) -> Config:
        config = Config(env="test", instance=str(folder), secret_key="test", argon2_memory_kib=64, pool_size=4)
        if self.kind == "sqlite" or folder != self.folder:
            return config
        cluster = provision.attach().template(self.name)
        return replace(config, database_url=cluster.app_url, owner_url=cluster.owner_url)


@pytest.fixture(scope="session")
def blanks(database: str, tmp_path_factory: pytest.TempPathFactory) -> Blanks:
    """Empty databases of this kind; pytest asks again when the tests go back to a database."""
    if database not in _blanks:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        made = Blanks(database, tmp_path_factory.mktemp(f"blank-{database}"), f"blank_{worker}")
        made.make()
        _blanks[database] = made
    return _blanks[database]


@contextmanager
def opened(config: Config) -> Iterator[Flask]:
    """The application on these settings, its context pushed."""
    app = create_app(config)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def blank(blanks: Blanks) -> Iterator[Flask]:
    """The application on an empty database."""
    with opened(blanks.fresh()) as app:
        yield app


def load_demo() -> None:
    """The small demo as of NOW."""
    demo.build(actor=job("test"), now=NOW, small=True, progress=lambda _done, _total: None)


@pytest.fixture(scope="session")
def demo_config(blanks: Blanks) -> Config:
    """A database with the small demo; tests of it only read."""
    config = blanks.fresh()
    with opened(config):
        load_demo()
    return config


@pytest.fixture
def own_demo(blanks: Blanks, demo_config: Config) -> Config:
    """A copy of it for a test that writes."""
    return blanks.copy_of(demo_config)


@pytest.fixture
def small_demo(demo_config: Config, at: Callable[[str], None]) -> Iterator[Flask]:
    """The application on the small demo, at the demo's own time."""
    at(NOW.isoformat())
    with opened(demo_config) as app:
        yield app
