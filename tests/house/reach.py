"""Who may enter what and who reaches what, said a second time in the field's words (the first is in the code).

Nothing here asks the code under test: roles are names, places are names, and the rule is written out by role.
"""

from __future__ import annotations

from tests.factories.objects import Thing
from tests.house import tables
from tests.house.roles import (
    ACCEPTS,
    ANSWERS,
    CHECKS_TWICE,
    CIRCLE,
    DISPATCHES,
    EVERYBODY,
    GRID,
    HANDLES,
    PAUSES,
    READS_NAMES,
    REGISTERS,
    SEES_CASES,
    SEES_FIGURES,
    SEES_HOMES,
    SEES_MAP,
    SEES_POINTS,
    VILLAGE,
    WATCH,
    WORKING,
    Row,
    names,
)

# Where a post reaches: by the anchor of the role.
OF_VILLAGE = VILLAGE | WATCH | names("deputy review_member shop_keeper")
OF_CELL = names("grid_leader parttime_grid")
OF_TOWN = names("dispatcher town_manager")
OF_COUNTY = names("county_manager auditor security_admin")
UNIT_OF = {"dept": "water", "unit_lead": "water", "county_dept": "county_water", "county_dispatcher": "county_zongzhi"}
TOWN_VILLAGES, COUNTY_VILLAGES = names("village_a village_b"), names("village_a village_b other_village")
# A restricted case opens to the town's desk, to whom it was sent and to the very person who took it down.
READS_RESTRICTED = names("dispatcher")
# Whoever manages accounts sees who holds which post, and nothing of homes or cases.
NAMES_AND_POSTS = names("account person post liaison")


def _moves() -> list[Row]:
    by_role = {
        ACCEPTS: "accept sort reject_duplicate",
        DISPATCHES: "dispatch remind verify rework",
        GRID: "self_solve",
        HANDLES: "sign submit_result give_back",
        PAUSES: "suspend resume",
        ANSWERS: "record_answer reopen",
        CHECKS_TWICE: "second_check",
        SEES_CASES: "comment",
        REGISTERS: "withdraw",
        names("town_manager"): "void",
    }
    return [Row(f"cases.move_{name}", may, "case") for may, words in by_role.items() for name in words.split()]


TABLE = (
    Row("home.index", EVERYBODY),
    Row("users.sign_out", EVERYBODY),
    Row("notices.index", WORKING),
    Row("notices.open_notice", WORKING, "notice", every=True),
    Row("cases.index", SEES_CASES),
    Row("cases.choose", REGISTERS),
    Row("cases.register", REGISTERS),
    Row("cases.register_solved", GRID),
    Row("cases.alike", REGISTERS),
    Row("cases.show", SEES_CASES, "case", every=True),
    *_moves(),
    Row("dossier.index", SEES_HOMES),
    Row("dossier.show", SEES_HOMES, "household"),
    Row("dossier.reveal", READS_NAMES, "household"),
    Row("visits.index", GRID),
    Row("visits.log", GRID, "household"),
    Row("visits.of_household", GRID | WATCH, "household"),
    Row("points.index", SEES_POINTS | names("town_manager")),
    Row("points.print_board", SEES_POINTS | names("town_manager")),
    Row("points.ledger", SEES_POINTS, "household"),
    Row("points.object_to", names("resident village_supervisor"), "award"),
    Row("points.objections", names("review_member")),
    Row("points.settle", names("review_member"), "objection"),
    Row("dashboard.map.show", SEES_MAP),
    Row("dashboard.map.points", SEES_MAP),
    Row("dashboard.map.places", SEES_MAP),
    Row("dashboard.map.card", SEES_MAP, "pin", every=True),
    Row("dashboard.figures.show", SEES_FIGURES),
    Row("dashboard.figures.listed", SEES_FIGURES),
    Row("exchange.import_cases", names("town_manager")),
    Row("exchange.confirm_import", names("town_manager")),
    *(row for part in tables.PARTS for row in part.TABLE),
)
# Open to everybody; `test_routes` keeps the list short and knows why.
PUBLIC = names(
    "health.healthz health.readyz users.sign_in users.set_locale users.set_large_text static people.check_certificate"
    " phone.shell phone.shell_english phone.worker phone.manifest phone.icon"
    " resident.demand resident.legal resident.services resident.look_up resident.own resident.give_word"
    " resident.add_word resident.withdraw resident.reopen resident.leave sync_api.openapi cases_api.openapi"
    " shop.check shop.use_proof"
    " affairs.sign_in dashboard.wall.screen dashboard.wall.screen_now"
)
PUBLIC_ROOMS = ("styleguide.",)
# What all homes of a village are called to, helped by, or may read; others reach it as they reach a place.
FOR_THE_VILLAGE = frozenset({"activity", "team", "hung round", "hung name", "spot draw"})
GIVERS = names("town_manager auditor")
# What stands in an address besides an id.
FIXED = {
    "seq": "1", "code": "0401", "token": "no-such-token", "year": 2026, "size": 192, "starts_on": "2026-10-01",
    "span": "month", "z": 9, "x": 410, "y": 212,
}  # fmt: skip
# The names of the objects that are somebody's own; the others are tried as foreign or missing.
OWN = frozenset({"own", "to the liaison"})


def reaches(role: str, thing: Thing) -> bool:
    """Whether a post of this role reaches this thing."""
    if thing.name == "missing":
        return False
    if role == "security_admin" and thing.kind not in NAMES_AND_POSTS:
        return False
    if thing.kind == "pin":  # open cases by place; a restricted one is on nobody's map, whoever has it
        return not (thing.restricted or thing.closed) and _by_place(role, thing)
    if thing.kind == "plain case" and thing.restricted:  # programs read none of them, whoever has it
        return False
    if thing.kind in FOR_THE_VILLAGE and role not in GIVERS:  # whoever has or serves a home of a village
        return thing.village == "village_a"
    if thing.kind == "award" and role == "resident":  # the public notice of a village is for all its homes
        return thing.village == "village_a"
    by_address = role in thing.posts or (bool(thing.unit) and UNIT_OF.get(role) == thing.unit)
    if thing.kind in {"notice", "view"}:
        return by_address
    if thing.kind == "report run" and role == "county_manager":  # a county sees what its towns have handed up
        return False
    if thing.restricted and not by_address and role not in READS_RESTRICTED:
        return False
    return by_address or _by_place(role, thing)


def _by_place(role: str, thing: Thing) -> bool:
    if role in CIRCLE | {"resident"}:
        return role in thing.homes_of
    if role in UNIT_OF:
        return False
    if role == "section_leader":
        return thing.section == "section_1"
    if role in OF_CELL:
        return thing.cell == "village_a_cell_1"
    if role in OF_VILLAGE:
        return thing.village == "village_a"
    villages = {**dict.fromkeys(OF_TOWN, TOWN_VILLAGES), **dict.fromkeys(OF_COUNTY, COUNTY_VILLAGES)}
    return thing.village in villages.get(role, frozenset())
