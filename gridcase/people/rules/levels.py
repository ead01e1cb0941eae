"""At which level of the grid a post of a role can be set up. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from gridcase.core.words import N_, Text
from gridcase.grid.rules import GridLevel
from gridcase.people.rules.roles import OFFICES, Role

_BELOW = frozenset({GridLevel.VILLAGE, GridLevel.GROUP, GridLevel.CELL})


@dataclass(frozen=True)
class Where:
    """The levels, and how they are called in a sentence."""

    levels: frozenset[GridLevel]
    words: Text


_VILLAGE, _IN_VILLAGE = Where(frozenset({GridLevel.VILLAGE}), N_("村")), Where(_BELOW, N_("村、组或网格"))
_WORKER = Where(_BELOW | {GridLevel.TOWN}, N_("乡镇、村、组或网格"))
_TOWN, _COUNTY = Where(frozenset({GridLevel.TOWN}), N_("乡镇")), Where(frozenset({GridLevel.COUNTY}), N_("县"))
_OFFICE = Where(frozenset({GridLevel.COUNTY, GridLevel.TOWN}), N_("县或乡镇"))
_DEPUTY = Where(frozenset({GridLevel.COUNTY, GridLevel.TOWN, GridLevel.VILLAGE}), N_("县、乡镇或村"))

WHERE: dict[Role, Where] = {
    Role.DEPUTY: _DEPUTY,
    Role.FULLTIME_GRID: _WORKER,
    **dict.fromkeys((Role.VILLAGE_HEAD, Role.SECTION_LEADER, Role.REVIEW_MEMBER, Role.VILLAGE_SUPERVISOR), _VILLAGE),
    **dict.fromkeys(
        (Role.RESIDENT, Role.LIAISON, Role.PARTY_CONTACT, Role.GRID_LEADER, Role.PARTTIME_GRID, Role.SHOP_KEEPER),
        _IN_VILLAGE,
    ),
    **dict.fromkeys((Role.DEPT, Role.UNIT_LEAD, Role.DISPATCHER, Role.TOWN_MANAGER), _TOWN),
    **dict.fromkeys((Role.COUNTY_DISPATCHER, Role.COUNTY_DEPT, Role.COUNTY_MANAGER), _COUNTY),
    **dict.fromkeys(OFFICES, _OFFICE),
}


def misplaced(role: Role, level: GridLevel | str) -> Text | None:
    """Why a post of this role cannot be set up at a place of this level; None where it can."""
    where = WHERE[role]
    if level in where.levels:
        return None
    return N_("%(role)s是%(where)s的岗位，不能设在这一级。", role=role.label, where=where.words)
