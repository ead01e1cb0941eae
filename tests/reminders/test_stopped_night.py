"""A machine that stood still over night: what fell due meanwhile is told and leaves once in the morning."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from gridcase.core.config import Config
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.notices.models import Notice, Outbox
from gridcase.notices.rules import What
from gridcase.scheduler import remind, send_messages
from tests.factories.sinks import Sink, http_sink
from tests.factories.world import World
from tests.notices.sending import of_person, of_place, settings
from tests.reminders.test_jobs import at_desk, case_of


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A receiver that listens."""
    with http_sink() as made:
        yield made


def run(config: Config, rounds: int = 3) -> None:
    """A scheduler that runs again and again."""
    for _round in range(rounds):
        remind(config)
        send_messages(config)


def paths(sink: Sink) -> list[str]:
    return sorted(one.path for one in sink.got)


def test_a_stopped_night_is_caught_up_in_the_morning_and_nothing_is_said_twice(
    ctx: Flask,
    world: World,
    sink: Sink,
    viewer_of: Callable[[str], Viewer],
    at: Callable[[str], None],
) -> None:
    config = settings(ctx, outside_hosts=sink.host)
    of_place(world, config, f"{sink.url}/group", place="town")
    of_person(viewer_of("dept"), config, f"{sink.url}/daily", what=What.DAILY)
    at_desk(world, case_of(world), unit="water")  # due on Monday 7 December at ten
    at("2026-12-03T18:00:00+08:00")
    run(config)
    assert paths(sink) == []
    at("2026-12-08T08:30:00+08:00")  # it stood still from Thursday evening to Tuesday morning
    run(config)
    said = {(row.rule, row.unit_id or row.post_id or row.person_id) for row in db.session.scalars(select(Notice))}
    assert ("case_due", world.units["water"]) in said
    assert "case_soon" not in {rule for rule, _to in said}, "late is not due soon any more"
    assert paths(sink) == ["/hook/daily", "/hook/group"]
    assert {one.json["data"]["link"] for one in sink.got if one.path == "/hook/group"} == {
        f"{config.site}{db.session.scalars(select(Notice.link).where(Notice.rule == 'case_due')).first()}"
    }
    assert len(db.session.scalars(select(Outbox.message_id)).all()) == 2


def test_what_was_queued_at_night_leaves_when_the_quiet_hours_are_over(
    ctx: Flask, world: World, sink: Sink, at: Callable[[str], None]
) -> None:
    config = settings(ctx, outside_hosts=sink.host)
    of_place(world, config, f"{sink.url}/group", place="town")
    at("2026-12-07T20:59:00+08:00")
    case_id = case_of(world)
    at_desk(world, case_id, unit="water")
    remind(config)
    at("2026-12-22T20:59:00+08:00")
    remind(config)
    at("2026-12-22T21:00:00+08:00")
    send_messages(config)
    assert paths(sink) == []
    at("2026-12-23T07:00:00+08:00")
    send_messages(config)
    assert set(paths(sink)) == {"/hook/group"}
