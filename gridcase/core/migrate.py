"""Creating and migrating the database, under a file lock, one transaction a revision, with a backup first."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, make_url, text

from gridcase.core.config import Config
from gridcase.core.db import WRITE, engine_options, prepare_engine
from gridcase.core.paths import MIGRATIONS


def owner_engine(config: Config) -> Engine:
    """An engine as the role that owns the tables."""
    url = config.owner_url or config.url
    engine = create_engine(url, **engine_options(url, pool_size=1))
    prepare_engine(engine)
    return engine


def alembic_config(engine: Engine) -> AlembicConfig:
    """Alembic's settings, in code: there is no ini file to keep in step."""
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.attributes["engine"] = engine
    return settings


def upgrade(config: Config, *, revision: str = "head") -> None:
    """Bring the database to a revision; a new SQLite file gets its spatial tables first."""
    with _alone(config.folder):
        engine = owner_engine(config)
        try:
            if engine.dialect.name == "sqlite":
                prepare_spatial(engine)
                _back_up(engine, config.folder)
            command.upgrade(alembic_config(engine), revision)
            if engine.dialect.name == "postgresql":
                _grant(engine, config)
        finally:
            engine.dispose()


def downgrade(config: Config, *, revision: str) -> None:
    """Go back to a revision."""
    with _alone(config.folder):
        engine = owner_engine(config)
        try:
            command.downgrade(alembic_config(engine), revision)
        finally:
            engine.dispose()


def start_over(config: Config) -> None:
    """An empty database at the newest revision, whatever was in it: for a demo that was not filled to its end. Nobody
    else may have it open."""
    if config.url.startswith("sqlite"):
        with _alone(config.folder):
            file = Path(make_url(config.url).database or "")
            for part in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
                part.unlink(missing_ok=True)
    else:
        downgrade(config, revision="base")
    upgrade(config)


def current(engine: Engine) -> str | None:
    """The revision a database stands at."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The newest revision of the code."""
    found = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert found is not None
    return found


def prepare_spatial(engine: Engine) -> None:
    """Create SpatiaLite's own tables once; done on every connect, eight workers would race for it."""
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        if not inspect(connection).has_table("spatial_ref_sys"):
            connection.execute(text("SELECT InitSpatialMetaData(0, 'WGS84')"))


def _back_up(engine: Engine, folder: Path) -> None:
    standing, newest = current(engine), head()
    if standing is None or standing == newest:
        return
    target = folder / f"before-{newest}.sqlite3"
    target.unlink(missing_ok=True)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("COMMIT")  # VACUUM refuses to run inside the transaction the event began
        connection.exec_driver_sql("VACUUM INTO ?", (str(target),))
        connection.exec_driver_sql("BEGIN")


def _grant(engine: Engine, config: Config) -> None:
    """The application's role may use the tables it does not own."""
    role = make_url(config.url).username
    if not config.owner_url or not role or role == make_url(config.owner_url).username:
        return
    with engine.begin() as connection:
        connection.execute(text(f'GRANT USAGE ON SCHEMA public TO "{role}"'))
        connection.execute(text(f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"'))
        connection.execute(text(f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{role}"'))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
