"""Channels and messages made for tests."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from gridcase.core import clock
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.notices import jobs, service
from gridcase.notices.models import NoticeChannel, Outbox
from gridcase.notices.rules import Channel, What
from tests.factories.world import MAKER, World

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def settings(app: Flask, **changes: Any) -> Config:
    """The application with other settings."""
    changed: Config = dataclasses.replace(app.extensions["gridcase"], **changes)
    app.extensions["gridcase"] = changed
    return changed


def of_place(world: World, config: Config, url: str, *, place: str = "county", what: What = What.ALL) -> int:
    """A webhook of a place."""
    with transaction():
        made = service.add(
            actor=MAKER, kind=Channel.WEBHOOK, address=url, secret=SECRET, what=what, named=config.named_hosts,
            now=clock.now(), place=db.session.get_one(Grid, world.grids[place]),
        )  # fmt: skip
        return made.id


def of_person(viewer: Viewer, config: Config, url: str, *, what: What = What.DAILY) -> int:
    """A robot of a person's own, where the server has named its host."""
    with transaction():
        made = service.add(
            actor=viewer, kind=Channel.WECOM, address=url, secret="", what=what, named=config.named_hosts,
            now=clock.now(),
        )  # fmt: skip
        return made.id


def tell(world: World, **values: Any) -> int | None:
    """A notice about a case to the liaison of the world's county, unless said otherwise."""
    county = db.session.get_one(Grid, world.grids["village_a"]).path
    said = {
        "rule": "case_due", "subject_kind": "case", "subject_id": 7, "due_at": clock.now(), "place_path": county,
        "post_id": world.posts["liaison"], "text": N_("张三家的路坏了"), "link": "/cases/7", "number": "GC-7",
        "for_groups": True,
    }  # fmt: skip
    with transaction():
        return service.tell(service.Telling(**(said | values)), now=clock.now())


def send(config: Config, **options: Any) -> int:
    """One run of a sender."""
    return jobs.send_waiting(config, now=clock.now(), **options)


def states() -> list[tuple[str, int, str]]:
    """(state, tries, error) of every message, as they were queued."""
    db.session.rollback()
    rows = db.session.execute(select(Outbox.state, Outbox.tries, Outbox.error).order_by(Outbox.id))
    return [tuple(row) for row in rows]


def channels() -> int:
    """How many channels there are."""
    return db.session.scalar(select(func.count()).select_from(NoticeChannel)) or 0


def at(moment: str) -> datetime:
    """An instant."""
    return datetime.fromisoformat(moment)
