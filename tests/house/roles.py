"""The field's roles in groups, and what a line of the matrix of rights says.

Nothing here asks the code under test: roles are names, and the rule is written out by role.
"""

from __future__ import annotations

from dataclasses import dataclass


def names(words: str) -> frozenset[str]:
    """Role names out of one line."""
    return frozenset(words.split())


EVERYBODY = names(
    "resident liaison party_contact deputy grid_leader section_leader fulltime_grid parttime_grid village_head "
    "review_member village_supervisor shop_keeper dept unit_lead dispatcher town_manager county_dispatcher county_dept "
    "county_manager system_admin security_admin auditor"
)
CIRCLE = names("liaison party_contact")
CELL = names("grid_leader section_leader")
PATROL = names("parttime_grid")
VILLAGE = names("fulltime_grid village_head")
GRID = CIRCLE | CELL | PATROL | VILLAGE
STATION = names("dept unit_lead county_dept county_dispatcher")
DESKS = names("dispatcher county_dispatcher")
WATCH = names("village_supervisor")

WORKING = EVERYBODY - names("resident system_admin security_admin auditor")
SEES_CASES = GRID | STATION | WATCH | names("deputy dispatcher town_manager")
REGISTERS = GRID | names("deputy dispatcher town_manager")
ACCEPTS = CELL | VILLAGE | names("dispatcher town_manager")
DISPATCHES = VILLAGE | DESKS
HANDLES = GRID | STATION
ANSWERS = GRID | names("dispatcher")
PAUSES = names("unit_lead dispatcher")
CHECKS_TWICE = names("section_leader village_head")
SEES_HOMES = GRID | WATCH | names("resident dispatcher")
READS_NAMES = GRID - PATROL | names("resident")
SEES_POINTS = GRID | WATCH | names("resident review_member auditor")
SEES_MAP = CELL | VILLAGE | WATCH | names("dispatcher town_manager")
SEES_FIGURES = VILLAGE | WATCH | names("dispatcher town_manager county_manager")
# By what a post is tied to: homes, a cell, a section, a village, a unit, a town, a county, nothing.
ANCHORED = (
    names("resident"),
    CIRCLE,
    names("grid_leader parttime_grid"),
    names("section_leader"),
    VILLAGE | WATCH | names("deputy review_member shop_keeper"),
    STATION | names("unit_lead"),
    names("dispatcher town_manager"),
    names("county_manager auditor security_admin"),
    names("system_admin"),
)


@dataclass(frozen=True)
class Row:
    """One route: who may enter at all, what kind of object its id names, and whether every object of the kind is tried
    (else those of the six places)."""

    endpoint: str
    may: frozenset[str]
    kind: str = ""
    every: bool = False
