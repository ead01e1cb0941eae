"""Places added, changed and closed; lines, resources, sections, outlines: what is kept and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from gridcase.audit.models import AuditRow
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.geo_datum import wgs84_to_gcj02
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid import queries, service
from gridcase.grid.models import Grid, OutlineDraft, OutlineOrigin, Section
from gridcase.grid.queries import matching
from gridcase.grid.rules import Datum, GridKind, Line, Naming, ResourceKind, SizeLimits
from gridcase.grid.rules.shape_files import Feature, ShapeFile
from gridcase.people.rules import Role
from tests.factories.world import MAKER, ORIGIN, SINCE, SIZE, START, World

TODAY = date(2026, 11, 23)
ViewerOf = Callable[[Role | str], Viewer]


def grid_of(world: World, key: str) -> Grid:
    return db.session.get_one(Grid, world.grids[key])


def add(parent: Grid, *, code: str = "", name: str = "新立组", since: date = TODAY) -> Grid:
    level = service.level_below(parent)
    with transaction():
        return service.add_place(
            actor=MAKER, parent=parent, code=code or queries.proposed_code(level, parent), name=name,
            kind=GridKind.GENERAL, external_code=None, lon=None, lat=None, valid_from=since, now=clock.now(),
        )  # fmt: skip


def square(west: float, south: float, size: float = SIZE / 2) -> list[tuple[float, float]]:
    return [(west, south), (west + size, south), (west + size, south + size), (west, south + size)]


def test_a_group_gets_the_next_code_and_can_be_found_by_its_initials(ctx: Flask, world: World) -> None:
    made = add(grid_of(world, "village_a"))
    assert made.code == "990101100201Z03"
    assert made.initials == "xlz"
    assert made.path.startswith(grid_of(world, "village_a").path)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"code": "990101100201Z01"}, "code"),  # taken
        ({"code": "990101100202Z09"}, "code"),  # another village's
        ({"name": "1组"}, "name"),
        ({"since": SINCE - timedelta(days=1)}, "valid_from"),
    ],
)
def test_a_place_that_cannot_be_is_refused(ctx: Flask, world: World, more: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refused:
        add(grid_of(world, "village_a"), **more)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_nothing_stands_below_a_cell(ctx: Flask, world: World) -> None:
    with pytest.raises(Refused):
        service.level_below(grid_of(world, "village_a_cell_1"))


def test_an_edit_says_what_changed_and_nobody_overwrites_what_he_has_not_seen(ctx: Flask, world: World) -> None:
    cell = grid_of(world, "village_a_cell_1")
    seen = fingerprint(cell, service.EDITED)

    def edit(name: str) -> None:
        with transaction():
            service.edit_grid(
                cell, actor=MAKER, name=name, external_code="P-1", kind=GridKind.SPECIAL, lon=112.605, lat=28.455,
                seen=seen, now=clock.now(),
            )  # fmt: skip

    edit("集市网格")
    row = db.session.scalars(select(AuditRow).where(AuditRow.action == "grid.edit")).one()
    assert row.detail["changes"]["name"] == ["第1网格", "集市网格"]
    assert row.detail["changes"]["kind"] == ["general", "special"]
    with pytest.raises(Refused, match="别人已经改过"):
        edit("又一个名字")
    assert cell.name == "集市网格"


def test_a_place_closes_once_nothing_hangs_on_it(ctx: Flask, world: World) -> None:
    village, now = grid_of(world, "village_a"), clock.now()
    made = add(village, since=SINCE)

    def close(grid: Grid, on: date, held: list[object] | None = None) -> None:
        with transaction():
            service.close_grid(grid, actor=MAKER, on=on, held=held or [], now=now)  # type: ignore[arg-type]

    with pytest.raises(Refused, match="2 个下级网格"):
        close(grid_of(world, "village_a_group_1"), TODAY)
    with pytest.raises(Refused, match="3 户住户"):
        close(made, TODAY, [N_("%(count)s 户住户", count=3)])
    with pytest.raises(Refused, match="不能晚于今天"):
        close(made, TODAY + timedelta(days=1))
    with pytest.raises(Refused, match="晚于起始日"):
        close(made, SINCE)
    close(made, TODAY)
    assert [grid.id for grid in queries.children(village.id, viewer=MAKER) if grid.id == made.id] == []
    standing = select(Grid.id).where(Grid.id == made.id)
    assert db.session.scalar(standing.where(queries.standing(Grid, TODAY))) is None
    assert db.session.scalar(standing.where(queries.standing(Grid, TODAY - timedelta(days=1)))) == made.id
    with pytest.raises(Refused, match="已经撤销"):
        close(made, TODAY)
    with pytest.raises(Refused, match="已经撤销"):
        add(made, code=f"{made.code}-001", name="新立网格")


def test_lines_are_known_for_every_day(ctx: Flask, world: World) -> None:
    cell, now = grid_of(world, "village_a_cell_1"), clock.now()

    def put(*lines: Line, on: date) -> None:
        with transaction():
            service.set_lines(cell, actor=MAKER, lines=lines, on=on, now=now)

    put(Line.PARTY, Line.PETITION, on=date(2026, 3, 1))
    put(Line.PARTY, Line.CIVIL_AFFAIRS, on=date(2026, 6, 1))
    assert queries.lines_of(cell.id, on=date(2026, 2, 1)) == []
    assert queries.lines_of(cell.id, on=date(2026, 5, 31)) == ["party", "petition"]
    assert queries.lines_of(cell.id, on=TODAY) == ["party", "civil_affairs"]
    put(Line.PARTY, on=date(2026, 6, 1))  # set by mistake and taken back on the same day
    assert queries.lines_of(cell.id, on=date(2026, 6, 1)) == ["party"]
    rows = db.session.scalars(select(AuditRow).where(AuditRow.action == "grid.lines").order_by(AuditRow.id)).all()
    assert rows[1].detail == {"added": ["civil_affairs"], "removed": ["petition"]}


def test_resources_begin_and_end(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    village, now = grid_of(world, "village_a"), clock.now()
    with transaction():
        pump = service.add_resource(
            village, actor=MAKER, kind=ResourceKind.EQUIPMENT, name="抽水泵", quantity=2,
            contact_post_id=world.posts["village_head"], note="", on=SINCE, now=now,
        )  # fmt: skip
    with pytest.raises(Refused) as refused, transaction():
        service.add_resource(
            village, actor=MAKER, kind=ResourceKind.TEAM, name="队", quantity=0, contact_post_id=None, note="",
            on=SINCE, now=now,
        )  # fmt: skip
    assert refused.value.field == "quantity"
    found, place = queries.get_resource(pump.id, viewer=viewer_of(Role.TOWN_MANAGER))
    assert (found.id, place.id) == (pump.id, village.id)
    with pytest.raises(Missing):
        queries.get_resource(pump.id, viewer=viewer_of(Role.VILLAGE_HEAD))
    with transaction():
        service.end_resource(pump, grid=village, actor=MAKER, on=TODAY, now=now)
    assert [one.name for one in queries.resources_of(village.id, on=TODAY - timedelta(days=1))] == ["抽水泵"]
    assert queries.resources_of(village.id, on=TODAY) == []


def test_sections_have_names_of_their_own_and_an_end(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    section, now = db.session.get_one(Section, world.sections["section_2"]), clock.now()
    with transaction():
        service.rename_section(section, actor=MAKER, name="河东片", seen=None, now=now)
    with pytest.raises(Refused, match="同名"), transaction():
        service.rename_section(section, actor=MAKER, name="第1片", seen=None, now=now)
    seen = fingerprint(section, service.SECTION_EDITED)
    with transaction():
        service.rename_section(section, actor=MAKER, name="河西片", seen=seen, now=now)
    with pytest.raises(Refused, match="别人已经改过"), transaction():
        service.rename_section(section, actor=MAKER, name="河南片", seen=seen, now=now)
    with pytest.raises(Refused, match="编号 P1"), transaction():
        service.add_section(actor=MAKER, village=grid_of(world, "village_a"), code="P1", name="别的", now=now)
    leader = viewer_of(Role.SECTION_LEADER)
    assert [one.name for one in queries.sections(leader, on=TODAY)] == ["第1片"]
    assert [one.name for one in queries.sections(viewer_of(Role.VILLAGE_HEAD), on=TODAY)] == ["第1片", "河西片"]
    with pytest.raises(Refused, match="1 个岗位"), transaction():
        service.close_section(section, actor=MAKER, on=TODAY, held=[N_("%(count)s 个岗位", count=1)], now=now)
    with transaction():
        service.close_section(section, actor=MAKER, on=TODAY, held=[], now=now)
    assert [one.name for one in queries.sections(MAKER, on=TODAY)] == ["第1片"]
    assert len(queries.sections(MAKER, on=TODAY - timedelta(days=1))) == 2


def test_who_answers_for_a_section_sees_its_village_and_no_more(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    leader = viewer_of(Role.SECTION_LEADER)
    assert queries.get_grid(world.grids["village_a"], viewer=leader).name == "上河村"
    assert queries.permissions_over(grid_of(world, "village_a"), leader) == frozenset()
    for key in ("village_b", "village_a_cell_1", "town"):
        with pytest.raises(Missing):
            queries.get_grid(world.grids[key], viewer=leader)
    with pytest.raises(Missing):
        queries.get_grid(world.grids["village_a"], viewer=leader, permission=Permission.MANAGE_PLACES)


def test_settings_of_a_village_are_its_own(ctx: Flask, world: World) -> None:
    village, other, now = grid_of(world, "village_a"), grid_of(world, "village_b"), clock.now()
    with transaction():
        service.set_naming(actor=MAKER, place=village, naming=Naming("大网格", "小网格"), on=TODAY, now=now)
        service.set_sizes(actor=MAKER, place=village, limits=SizeLimits(households=(40, 70)), on=TODAY, now=now)
    cell = grid_of(world, "village_a_cell_1")
    assert queries.naming(cell.path, on=TODAY).word("group") == "小网格"
    assert queries.naming(cell.path, on=TODAY - timedelta(days=1)) == Naming()
    assert queries.naming(other.path, on=TODAY) == Naming()
    assert queries.size_limits(cell.path, on=TODAY).households == (40, 70)
    with pytest.raises(Refused), transaction():
        service.set_sizes(actor=MAKER, place=village, limits=SizeLimits(households=(9, 3)), on=TODAY, now=now)


# --- outlines


def draw(grid: Grid, ring: list[tuple[float, float]], **more: object) -> None:
    with transaction():
        service.set_outline(
            grid, actor=MAKER, polygons=[[ring]], source="drawn", datum=Datum.GCJ02, now=clock.now(), **more  # type: ignore[arg-type]
        )  # fmt: skip


def test_a_drawn_outline_decides_where_a_point_lies(ctx: Flask, world: World) -> None:
    village, cell = grid_of(world, "village_a"), grid_of(world, "village_a_cell_1")
    draw(cell, square(ORIGIN[0], ORIGIN[1], SIZE / 4), accuracy_m=5, file_name="网格.zip")
    inside, outside = (
        queries.cell_at(ORIGIN[0] + part * SIZE, ORIGIN[1] + 0.001, village_path=village.path) for part in (0.1, 0.4)
    )
    assert inside is not None
    assert inside.id == cell.id
    assert outside is not None
    assert outside.id == village.id
    kept = queries.outline_of(cell.id)
    assert kept is not None
    assert (kept.datum, kept.accuracy_m, kept.file_name, kept.synthetic) == ("gcj02", 5, "网格.zip", False)
    assert len(kept.polygons[0][0]) == 5


def test_holes_are_kept(ctx: Flask, world: World) -> None:
    village, cell = grid_of(world, "village_a"), grid_of(world, "village_a_cell_1")
    west, south = ORIGIN
    hole = square(west + 0.002, south + 0.002, 0.002)
    with transaction():
        service.set_outline(
            cell, actor=MAKER, polygons=[[square(west, south), hole]], source="file", datum=Datum.WGS84, now=clock.now()
        )
    found = queries.cell_at(west + 0.003, south + 0.003, village_path=village.path)
    assert found is not None
    assert found.id == village.id, "a point in the hole of a cell is not in the cell"


@pytest.mark.parametrize(
    "polygons",
    [
        [[[(112.60, 28.45), (112.61, 28.46), (112.61, 28.45), (112.60, 28.46)]]],
        [[square(115.0, 28.45)]],
        [[square(112.60, 28.45)], [square(112.601, 28.451)]],  # two parts over one another
        [[square(112.60, 28.45, 0.002), square(112.61, 28.46, 0.002)]],  # the hole lies outside
    ],
)
def test_what_is_no_outline_is_not_kept(
    ctx: Flask, world: World, polygons: list[list[list[tuple[float, float]]]]
) -> None:
    cell = grid_of(world, "village_a_cell_1")
    before = queries.outline_of(cell.id)
    with pytest.raises(Refused), transaction():
        service.set_outline(cell, actor=MAKER, polygons=polygons, source="drawn", datum=Datum.WGS84, now=clock.now())
    assert queries.outline_of(cell.id) == before
    assert db.session.get(OutlineOrigin, cell.id) is None


def draft_of(world: World, viewer: Viewer, features: list[Feature], datum: Datum | None = None) -> OutlineDraft:
    with transaction():
        return service.keep_draft(
            actor=viewer, place=grid_of(world, "village_a"), file_name="网格.geojson",
            found=ShapeFile(features, datum), now=clock.now(),
        )  # fmt: skip


def features(world: World) -> list[Feature]:
    """The four cells by name in one column, of which one is of another village and one unknown."""
    west, south = ORIGIN
    names = ["第1网格", "第2网格", "不认识"]
    shapes = [square(west, south), square(west + SIZE / 2, south), square(west, south + SIZE / 2)]
    return [
        Feature({"id": str(number), "mc": name}, [[[wgs84_to_gcj02(x, y) for x, y in ring]]])
        for number, (name, ring) in enumerate(zip(names, shapes, strict=True))
    ]


def test_a_file_is_matched_and_a_wrong_datum_is_noticed(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    manager, village = viewer_of(Role.TOWN_MANAGER), grid_of(world, "village_a")
    draft = draft_of(world, manager, features(world))
    assert matching.datum_of(draft, None) is None
    wrong = matching.preview(draft, village, datum=Datum.WGS84, column="", on=TODAY)
    assert wrong.column == "mc"
    assert [row.grid.name if row.grid else None for row in wrong.rows] == ["第1网格", "第2网格", None]
    assert wrong.rows[0].warning is not None
    assert wrong.rows[2].problem is not None
    assert wrong.better is Datum.GCJ02
    right = matching.preview(draft, village, datum=Datum.GCJ02, column="mc", on=TODAY)
    assert [row.warning for row in right.rows] == [None, None, None]
    assert right.better is None
    assert right.ready == 2
    with transaction():
        done = service.take_over(
            draft, actor=manager, datum=Datum.GCJ02, accuracy_m=10, now=clock.now(),
            shapes=[(row.grid, row.polygons) for row in right.rows if row.grid],
        )  # fmt: skip
    assert done == 2
    kept = queries.outline_of(world.grids["village_a_cell_2"])
    assert kept is not None
    assert (kept.source, kept.datum, kept.accuracy_m) == ("file", "gcj02", 10)
    assert kept.polygons[0][0][0] == pytest.approx((ORIGIN[0] + SIZE / 2, ORIGIN[1]), abs=2e-6)
    with pytest.raises(Missing):
        queries.draft(draft.id, viewer=manager, now=clock.now())


def test_all_shapes_of_a_file_or_none(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    manager = viewer_of(Role.TOWN_MANAGER)
    draft = draft_of(world, manager, features(world))
    one, two = grid_of(world, "village_a_cell_1"), grid_of(world, "village_a_cell_2")
    good, bad = [[square(*ORIGIN, 0.001)]], [[square(*ORIGIN, 0.001)[:2]]]
    before = queries.outline_of(one.id)
    for shapes, words in (
        ([(one, good), (two, bad)], "第2网格"),
        ([(one, good), (one, good)], "同一个网格"),
        ([], "至少勾选一个"),
    ):
        with pytest.raises(Refused, match=words), transaction():
            service.take_over(
                draft, actor=manager, shapes=shapes, datum=Datum.WGS84, accuracy_m=None, now=clock.now()  # type: ignore[arg-type]
            )  # fmt: skip
    assert queries.outline_of(one.id) == before


def test_a_draft_is_its_makers_and_of_yesterday_gone(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    manager, now = viewer_of(Role.TOWN_MANAGER), clock.now()
    draft = draft_of(world, manager, features(world), Datum.GCJ02)
    assert matching.datum_of(draft, "wgs84") is Datum.GCJ02, "what the file says is not asked again"
    assert queries.draft(draft.id, viewer=manager, now=now)[1].id == world.grids["village_a"]
    for viewer, moment in ((viewer_of(Role.COUNTY_MANAGER), now), (manager, now + timedelta(days=2))):
        with pytest.raises(Missing):
            queries.draft(draft.id, viewer=viewer, now=moment)
    with transaction():
        service.keep_draft(
            actor=manager, place=grid_of(world, "village_a"), file_name="b", now=now + timedelta(days=2),
            found=ShapeFile(features(world), None),
        )  # fmt: skip
    assert db.session.scalars(select(OutlineDraft.file_name)).all() == ["b"]


def test_two_places_of_one_name_are_not_guessed_between(ctx: Flask, world: World) -> None:
    keys = matching.keys_of([grid_of(world, key) for key in ("village_a_cell_1", "village_b_cell_1")])
    assert keys["第1网格".upper()] is None
    assert keys["990101100201Z01-001"] is not None


def test_history_begins_with_the_place(ctx: Flask, world: World) -> None:
    row = db.session.scalars(
        select(AuditRow).where(AuditRow.subject_id == world.grids["village_a"], AuditRow.action == "grid.add")
    ).one()
    assert row.at == START


def test_places_of_one_name_are_told_apart_by_what_lies_above(world: World, ctx: object) -> None:
    ids = [world.grids[key] for key in ("village_a", "village_b", "other_village")]
    places = [db.session.get_one(Grid, key) for key in ids]
    places[0].name = places[2].name = "石桥村"
    found = queries.told_apart(places)
    db.session.rollback()
    assert [one.name for one in found] == ["青溪镇石桥村", "下河村", "白石镇石桥村"]
