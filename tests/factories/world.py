"""A small invented world, made through the services: two villages of one town, another town, another county.

Every role has one account at home (village A, its town or county). `own` things belong to them, the others do not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer, job
from gridcase.grid import service as grids
from gridcase.grid.models import Grid, Section
from gridcase.grid.rules import GridLevel, cell_code, group_code, household_code
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.households.service import HouseholdRow, MemberRow
from gridcase.people import service as people
from gridcase.people.models import Post, Unit
from gridcase.people.rules import Role, UnitKind
from gridcase.users import service as users

START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
SINCE = date(2026, 1, 1)
PASSWORD = "gridcase-test-1"
MEMORY_KIB = 64
ORIGIN = (112.60, 28.45)  # an invented corner of the earth, WGS 84
SIZE = 0.02  # degrees of a village's square

MAKER: Viewer = job("factory")


@dataclass
class World:
    """Ids by name. `grids`: county, town, village_a, village_b, other_town, other_village, far_county, far_village and
    group_1, group_2, cell_1 .. cell_4 of village A; `homes`: lists of household ids by village and of the own circle.
    """

    grids: dict[str, int] = field(default_factory=dict)
    sections: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    posts: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    homes: dict[str, list[int]] = field(default_factory=dict)


def build() -> World:
    """Make the world in the current database."""
    world = World()
    with transaction():
        places = _places(world)
        _sections_and_units(world, places)
        _homes(world, places)
        _staff(world, places)
    return world


def _places(world: World) -> dict[str, Grid]:
    made: dict[str, Grid] = {}

    def add(key: str, level: GridLevel, code: str, name: str, parent: str | None, x: float, y: float) -> None:
        made[key] = grids.add_grid(
            actor=MAKER, level=level, code=code, name=name, parent=made[parent] if parent else None, now=START,
            valid_from=SINCE, lon=ORIGIN[0] + x, lat=ORIGIN[1] + y,
        )  # fmt: skip
        world.grids[key] = made[key].id

    add("county", GridLevel.COUNTY, "990101000000", "试点县", None, 0, 0)
    add("town", GridLevel.TOWN, "990101100000", "青溪镇", "county", 0, 0)
    add("village_a", GridLevel.VILLAGE, "990101100201", "上河村", "town", 0, 0)
    add("village_b", GridLevel.VILLAGE, "990101100202", "下河村", "town", SIZE, 0)
    add("other_town", GridLevel.TOWN, "990101101000", "白石镇", "county", 0, 0.1)
    add("other_village", GridLevel.VILLAGE, "990101101201", "石门村", "other_town", 0, 0.1)
    add("far_county", GridLevel.COUNTY, "990202000000", "远山县", None, 1, 1)
    add("far_town", GridLevel.TOWN, "990202100000", "远山镇", "far_county", 1, 1)
    add("far_village", GridLevel.VILLAGE, "990202100201", "远山村", "far_town", 1, 1)
    for key, cells in (("village_a", 4), ("village_b", 1), ("other_village", 1), ("far_village", 1)):
        village = made[key]
        for number in range(1, cells + 1):
            group_key = f"{key}_group_{(number + 1) // 2}"
            if group_key not in made:
                code = group_code(village.code, (number + 1) // 2)
                add(group_key, GridLevel.GROUP, code, f"{(number + 1) // 2}组", key, 0, 0)
            code = cell_code(made[group_key].code, number)
            add(f"{key}_cell_{number}", GridLevel.CELL, code, f"第{number}网格", group_key, 0, 0)
            _square(made[f"{key}_cell_{number}"], village, number - 1)
        _square(village, village, None)
    return made


def _square(grid: Grid, village: Grid, quarter: int | None) -> None:
    """The village is a square; its four cells are the quarters, from south-west to north-east."""
    assert village.lon is not None
    assert village.lat is not None
    west, south, size = village.lon, village.lat, SIZE
    if quarter is not None:
        size = SIZE / 2
        west, south = west + (quarter % 2) * size, south + (quarter // 2) * size
    ring = [(west, south), (west + size, south), (west + size, south + size), (west, south + size)]
    grids.draw_outline(actor=MAKER, grid=grid, rings=[ring], source="test", synthetic=True, now=START)


def _sections_and_units(world: World, places: dict[str, Grid]) -> None:
    for number in (1, 2):
        section: Section = grids.add_section(
            actor=MAKER, village=places["village_a"], code=f"P{number}", name=f"第{number}片", now=START
        )
        world.sections[f"section_{number}"] = section.id
    for key, kind, name, place in (
        ("zongzhi", UnitKind.ZONGZHI, "青溪镇综治中心", "town"),
        ("water", UnitKind.STATION, "青溪镇水利站", "town"),
        ("justice", UnitKind.JUSTICE, "青溪镇司法所", "town"),
        ("other_station", UnitKind.STATION, "白石镇水利站", "other_town"),
        ("county_water", UnitKind.COUNTY, "试点县水利局", "county"),
        ("county_zongzhi", UnitKind.ZONGZHI, "试点县综治中心", "county"),
    ):
        unit: Unit = people.add_unit(actor=MAKER, code=f"U-{key}", name=name, kind=kind, place=places[place], now=START)
        world.units[key] = unit.id


def _homes(world: World, places: dict[str, Grid]) -> None:
    for key, cells, each in (
        ("village_a", 4, 4),
        ("village_b", 1, 4),
        ("other_village", 1, 2),
        ("far_village", 1, 2),
    ):
        village = places[key]
        rows = []
        for cell_number in range(1, cells + 1):
            cell = places[f"{key}_cell_{cell_number}"]
            for number in range(1, each + 1):
                rows.append(_home(village, cell, cell_number, number))
        world.homes[key] = households.register_households(
            actor=MAKER, village=village, rows=rows, since=SINCE, now=START
        )
    households.plan_first_visits(actor=MAKER, village=places["village_a"], on=date(2026, 11, 20), now=START)


def _home(village: Grid, cell: Grid, cell_number: int, number: int) -> HouseholdRow:
    assert village.lon is not None
    assert village.lat is not None
    surname = "赵钱孙李"[(cell_number + number) % 4]
    quarter = cell_number - 1
    return HouseholdRow(
        code=household_code(cell.code, number),
        grid=cell,
        address=f"{village.name}{cell.name}{number}号",
        phone=f"139{village.id % 100:02d}{cell_number:02d}{number:04d}",
        members=(
            MemberRow(f"{surname}大{'一二三四'[number - 1]}", "head", "m", date(1970, 5, number)),
            MemberRow(f"周小{'一二三四'[number - 1]}", "spouse", "f", date(1972, 6, number)),
        ),
        lon=village.lon + (quarter % 2) * SIZE / 2 + 0.001 * number,
        lat=village.lat + (quarter // 2) * SIZE / 2 + 0.001 * number,
    )


_PLACES = {
    **dict.fromkeys((Role.GRID_LEADER, Role.PARTTIME_GRID), "village_a_cell_1"),
    **dict.fromkeys((Role.DEPT, Role.UNIT_LEAD, Role.DISPATCHER, Role.TOWN_MANAGER), "town"),
    **dict.fromkeys((Role.COUNTY_DISPATCHER, Role.COUNTY_DEPT, Role.COUNTY_MANAGER), "county"),
    **dict.fromkeys((Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR), "county"),
}
_UNITS = {
    Role.DEPT: "water", Role.UNIT_LEAD: "water", Role.DISPATCHER: "zongzhi", Role.COUNTY_DEPT: "county_water",
    Role.COUNTY_DISPATCHER: "county_zongzhi",
}  # fmt: skip


def _staff(world: World, places: dict[str, Grid]) -> None:
    for role in Role:
        name = f"测试{role.label}"
        person = people.add_person(actor=MAKER, name=name, place_path=places["village_a"].path, now=START)
        if role is not Role.RESIDENT:
            world.posts[role] = _post(world, places, role, person.id).id
        user = users.add_user(
            actor=MAKER, login=role, password=PASSWORD, person_id=person.id, now=START, memory_kib=MEMORY_KIB
        )
        world.users[role] = user.id
    # the liaison's circle crosses the cells: homes of cells 1 and 2
    world.homes["circle"] = world.homes["village_a"][2:8]
    world.homes["paired"] = world.homes["village_a"][8:10]
    for role, homes in ((Role.LIAISON, world.homes["circle"]), (Role.PARTY_CONTACT, world.homes["paired"])):
        post = db.session.get_one(Post, world.posts[role])
        households.join_circle(actor=MAKER, post=post, household_ids=homes, valid_from=SINCE, reason="熟人", now=START)
    own = db.session.get_one(Household, world.homes["circle"][0])
    households.give_card(actor=MAKER, user_id=world.users[Role.RESIDENT], household=own, now=START)


def _post(world: World, places: dict[str, Grid], role: Role, person_id: int) -> Post:
    section = world.sections["section_1"] if role in {Role.LIAISON, Role.SECTION_LEADER} else None
    unit = world.units[_UNITS[role]] if role in _UNITS else None
    post = people.add_post(
        actor=MAKER, code=f"T-{role}", role=role, title=f"{role.label}", now=START, valid_from=SINCE,
        place=places[_PLACES.get(role, "village_a")],
        section=db.session.get(Section, section) if section else None,
        unit=db.session.get(Unit, unit) if unit else None,
    )  # fmt: skip
    people.appoint(actor=MAKER, post=post, person_id=person_id, valid_from=SINCE, now=START)
    return post
