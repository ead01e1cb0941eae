"""Which of the four councils may step in: set in the catalogue, said on the page of a case, never done by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from gridcase.cases import queries
from gridcase.cases.rules.catalogue import Terms, checked
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.grid.models import Grid
from gridcase.people.rules import BodyKind, Role
from tests.cases.test_views import As, made
from tests.cases.test_views_catalogue import change, url_of
from tests.factories import decisions
from tests.factories.cases import collected
from tests.factories.world import World

__all__ = ["made"]
FEAST, ROAD = "0903", "0503"


def test_the_five_classes_name_theirs(ctx: Flask) -> None:
    named = {one.code: one.terms.council for one in queries.catalogue() if one.terms.council}
    assert named == dict.fromkeys(("0901", "0902", "0903"), "redwhite") | dict.fromkeys(("0904", "0905"), "moral")


def test_the_page_suggests_the_villages_own(app: Flask, world: World, client_as: As, made: Any) -> None:
    case_id = made(lambda find: collected(world, find(Role.LIAISON), code=FEAST))
    head, url = client_as(Role.VILLAGE_HEAD), f"/cases/{case_id}"
    page = head.get(url).text
    assert "红白理事会（村里还没有设立）" in page
    with app.app_context(), transaction():
        village = db.session.get_one(Grid, world.grids["village_a"])
        body = decisions.council(village, BodyKind.REDWHITE, now=clock.now())
        link, name = f"/people/organisations/{body.id}", body.name
    page = head.get(url).text
    assert f'<a href="{link}">{name}</a>' in page
    assert "只是建议" in page
    assert head.get(link).status_code == 200
    page = client_as(Role.LIAISON).get(url).text
    assert name in page
    assert link not in page, "a name to know, no page to open"
    road = made(lambda find: collected(world, find(Role.LIAISON), code=ROAD))
    assert "可请谁出面" not in head.get(f"/cases/{road}").text


def test_the_county_sets_it(world: World, client_as: As, made: Any) -> None:
    looked, kept = change(client_as(Role.COUNTY_MANAGER), url_of(world), council="deliberation")
    assert "不指明 → 村民议事会" in looked.text
    assert "不指明 → 村民议事会" in kept.text, "it stands in the history"
    road = made(lambda find: collected(world, find(Role.LIAISON), code=ROAD))
    assert "村民议事会（村里还没有设立）" in client_as(Role.VILLAGE_HEAD).get(f"/cases/{road}").text
    assert 'name="council"' not in client_as(Role.VILLAGE_HEAD).get(url_of(world, at="village_a")).text


def test_none_for_what_is_about_a_person(ctx: Flask) -> None:
    found = queries.class_by_code("0301")
    assert found is not None
    with pytest.raises(Refused) as refused:
        checked(replace(Terms.of(found), council="moral"), code="0301")
    assert "不请四会" in str(refused.value.text)
    with pytest.raises(Refused) as refused:
        checked(replace(Terms.of(queries.class_by_code(ROAD)), council="review"), code=ROAD)
    assert "四会之一" in str(refused.value.text)
