"""Homes that a child leads: honoured, and never named in public."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.affairs.queries import boards as board_queries
from gridcase.affairs.rules import AwardKind, Span, periods_before
from gridcase.affairs.service import boards, honours
from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Viewer
from gridcase.people import service as people_service
from gridcase.people.rules import Role
from tests.affairs.calling import NOW, scheme
from tests.affairs.test_activities import people_of
from tests.affairs.test_honours import begun, earned, home, hung, village
from tests.factories.world import MAKER, World

ViewerOf = Callable[[Role | str], Viewer]
ClientAs = Callable[[Role | str], FlaskClient]
OCTOBER: Span = periods_before(town_day(NOW), months=1, count=1)[0]


def led_by_a_child(home_id: int) -> str:
    """The home's head was born eight years ago; returns the name."""
    with transaction():
        head = people_of(home_id)[0]
        head.born_on = date(2018, 3, 1)
        audit.record(actor=MAKER, action="test", subject_kind="person", subject_id=head.id, now=NOW)
    return home(home_id).head_name


def test_a_home_a_child_leads_is_not_named_on_a_red_list(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    scheme(world)
    head, liaison, own = viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.LIAISON), world.homes["circle"][0]
    earned(world, own, "Z503", 30, on=OCTOBER.begins)
    with transaction():
        honours.choose(home(own), actor=liaison, compared=True, named=True, now=NOW)
        board = boards.hang_red(village(world), OCTOBER, [own], actor=head, now=NOW)
    led_by_a_child(own)
    today = town_day(NOW)
    assert board_queries.homes_on(board, on=today) == []
    assert board_queries.praised(village(world), begins=OCTOBER.begins, last=OCTOBER.ends, on=today) == []
    with pytest.raises(Refused, match="未满 14 周岁"), transaction():
        honours.choose(home(own), actor=liaison, compared=True, named=True, now=NOW)


def test_a_home_a_child_leads_is_honoured_without_its_name(app: Flask, client_as: ClientAs, world: World) -> None:
    own = world.homes["circle"][0]
    with app.app_context():
        one = begun(world, MAKER, AwardKind.STARS)
        with transaction():
            award = honours.name_home(one, home(own), actor=MAKER, stars=5, deeds="", now=NOW)
        hung(world, one, MAKER)
        with transaction():
            people_service.set_motto(
                actor=MAKER, household_id=own, path=home(own).path, text="勤俭持家", shown=True, now=NOW
            )
        url, objecting = f"/affairs/awards/{one.id}", f"/affairs/awards/object/{award.id}"
        masked = mask_name(led_by_a_child(own))
        db.session.remove()
    resident, head = client_as(Role.RESIDENT), client_as(Role.VILLAGE_HEAD)
    for page in (resident.get(url), head.get(url), resident.get(objecting)):
        assert masked not in page.text
        assert "一户（不写姓名）" in page.text
    mottoes = head.get("/people/mottoes").text
    assert "勤俭持家" in mottoes
    assert f"{masked}一家" not in mottoes
    assert "村里一户人家" in mottoes
