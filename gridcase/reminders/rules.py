"""When reminders may be written, and whom a case waits for. Pure. Source: domain.md 2.2 and 8."""

from __future__ import annotations

from datetime import datetime, time

from gridcase.cases.rules import LADDER, Stage, State, stage_of
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.words import N_, Text
from gridcase.people.rules import Role

DAY_BEGINS, DAY_ENDS = time(7), time(21)  # outside of these, only emergencies are told
VISITS_DUE = "visits_due"
CASE_REF = "k"

# Who is meant by a word of the ladder, the nearest of them to the case.
LADDER_ROLES: dict[str, tuple[Role, ...]] = {
    "grid_leader": (Role.GRID_LEADER,),
    "village_head": (Role.VILLAGE_HEAD,),
    "dispatcher": (Role.DISPATCHER,),
    "town_manager": (Role.TOWN_MANAGER,),
}
_ACCEPTS = (Role.GRID_LEADER, Role.FULLTIME_GRID, Role.VILLAGE_HEAD, Role.DISPATCHER)
_DISPATCHES = (Role.FULLTIME_GRID, Role.VILLAGE_HEAD, Role.DISPATCHER)
# A restricted matter goes past the village: nobody below the town hears even its number.
_RESTRICTED = (Role.DISPATCHER, Role.TOWN_MANAGER)
ALL_ROLES = frozenset({Role.SECTION_LEADER, *_ACCEPTS, *(r for roles in LADDER_ROLES.values() for r in roles)})


def quiet(now: datetime) -> bool:
    """Whether it is night in the towns."""
    return not DAY_BEGINS <= now.astimezone(TOWN_ZONE).time() < DAY_ENDS


def day_begins(now: datetime) -> datetime:
    """The first minute of the town's day: the due time of that day's digest."""
    return now.astimezone(TOWN_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def at_desk(state: State) -> bool:
    """Whether the case lies with the post or unit it was sent to."""
    return state is State.SUSPENDED or stage_of(state) in (Stage.SIGN, Stage.RESULT)


def waits_for(state: State) -> tuple[Role, ...]:
    """The roles a case waits for while it is nobody's order: to accept it, to send it, to check it."""
    return _ACCEPTS if stage_of(state) is Stage.ACCEPT else _DISPATCHES


def may_hear(role: Role, *, restricted: bool) -> bool:
    """Whether a role may be told of a case at all."""
    return not restricted or role in _RESTRICTED


def moment(at: datetime) -> str:
    """A time as a notice writes it, the same in both languages: `2026-11-23 17:30`, the town's clock."""
    return f"{at.astimezone(TOWN_ZONE):%Y-%m-%d %H:%M}"


def case_ref(case_id: int) -> str:
    """How a task names the case it came of."""
    return f"{CASE_REF}{case_id}"


def visits_due_text(homes: int) -> Text:
    """The morning's digest of a liaison."""
    return N_("有 %(homes)s 户该走访了。", homes=homes)


RULES = tuple(rung.name for rung in LADDER)
