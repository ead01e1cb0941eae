"""Two records of one home, or of one person, become one; cases, visits and points follow and are counted once.

Every room moves its own rows and writes its own audit row; here is only the order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from gridcase.affairs.service import merging as affairs
from gridcase.bulletin import service as bulletin
from gridcase.cases import service as cases
from gridcase.checks import service as checks
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_, Text
from gridcase.households import queries as household_queries
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.households.rules import Outcome, said_names
from gridcase.mediation import service as mediations
from gridcase.people import service as people
from gridcase.people.models import Person
from gridcase.points import service as points
from gridcase.reception import service as reception
from gridcase.shop import service as shop
from gridcase.users import service as users
from gridcase.visits import service as visits


def merge_homes(
    double: Household, kept: Household, *, actor: Viewer, same: Mapping[int, int], now: datetime
) -> Outcome:
    """The double ends and the kept home has its members, cases, visits and points. `same`: which member of the double
    is which of the kept home (person ids); the others move over."""
    today = town_day(now)
    for home in sorted((double, kept), key=lambda one: one.id):
        db.session.refresh(home, with_for_update=True)
    _check(double, kept, same, today)
    for double_id, kept_id in same.items():
        _fold(double_id, kept_id, actor=actor, place=kept.path, now=now, ending=double.id)
    moved = len(household_queries.members_of(double.id, on=today))
    households.fold_home(double, kept, actor=actor, on=today, now=now)
    case_count = cases.repoint_household(double, kept, actor=actor, now=now)
    mediations.repoint_household(double, kept, actor=actor, now=now)
    visit_count = visits.repoint_household(double, kept, actor=actor, now=now)
    checks.repoint_household(double, kept, actor=actor, now=now)
    bulletin.repoint_household(double, kept, actor=actor, now=now)
    reception.repoint_household(double, kept, actor=actor, now=now)
    people.repoint_household(double.id, kept.id, kept.path, actor=actor, now=now)
    shop.repoint_household(double, kept, actor=actor, now=now)
    points.repoint_household(double, kept, actor=actor, now=now)
    merit = points.merge_accounts(double, kept, actor=actor, now=now)
    # after the accounts: honour points of the double are the kept home's by now
    affairs.repoint_household(double, kept, actor=actor, now=now)
    db.session.flush()
    said: list[Text] = [
        N_("%(double)s 户并入 %(kept)s 户，从今天起不再单列。", double=double.code, kept=kept.code),
        N_("%(same)s 人是同一个人，合为一条；%(moved)s 人转入这一户。", same=len(same), moved=moved),
        N_("转来 %(cases)s 件事、%(visits)s 次走访、%(points)s 分；事件仍算在原来的网格。",
           cases=case_count, visits=visit_count, points=merit),
        N_("还在公示的积分，公示期满后自动转来。"),
    ]  # fmt: skip
    return Outcome(kept.id, tuple(said))


def _check(double: Household, kept: Household, same: Mapping[int, int], today: date) -> None:
    if double.id == kept.id:
        raise Refused(N_("请填另一户的编号。"), field="code")
    if double.ended_on is not None or kept.ended_on is not None:
        raise Refused(N_("其中一户已销户，不能再合并。"), field="code")
    if double.village_id != kept.village_id:
        raise Refused(N_("两户不在同一个村，不能合并；请用“迁出”转到那一户。"), field="code")
    here = {member.person_id for member in household_queries.members_of(double.id, on=today)}
    there = {member.person_id for member in household_queries.members_of(kept.id, on=today)}
    if not set(same) <= here or not set(same.values()) <= there:
        raise Refused(N_("家里人有变化，请重新打开这一页。"))
    if len(set(same.values())) < len(same):
        raise Refused(N_("同一个人被选了两次，请核对。"))


def merge_persons(double_id: int, kept_id: int, *, actor: Viewer, home: Household, now: datetime) -> Outcome:
    """A member of a home was registered twice: the second record goes, with all that hangs on it."""
    name = said_names([db.session.get_one(Person, kept_id).name])
    left = _fold(double_id, kept_id, actor=actor, place=home.path, now=now)
    said = [N_("%(name)s的两条记录合为一条，岗位、账号和信任名单一并转来。", name=name)]
    if left:
        other = db.session.get_one(Household, left[0])
        said.append(N_("%(code)s 户少一个人。", code=other.code))
    db.session.flush()
    return Outcome(home.id, tuple(said))


def _fold(
    double_id: int, kept_id: int, *, actor: Viewer, place: str, now: datetime, ending: int | None = None
) -> list[int]:
    left = households.fold_person(double_id, kept_id, actor=actor, place=place, now=now, ending=ending)
    people.fold_holdings(double_id, kept_id, actor=actor, place_path=place, now=now)
    people.fold_records(double_id, kept_id, actor=actor, place_path=place, now=now)
    users.fold_account(double_id, kept_id, actor=actor, now=now)
    affairs.fold_person(double_id, kept_id, actor=actor, place=place, now=now)
    return left
