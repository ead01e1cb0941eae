"""The demo's accounts: one for each role, all at home in one village, its town and its county."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.people import service as people
from gridcase.people.rules import Role
from gridcase.seed.towns import Offices
from gridcase.seed.villages import Neighbour, Team, Worker, worker_of
from gridcase.users import service as users

# One more post each for roles that no other village of the demo has.
_EXTRA = (
    (Role.PARTY_CONTACT, "联系党员"),
    (Role.DEPUTY, "人大代表"),
    (Role.PARTTIME_GRID, "兼职网格员"),
    (Role.SHOP_KEEPER, "积分超市管理员"),
)
_PAIRED_HOMES = 5
_STATION = "水利站"


def open_all(team: Team, offices: Offices, *, password: str, memory_kib: int, actor: Viewer, now: datetime) -> None:
    """One account a role, its login the role's name; who holds one acts with it from now on."""
    village = db.session.get_one(Grid, team.id)
    liaison = team.one(Role.LIAISON)
    idle = _without_post(team)
    for role, title in _EXTRA:
        team.workers.append(_extra(role, title, village, liaison, next(idle), team, actor=actor, now=now))

    def open_one(role: Role, person_id: int) -> int:
        return users.add_user(
            actor=actor, login=role, password=password, person_id=person_id, demo=True, memory_kib=memory_kib, now=now
        ).id

    for role in Role:
        if role is Role.RESIDENT:
            home = team.homes[liaison.homes[-1]]
            user_id = open_one(role, home.head_person_id)
            households.give_card(
                actor=actor, user_id=user_id, household=db.session.get_one(Household, home.id), now=now
            )
            continue
        worker = _holder(role, team, offices, liaison)
        assert worker.viewer.person_id is not None
        _sign_in(worker, open_one(role, worker.viewer.person_id), team, offices)


def _without_post(team: Team) -> Iterator[Neighbour]:
    """Heads of homes that hold no post yet, those in the demo liaison's circle left out."""
    busy = {worker.viewer.person_id for worker in team.workers}
    own = set(team.one(Role.LIAISON).homes)
    return (home for home in team.homes.values() if home.head_person_id not in busy and home.id not in own)


def _extra(
    role: Role,
    title: str,
    village: Grid,
    liaison: Worker,
    holder: Neighbour,
    team: Team,
    *,
    actor: Viewer,
    now: datetime,
) -> Worker:
    place = village
    if role is Role.PARTTIME_GRID:  # patrols the cell in which the demo liaison lives
        found = grids.by_ids([int(team.homes[liaison.homes[0]].path.rstrip("/").rsplit("/", 1)[1])])
        place = next(iter(found.values()))
    post = people.add_post(
        actor=actor, code=f"{village.code}-{role.upper()}", role=role, title=f"{village.name}{title}", place=place,
        valid_from=village.valid_from, now=now,
    )  # fmt: skip
    people.appoint(actor=actor, post=post, person_id=holder.head_person_id, valid_from=village.valid_from, now=now)
    homes = liaison.homes[1 : 1 + _PAIRED_HOMES] if role is Role.PARTY_CONTACT else ()
    if homes:
        households.join_circle(
            actor=actor, post=post, household_ids=homes, valid_from=village.valid_from, reason="结对联系", now=now
        )
    return worker_of(post, holder.head, holder.head_person_id, homes)


def _holder(role: Role, team: Team, offices: Offices, liaison: Worker) -> Worker:
    """Whose account shows the role best: near the demo liaison, at the water station, else the first."""
    if role is Role.SECTION_LEADER:
        return next(worker for worker in team.of(role) if worker.section_id == liaison.section_id)
    if role is Role.GRID_LEADER:
        home = team.homes[liaison.homes[0]]
        return next(worker for worker in team.of(role) if home.path.startswith(worker.path))
    if role in (Role.DEPT, Role.UNIT_LEAD):
        return next(worker for worker in offices.by_unit[offices.units[_STATION]] if worker.role is role)
    return next(worker for worker in (*team.workers, *offices.workers) if worker.role is role)


def _sign_in(worker: Worker, user_id: int, team: Team, offices: Offices) -> None:
    """The worker acts with its account from now on."""
    known = replace(worker, viewer=replace(worker.viewer, user_id=user_id))
    for workers in (team.workers, offices.workers, *offices.by_unit.values()):
        workers[:] = [known if other.post_id == worker.post_id else other for other in workers]
