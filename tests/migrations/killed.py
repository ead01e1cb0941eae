"""Upgrades that die: `python -m tests.migrations.killed FOLDER URL OWNER_URL STATEMENT ...`.

Each STATEMENT starts one upgrade in a child process that is killed (SIGKILL) after so many SQL statements; the next one
goes on with what the last one left. Prints one line per upgrade: `killed`, or `done` when it was through before.
"""

from __future__ import annotations

import os
import signal
import sys

from sqlalchemy import Engine, event

from gridcase.core import migrate
from gridcase.core.config import Config


def main(folder: str, url: str, owner_url: str, *statements: str) -> None:
    """One child after the other."""
    config = Config(env="test", instance=folder, secret_key="test", database_url=url, owner_url=owner_url)
    for statement in statements:
        child = os.fork()
        if child == 0:
            _upgrade(config, int(statement))
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if not died and os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"the upgrade itself failed at {statement}")
        print("killed" if died else "done", flush=True)


def _upgrade(config: Config, most: int) -> None:
    counted = 0

    def count(*_anything: object) -> None:
        nonlocal counted
        counted += 1
        if counted > most:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    migrate.upgrade(config)


if __name__ == "__main__":
    main(*sys.argv[1:])
