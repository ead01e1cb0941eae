"""Rows live through every upgrade, step by step and in one go, also when it is killed half way."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from gridcase.core import migrate
from gridcase.core.config import Config
from tests import provision
from tests.migrations.filling import assert_whole, checksums, fill, structure
from tests.migrations.test_migrate import REVISIONS, assert_append_only

ROOT = Path(__file__).resolve().parents[2]
FULL = os.environ.get("GRIDCASE_FULL") == "1"
ROWS, STEP_ROWS = 10_000 if FULL else 40, 2
# After how many statements each of the upgrades in a row is killed; what the last one finished stays finished.
KILLS = tuple(range(1, 21)) if FULL else (2, 7, 12, 17)


@pytest.fixture
def fresh(database: str, tmp_path: Path) -> Iterator[Callable[[str], Config]]:
    """Makes settings of empty databases by name."""
    made = []

    def make(name: str) -> Config:
        folder = tmp_path / name
        folder.mkdir()
        if database == "sqlite":
            return Config(env="test", instance=str(folder), secret_key="test")
        made.append(f"data_{name}_{os.getpid()}")
        cluster = provision.attach().template(made[-1])
        return Config(
            env="test", instance=str(folder), secret_key="test",
            database_url=cluster.app_url, owner_url=cluster.owner_url,
        )  # fmt: skip

    yield make
    for name in made:
        provision.attach().drop(name)


@pytest.fixture
def engine_of() -> Iterator[Callable[[Config], Engine]]:
    """Engines as the owner of the tables, closed at the end."""
    engines: list[Engine] = []

    def open_engine(config: Config) -> Engine:
        engines.append(migrate.owner_engine(config))
        return engines[-1]

    yield open_engine
    for engine in engines:
        engine.dispose()


def test_rows_live_through_every_revision(
    fresh: Callable[[str], Config], engine_of: Callable[[Config], Engine]
) -> None:
    """One walk: each revision finds rows written at every revision before it, and gets some of its own."""
    config, before = fresh("walk"), {}
    for number, revision in enumerate(REVISIONS):
        migrate.upgrade(config, revision=revision)
        engine = engine_of(config)
        assert migrate.current(engine) == revision
        assert checksums(engine, before) == before, revision
        assert_whole(engine)
        assert_append_only(engine, revision)
        before = checksums(engine, known=fill(engine, rows=STEP_ROWS, first=number * STEP_ROWS + 1))
        engine.dispose()


@pytest.mark.parametrize("revision", REVISIONS if FULL else [REVISIONS[0], REVISIONS[-2]])
def test_rows_live_through_the_upgrade(
    fresh: Callable[[str], Config], engine_of: Callable[[Config], Engine], revision: str
) -> None:
    config = fresh("rows")
    migrate.upgrade(config, revision=revision)
    engine = engine_of(config)
    fill(engine, rows=ROWS)
    before = checksums(engine)
    assert_whole(engine)
    engine.dispose()
    migrate.upgrade(config)
    assert migrate.current(engine) == migrate.head()
    assert checksums(engine, before) == before
    assert_whole(engine)


def test_a_checksum_notices_one_changed_row(
    fresh: Callable[[str], Config], engine_of: Callable[[Config], Engine]
) -> None:
    config = fresh("notice")
    migrate.upgrade(config, revision=REVISIONS[0])
    engine = engine_of(config)
    fill(engine, rows=3)
    before = checksums(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE person SET name = '别人' WHERE id = 2")
    changed = {name for name, mark in checksums(engine, before).items() if mark != before[name]}
    assert changed == {"person"}


def test_killed_upgrades_are_finished_by_the_next_one(
    fresh: Callable[[str], Config], engine_of: Callable[[Config], Engine]
) -> None:
    config, never_killed = fresh("killed"), fresh("clean")
    migrate.upgrade(config, revision=REVISIONS[0])
    engine = engine_of(config)
    fill(engine, rows=ROWS)
    before = checksums(engine)
    engine.dispose()
    arguments = [config.instance, config.url, config.owner_url, *map(str, KILLS)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.migrations.killed", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["killed"] * len(KILLS)
    assert migrate.current(engine) in REVISIONS
    assert_whole(engine)
    migrate.upgrade(config)
    migrate.upgrade(never_killed)
    assert checksums(engine, before) == before
    assert_whole(engine)
    assert structure(engine) == structure(engine_of(never_killed))
