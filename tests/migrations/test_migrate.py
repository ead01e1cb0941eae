"""Every revision, both ways, on both databases: data, spatial indexes and append-only triggers live through it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from gridcase.core import migrate
from gridcase.core.config import Config
from gridcase.core.db import WRITE, db
from gridcase.core.paths import MIGRATIONS
from tests import provision
from tests.conftest import Templates

REVISIONS = [script.revision for script in reversed(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions()))]
APPEND_ONLY = {
    "audit_row": "0001_the_floor",
    "audit_seal": "0001_the_floor",
    "points_transfer": "0003_points",
    "points_seal": "0031_ledger",
    "points_close": "0031_ledger",
    "points_goods": "0031_ledger",
    "case_step": "0004_cases",
    "shop_move": "0033_shop",
    "donation_use": "0033_shop",
}


@pytest.fixture
def empty(database: str, tmp_path: Path) -> Iterator[Config]:
    """Settings of an empty database."""
    if database == "sqlite":
        yield Config(env="test", instance=str(tmp_path), secret_key="test")
        return
    name = f"empty_{abs(hash(str(tmp_path)))}"
    cluster = provision.attach().template(name)
    yield Config(
        env="test", instance=str(tmp_path), secret_key="test", database_url=cluster.app_url, owner_url=cluster.owner_url
    )
    provision.attach().drop(name)


def test_names_are_numbered_plain_words_in_the_order_of_their_numbers() -> None:
    names = sorted(path.stem for path in (MIGRATIONS / "versions").glob("*.py"))
    assert names == REVISIONS
    assert all(re.fullmatch(r"\d{4}_[a-z_]+", name) for name in names)
    assert len({name[:4] for name in names}) == len(names)


def test_all_the_way_up_and_down_and_up(empty: Config) -> None:
    """Up a revision at a time, with rows in the tables: tests/migrations/test_data.py."""
    migrate.upgrade(empty)
    migrate.downgrade(empty, revision="base")
    engine = migrate.owner_engine(empty)
    ours = set(db.metadata.tables)
    assert ours & set(inspect(engine).get_table_names()) == set()
    engine.dispose()
    migrate.upgrade(empty)
    engine = migrate.owner_engine(empty)
    assert migrate.current(engine) == REVISIONS[-1]
    assert_append_only(engine, REVISIONS[-1])
    engine.dispose()


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_models_and_migrations_agree(empty: Config) -> None:
    migrate.upgrade(empty)
    engine = migrate.owner_engine(empty)

    def ours(_object: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
        table = getattr(getattr(_object, "table", None), "name", name)
        return table in db.metadata.tables and not (kind == "index" and str(name).startswith("idx_")) and name != "geom"

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": False})
        assert compare_metadata(context, db.metadata) == []
    engine.dispose()


def assert_append_only(engine: Engine, revision: str) -> None:
    """Raw SQL as the owner of the tables: the triggers themselves refuse, not only the rights of the web role."""
    for table in (name for name, since in APPEND_ONLY.items() if since <= revision):
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"
                wanted = {f"{table}_no_update", f"{table}_no_delete"}
            else:
                query = "SELECT tgname FROM pg_trigger WHERE tgrelid = CAST(:t AS regclass) AND tgenabled = 'O'"
                wanted = {f"{table}_no_change", f"{table}_no_truncate"}
            assert wanted <= set(connection.scalars(text(query), {"t": table})), (table, revision)


def test_a_failed_migration_leaves_nothing_half_done(empty: Config) -> None:
    migrate.upgrade(empty, revision=REVISIONS[0])
    engine = migrate.owner_engine(empty)

    def half() -> None:
        with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
            connection.execute(text("CREATE TABLE half_done (id integer)"))
            connection.execute(text("CREATE TABLE half_done (id integer)"))

    with pytest.raises(Exception, match="half_done"):
        half()
    assert "half_done" not in inspect(engine).get_table_names()
    engine.dispose()


def test_an_upgrade_backs_up_first(empty: Config, templates: Templates) -> None:
    migrate.upgrade(empty, revision=REVISIONS[-2])
    migrate.upgrade(empty)
    backup = Path(empty.instance) / f"before-{REVISIONS[-1]}.sqlite3"
    assert backup.exists() == (templates.kind == "sqlite")
