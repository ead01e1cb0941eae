"""Circles, tiers, registers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.grid.models import Grid
from gridcase.households import queries, service
from gridcase.households.models import Household, TierChange
from gridcase.households.rules import CareTier
from gridcase.households.service import HouseholdRow, MemberRow
from tests.factories.world import MAKER, World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def test_a_liaison_sees_its_circle_across_cells_and_nothing_else(
    ctx: Flask, world: World, viewer_of: Callable[[str], Viewer]
) -> None:
    liaison = viewer_of("liaison")
    page = queries.page(liaison, queries.Filters(), on=TODAY)
    assert {row.id for row in page.rows} == set(world.homes["circle"])
    assert len({row.grid_name for row in page.rows}) == 2
    with pytest.raises(Missing):
        queries.get_household(world.homes["village_a"][0], viewer=liaison)
    with pytest.raises(Missing):
        queries.get_household(10**9, viewer=liaison)


def test_a_section_leader_sees_the_circles_of_the_section(
    ctx: Flask, world: World, viewer_of: Callable[[str], Viewer]
) -> None:
    page = queries.page(viewer_of("section_leader"), queries.Filters(), on=TODAY)
    assert {row.id for row in page.rows} == set(world.homes["circle"])


def test_search_by_two_characters_and_by_initials(ctx: Flask, world: World, viewer_of: Callable[[str], Viewer]) -> None:
    head = viewer_of("village_head")
    by_word = queries.page(head, queries.Filters(words="赵大"), on=TODAY).rows
    assert by_word
    assert {row.head_name[:2] for row in by_word} == {"赵大"}
    by_initials = queries.page(head, queries.Filters(words="zd"), on=TODAY).rows
    assert {row.id for row in by_initials} == {row.id for row in by_word}


def test_pages_continue_where_they_ended(ctx: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries.homes, "PAGE_SIZE", 5)
    monkeypatch.setattr("gridcase.core.paging.cut.__kwdefaults__", {"size": 5})
    seen: list[int] = []
    after = None
    while True:
        page = queries.page(MAKER, queries.Filters(), on=TODAY, after=after)
        seen += [row.id for row in page.rows]
        after = page.after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 24


def test_a_tier_needs_a_reason_and_moves_the_next_visit(ctx: Flask, world: World) -> None:
    home = db.session.get_one(Household, world.homes["village_a"][0])
    with pytest.raises(Refused, match="理由"), transaction():
        service.confirm_tier(home, actor=MAKER, tier=CareTier.CONNECTED, reason=" ", now=NOW)
    with transaction():
        service.note_visit(home, visited_at=NOW)
        service.confirm_tier(home, actor=MAKER, tier=CareTier.CONNECTED, reason="独居老人摔伤", now=NOW)
    assert (home.tier, home.next_visit_on) == ("connected", date(2026, 11, 30))
    assert db.session.query(TierChange).count() == 1


def test_an_older_visit_written_down_later_does_not_move_the_plan_back(ctx: Flask, world: World) -> None:
    home = db.session.get_one(Household, world.homes["village_a"][0])
    with transaction():
        service.note_visit(home, visited_at=NOW)
        service.note_visit(home, visited_at=datetime(2026, 11, 1, 2, 0, tzinfo=UTC))
        service.note_reveal(home, actor=MAKER, reason="核对", now=NOW)
    assert home.last_visit_at == NOW


def test_a_register_with_a_foreign_cell_is_refused_whole(ctx: Flask, world: World) -> None:
    village = db.session.get_one(Grid, world.grids["village_a"])
    own = db.session.get_one(Grid, world.grids["village_a_cell_1"])
    foreign = db.session.get_one(Grid, world.grids["village_b_cell_1"])
    rows = [
        HouseholdRow(code=f"X-{number}", grid=grid, address="", members=[MemberRow("吴甲", "head")])
        for number, grid in enumerate((own, foreign))
    ]
    with pytest.raises(Refused, match="X-1"), transaction():
        service.register_households(actor=MAKER, village=village, rows=rows, since=TODAY, now=NOW)
    assert queries.page(MAKER, queries.Filters(words="X-0"), on=TODAY).rows == []


def test_a_card_opens_the_own_home_only(ctx: Flask, world: World, viewer_of: Callable[[str], Viewer]) -> None:
    resident = viewer_of("resident")
    own, other = world.homes["circle"][0], world.homes["circle"][1]
    assert queries.get_household(own, viewer=resident).id == own
    with pytest.raises(Missing):
        queries.get_household(other, viewer=resident)
    assert not resident.may(Permission.SEE_TIER)
