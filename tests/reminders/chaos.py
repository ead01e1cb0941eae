"""One process of the chaos: `python -m tests.reminders.chaos KIND FOLDER URL OWNER_URL SEED`, until it is killed.

A scheduler looks for what is due and sends what waits, a worker writes on cases meanwhile. A job that fails is tried
again in the next round, as `gridcase.scheduler.tick` does; whatever else goes wrong ends the process, which the test
sees.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from gridcase.app import create_app
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.core import clock
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.scheduler import remind, send_messages

SINK, ALIVE = "sink.jsonl", "alive"


def config_of(folder: str, url: str, owner_url: str) -> Config:
    """The settings of every process, the test's own included."""
    return Config(
        env="test", instance=folder, secret_key="test", database_url=url, owner_url=owner_url,
        outbox_file=str(Path(folder) / SINK),
    )  # fmt: skip


def round_of(kind: str, app: Flask, config: Config, chance: random.Random) -> None:
    """Whatever this process does once."""
    with app.app_context():
        try:
            if kind == "scheduler":
                remind(config)
                send_messages(config)
            else:
                write_on(chance)
        except OperationalError:  # the database was busy longer than a process waits
            pass
        finally:
            db.session.remove()


def write_on(chance: random.Random) -> None:
    """A word on some case: holds the write lock as a person's request does."""
    ids = db.session.scalars(select(Case.id).where(Case.closed_at.is_(None))).all()
    with transaction():
        case = db.session.get_one(Case, chance.choice(ids))
        cases.comment(case, actor=job("worker"), now=clock.now(), note="已联系")


def main(kind: str, folder: str, url: str, owner_url: str, seed: str) -> None:
    """Round after round."""
    config, chance = config_of(folder, url, owner_url), random.Random(seed)
    app = create_app(config)
    Path(folder, f"{ALIVE}-{seed}").touch()  # the test does not kill what has not begun
    while True:
        round_of(kind, app, config, chance)


if __name__ == "__main__":
    main(*sys.argv[1:])
