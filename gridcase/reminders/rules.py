"""When reminders may be written, and whom a case waits for. Pure. Source: domain.md 2.2 and 8."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Self

from gridcase.cases.rules import LADDER, Level, Stage, State, stage_of
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.errors import Refused
from gridcase.core.words import N_, Text
from gridcase.notices.rules import DIGEST as DIGEST
from gridcase.people.rules import Role

TIMES_KEY = "reminder_times"  # the setting of a county
EARLIEST_QUIET, LATEST_QUIET = time(18), time(10)  # every county is awake between ten and six
DIGEST_UNTIL = time(18)
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
# What has climbed waits for the desk it has climbed to, whoever is nearer.
_DESKS: dict[Level, tuple[Role, ...]] = {Level.TOWN: (Role.DISPATCHER,), Level.COUNTY: (Role.COUNTY_DISPATCHER,)}
# A restricted matter goes past the village: nobody below the town hears even its number.
_RESTRICTED = (Role.DISPATCHER, Role.TOWN_MANAGER, Role.COUNTY_DISPATCHER)
ALL_ROLES = frozenset({
    Role.SECTION_LEADER, Role.COUNTY_DISPATCHER, *_ACCEPTS, *(r for roles in LADDER_ROLES.values() for r in roles),
})  # fmt: skip


@dataclass(frozen=True)
class Times:
    """When a county is told: outside the quiet hours at any time (emergencies always), the digest at its hour."""

    quiet_from: time = time(21)
    quiet_to: time = time(7)
    digest_at: time = time(8)

    def quiet(self, now: datetime) -> bool:
        """Whether only emergencies are told."""
        return not self.quiet_to <= now.astimezone(TOWN_ZONE).time() < self.quiet_from

    def digest_due(self, now: datetime) -> bool:
        """Whether the hour of today's digest has come, and nobody is woken by it."""
        return now.astimezone(TOWN_ZONE).time() >= self.digest_at and not self.quiet(now)

    def checked(self) -> Self:
        """The times themselves; `Refused` beside the field that makes no sense."""
        if self.quiet_from < EARLIEST_QUIET:
            raise Refused(N_("免打扰不能早于 18:00 开始，白天要能提醒。"), field="quiet_from")
        if self.quiet_to > LATEST_QUIET:
            raise Refused(N_("免打扰最晚到 10:00 结束。"), field="quiet_to")
        if not self.quiet_to <= self.digest_at <= DIGEST_UNTIL:
            raise Refused(N_("每日汇总要在免打扰结束以后、18:00 以前。"), field="digest_at")
        return self

    def to_json(self) -> dict[str, str]:
        """The form kept as a setting."""
        return {name: f"{getattr(self, name):%H:%M}" for name in ("quiet_from", "quiet_to", "digest_at")}

    @classmethod
    def from_json(cls, stored: Mapping[str, str]) -> Self:
        """Read back what `to_json` wrote."""
        return cls(**{name: time.fromisoformat(value) for name, value in stored.items()})


def day_begins(now: datetime) -> datetime:
    """The first minute of the town's day: the due time of that day's digest."""
    return now.astimezone(TOWN_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def at_desk(state: State) -> bool:
    """Whether the case lies with the post or unit it was sent to."""
    return state is State.SUSPENDED or stage_of(state) in (Stage.SIGN, Stage.RESULT)


def waits_for(state: State, level: Level | None = None) -> tuple[Role, ...]:
    """The roles a case waits for while it is nobody's order: to accept it, to send it, to check it. `level`: the desk
    it has climbed to, which alone may send it on."""
    if level in _DESKS and stage_of(state) in (Stage.ACCEPT, Stage.DISPATCH):
        return _DESKS[level]
    return _ACCEPTS if stage_of(state) is Stage.ACCEPT else _DISPATCHES


def may_hear(role: Role, *, restricted: bool) -> bool:
    """Whether a role may be told of a case at all."""
    return not restricted or role in _RESTRICTED


def case_ref(case_id: int) -> str:
    """How a task names the case it came of."""
    return f"{CASE_REF}{case_id}"


def digest_text(*, soon: int, late: int, homes: int, now: datetime) -> Text:
    """A person's digest: how many cases and homes, as of a moment that it names."""
    if not soon + late:
        return N_("截至%(when)s：有 %(homes)s 户该走访。", when=now, homes=homes)
    if not homes:
        return N_("截至%(when)s：将到期 %(soon)s 件，已到期 %(late)s 件。", when=now, soon=soon, late=late)
    return N_(
        "截至%(when)s：将到期 %(soon)s 件，已到期 %(late)s 件，有 %(homes)s 户该走访。",
        when=now, soon=soon, late=late, homes=homes,
    )  # fmt: skip


RULES = tuple(rung.name for rung in LADDER)
