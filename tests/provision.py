"""A throw-away PostgreSQL + PostGIS for the tests, and the browser they drive.

The process that leads a test run calls `start()` once and hands `Cluster.superuser_url` to its workers in the
environment variable `GRIDCASE_TEST_PG`; a worker says `attach()`. The server ends with the process that
started it, however that ends.
"""

import atexit
import contextlib
import fcntl
import functools
import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from deploy.machine import browser

HOME = Path(__file__).resolve().parents[1] / ".test" / "pg"
# Linux keeps this folder in memory. A test's own database is some 700 files: 0.25 s of work on a disk, 0.04 s here.
MEMORY, ROOM_BYTES = Path("/dev/shm"), 2 * 1024**3
ENVIRONMENT = "GRIDCASE_TEST_PG"
OWNER, APP = "gridcase_owner", "gridcase_app"
START_SECONDS, STOP_SECONDS = 30, 20
# Nothing here has to survive a power cut, so nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "256MB",
    "max_connections": "200",
    "timezone": "UTC",
}


class ProvisionError(RuntimeError):
    """Something the tests need is missing or does not start; the text names it."""


@dataclass(frozen=True)
class Cluster:
    """A running server, seen from one of its databases. Every address is a SQLAlchemy URL."""

    superuser_url: str

    @property
    def port(self) -> int:
        """The TCP port on 127.0.0.1."""
        return make_url(self.superuser_url).port or 5432

    @property
    def owner_url(self) -> str:
        """As the role that owns the tables: migrations."""
        return self._as(OWNER)

    @property
    def app_url(self) -> str:
        """As the role of web, jobs and command line: no superuser, no BYPASSRLS, owns nothing."""
        return self._as(APP)

    def at(self, database: str) -> "Cluster":
        """The same server, seen from another database."""
        return Cluster(_text(make_url(self.superuser_url).set(database=database)))

    def template(self, name: str) -> "Cluster":
        """Create a database with PostGIS, its schema owned by the owner role and usable by the app role."""
        self._execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER)))
        made = self.at(name)
        grant = "ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public GRANT {} TO {}"
        made._execute(
            sql.SQL("CREATE EXTENSION postgis"),
            sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(OWNER)),
            sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"),
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(APP)),
            *(
                sql.SQL(grant).format(sql.Identifier(OWNER), sql.SQL(rights), sql.Identifier(APP))
                for rights in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE, SELECT ON SEQUENCES")
            ),
        )
        return made

    def clone(self, template: str, name: str) -> "Cluster":
        """Copy a database nobody is connected to, as files: with 260 tables that takes 36 ms of the processor, through
        the log (PostgreSQL's own choice) 82. A third of the tests ask for a copy, and the processor is what they
        share."""
        command = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY")
        _kept(self.superuser_url, os.getpid()).execute(command.format(*map(sql.Identifier, (name, OWNER, template))))
        return self.at(name)

    def drop(self, name: str) -> None:
        """Drop a database, its open connections with it."""
        command = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        _kept(self.superuser_url, os.getpid()).execute(command)

    def _as(self, role: str) -> str:
        return _text(make_url(self.superuser_url).set(username=role))

    def _execute(self, *commands: sql.SQL | sql.Composed) -> None:
        plain = make_url(self.superuser_url).set(drivername="postgresql")
        with psycopg.connect(_text(plain), autocommit=True) as connection:
            for command in commands:
                connection.execute(command)


@functools.cache
def _kept(url: str, _process: int) -> psycopg.Connection[tuple[Any, ...]]:
    """The connection that copies and drops: a new one takes PostgreSQL 7 ms, and a forked process needs its own."""
    plain = make_url(url).set(drivername="postgresql")
    connection = psycopg.connect(_text(plain), autocommit=True)
    atexit.register(connection.close)
    return connection


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@dataclass
class _Server:
    process: subprocess.Popen[bytes]
    folder: Path
    lock: int
    cluster: Cluster


_running: _Server | None = None


def start(*, in_memory: bool = False) -> Cluster:
    """Start the server of this process, or answer with the one it has; it stops at exit at the latest. `in_memory`:
    its files lie in memory where there is room for them."""
    global _running
    if _running is None:
        binaries = _binaries()
        _sweep()
        _running = _launch(binaries, MEMORY if in_memory and _has_room() else HOME)
        atexit.register(stop)
    return _running.cluster


