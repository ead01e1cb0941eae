"""One digest a person and day: at its hour, never at night, caught up after a stop, without restricted cases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gridcase.core.clock import now
from gridcase.core.db import db, transaction
from gridcase.core.words import Text
from gridcase.grid import service as grid_service
from gridcase.grid.models import Grid
from gridcase.notices.models import Notice
from gridcase.people.models import Holding
from gridcase.people.rules import Role
from gridcase.reminders import rules
from tests.factories.world import World
from tests.reminders.test_jobs import ACTOR, at_desk, case_of, sweep

ClientAs = Callable[[Role | str], FlaskClient]
At = Callable[[str], None]


def person_of(world: World, role: Role) -> int:
    found = db.session.scalar(select(Holding.person_id).where(Holding.post_id == world.posts[role]))
    assert found is not None
    return found


def digests(person_id: int) -> list[str]:
    db.session.rollback()
    rows = db.session.scalars(
        select(Notice.text).where(Notice.rule == rules.DIGEST, Notice.person_id == person_id).order_by(Notice.id)
    )
    return [str(Text.from_json(row)) for row in rows]


def test_a_person_hears_once_a_day_what_was_told_since_the_last_time(ctx: Flask, world: World, at: At) -> None:
    """Ten working days from Monday 23 November 10:00: soon on Friday 4 December, due on Monday 7 December."""
    for home in range(3):
        at_desk(world, case_of(world, home=home), post=Role.GRID_LEADER)
    leader = person_of(world, Role.GRID_LEADER)
    for moment in ("2026-12-04T08:00:00+08:00", "2026-12-04T10:00:00+08:00"):
        at(moment)
        sweep()
    assert digests(leader) == []  # the digest of this day is done: the next one says it
    at("2026-12-05T07:59:00+08:00")
    sweep()
    assert digests(leader) == []
    for moment in ("2026-12-05T08:00:00+08:00", "2026-12-05T11:00:00+08:00", "2026-12-06T08:00:00+08:00"):
        at(moment)
        sweep()
        assert digests(leader) == ["截至2026年12月5日 08:00：将到期 3 件，已到期 0 件。"]
    at("2026-12-08T09:30:00+08:00")
    sweep()
    assert digests(leader)[1:] == ["截至2026年12月8日 09:30：将到期 0 件，已到期 3 件。"]


def test_a_stopped_night_and_a_stopped_week_are_caught_up_in_one_digest(ctx: Flask, world: World, at: At) -> None:
    at_desk(world, case_of(world), post=Role.GRID_LEADER)
    sweep()
    at("2026-12-11T22:30:00+08:00")
    sweep()
    leader = person_of(world, Role.GRID_LEADER)
    assert digests(leader) == []  # quiet
    assert db.session.scalar(select(func.count(Notice.id)).where(Notice.rule == "case_due")) == 0
    at("2026-12-14T11:00:00+08:00")
    sweep()
    assert digests(leader) == ["截至2026年12月14日 11:00：将到期 0 件，已到期 1 件。"]


def test_a_restricted_case_stands_in_no_digest(ctx: Flask, world: World, at: At) -> None:
    case_of(world, "0301")
    sweep()
    at("2026-12-28T10:00:00+08:00")
    sweep()
    assert db.session.scalar(select(func.count(Notice.id)).where(Notice.rule == "case_due")) == 1
    assert digests(person_of(world, Role.DISPATCHER)) == []


def test_a_county_sets_its_own_hours_and_the_other_keeps_its(ctx: Flask, world: World, at: At) -> None:
    at_desk(world, case_of(world), post=Role.GRID_LEADER)
    sweep()
    with transaction():
        county = db.session.get_one(Grid, world.grids["county"])
        times = rules.Times.from_json({"quiet_from": "19:00", "quiet_to": "09:00", "digest_at": "09:30"})
        grid_service.set_setting(
            actor=ACTOR, place=county, key=rules.TIMES_KEY, value=times.to_json(), valid_from=now().date(), now=now()
        )
    count = select(func.count(Notice.id)).where(Notice.rule == "case_due")
    for moment, told, said in (
        ("2026-12-08T08:30:00+08:00", False, 0), ("2026-12-08T09:00:00+08:00", True, 0),
        ("2026-12-08T09:30:00+08:00", True, 1),
    ):  # fmt: skip
        at(moment)
        sweep()
        assert bool(db.session.scalar(count)) is told, moment
        assert len(digests(person_of(world, Role.GRID_LEADER))) == said, moment


@pytest.mark.usefixtures("app")
def test_the_digest_stands_in_the_inbox_of_the_person_alone(
    client_as: ClientAs, app: Flask, world: World, at: At
) -> None:
    with app.app_context():
        at_desk(world, case_of(world), post=Role.GRID_LEADER)
        sweep()
        at("2026-12-08T09:30:00+08:00")
        sweep()
        db.session.remove()
    words = "已到期 1 件"
    assert words in client_as(Role.GRID_LEADER).get("/inbox/").text
    assert words not in client_as(Role.TOWN_MANAGER).get("/inbox/").text


def test_what_a_post_was_told_is_not_for_everybody_without_a_unit(ctx: Flask, world: World, at: At) -> None:
    at_desk(world, case_of(world), post=Role.GRID_LEADER)
    at("2026-12-04T10:00:00+08:00")
    sweep()
    assert digests(person_of(world, Role.GRID_LEADER)) == ["截至2026年12月4日 10:00：将到期 1 件，已到期 0 件。"]
    said = db.session.execute(select(Notice.person_id, Notice.text).where(Notice.rule == rules.DIGEST))
    told = {row.person_id for row in said if "将到期 1 件" in str(Text.from_json(row.text))}
    assert told == {person_of(world, Role.GRID_LEADER)}