def stop() -> None:
    """Stop the server and delete its files; harmless when none runs."""
    global _running
    server, _running = _running, None
    if server is not None:
        _end(server.process)
        shutil.rmtree(server.folder, ignore_errors=True)
        os.close(server.lock)


@contextlib.contextmanager
def running() -> Iterator[Cluster]:
    """`start()` and `stop()` around a block."""
    try:
        yield start(in_memory=True)
    finally:
        stop()


def memory_folder() -> Path | None:
    """A folder in memory that goes with the server of this process; None where its files lie on a disk."""
    return _running.folder / "tests" if _running and _running.folder.parent == MEMORY else None


def attach() -> Cluster:
    """The server that the leading process started, for its workers and child processes."""
    return Cluster(os.environ[ENVIRONMENT])


def chromium() -> str:
    """The path of the Chromium that pages are opened in."""
    if path := browser():
        return path
    raise ProvisionError("Chromium is missing: `make test` installs it on Debian (package chromium-headless-shell).")


def _binaries() -> Path:
    """The newest server on this machine that has PostGIS."""
    found = []
    for initdb in glob.glob("/usr/lib/postgresql/*/bin/initdb"):
        major = Path(initdb).parts[-3]
        if Path(f"/usr/share/postgresql/{major}/extension/postgis.control").exists():
            found.append((int(major), Path(initdb).parent))
    if not found:
        raise ProvisionError("PostgreSQL with PostGIS is missing: `make test` installs it on Debian.")
    return max(found)[1]


def _launch(binaries: Path, home: Path) -> _Server:
    folder, lock = _folder(home)
    data, log = folder / "data", folder / "log"
    initdb: list[str | Path] = [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "--auth=trust",
        "--no-sync",
    ]
    command = _as_postgres([*initdb, "--encoding=UTF8", "--locale=C.UTF-8"])
    made = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    if made.returncode:
        raise ProvisionError(f"initdb failed: {made.stderr}")
    port = _free_port()
    options = [f"-c{key}={value}" for key, value in (SETTINGS | {"port": port}).items()]
    with log.open("wb") as output:
        process = subprocess.Popen(
            _as_postgres([binaries / "postgres", "-D", data, *options]),
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            process_group=0,  # Ctrl-C reaches the tests first; they stop the server when done with it
        )
    cluster = Cluster(f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres")
    try:
        _await(cluster, process, log)
        for role, rights in ((OWNER, "CREATEDB"), (APP, "NOCREATEDB")):
            create = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE {}")
            cluster._execute(create.format(sql.Identifier(role), sql.SQL(rights)))
    except BaseException:
        _end(process)
        raise
    return _Server(process, folder, lock, cluster)


def _as_postgres(command: list[str | Path]) -> list[str]:
    """As the user postgres where we are root, since the server refuses root; the kernel ends it with us."""
    setpriv = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:
        setpriv += ["--reuid=postgres", "--regid=postgres", "--init-groups"]
    return [*setpriv, *map(str, command)]


def _await(cluster: Cluster, server: subprocess.Popen[bytes], log: Path) -> None:
    latest = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < latest:
        try:
            cluster._execute(sql.SQL("SELECT 1"))
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise ProvisionError(f"PostgreSQL does not start: {log.read_text('utf-8', 'replace')[-1500:]}")


def _end(server: subprocess.Popen[bytes]) -> None:
    """SIGINT is PostgreSQL's fast shutdown: sessions end, nothing is waited for."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# --- folders: one per run, locked while the run lives, so that a later run knows which ones are left over


def _has_room() -> bool:
    return MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM_BYTES


def _folder(home: Path) -> tuple[Path, int]:
    """A new folder the server's user may enter, and the lock that says this run is alive."""
    home.mkdir(parents=True, exist_ok=True)
    base = home if _reachable(home) else Path(tempfile.gettempdir())
    folder = Path(tempfile.mkdtemp(prefix="gridcase-pg-", dir=base))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return folder, lock


def _reachable(folder: Path) -> bool:
    """Root's own home, for one, cannot be entered by the user postgres."""
    return subprocess.run(_as_postgres(["test", "-x", folder]), check=False).returncode == 0


def _sweep() -> None:
    """Remove what a killed run left behind. A run that lives holds its lock and keeps its folder."""
    for base in {HOME, MEMORY, Path(tempfile.gettempdir())}:
        for folder in base.glob("gridcase-pg-*"):
            with contextlib.suppress(OSError):  # somebody else's, or being removed by another run
                _sweep_one(folder)


def _sweep_one(folder: Path) -> None:
    lock = os.open(folder / "lock", os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(lock)
