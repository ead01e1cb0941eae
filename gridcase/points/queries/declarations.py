"""What the service asks about declarations and the homes they are for: about facts, not about viewers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, or_, select, true

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.grid import queries as grids
from gridcase.households.models import Household, Member
from gridcase.households.rules import is_child
from gridcase.people.models import Holding, Person, Post
from gridcase.people.queries import valid_on
from gridcase.points.models import Declaration, PointNotice, Review, SchemeItem, SchemeVersion, Transfer, Vote
from gridcase.points.rules import DeclarationState, NoticeOutcome, TransferKind
from gridcase.points.rules import declarations as rules


@dataclass(frozen=True)
class Lives:
    """Somebody of a home on a day."""

    household_id: int
    person_id: int
    name: str
    child: bool
    paid: bool
    born: int | None = None  # the year


def item_in_force(village_id: int, code: str, *, on: date) -> tuple[SchemeVersion, SchemeItem] | None:
    """The item of that code in the version of a village's scheme that holds on a day."""
    row = db.session.execute(
        select(SchemeVersion, SchemeItem)
        .join(SchemeItem, SchemeItem.version_id == SchemeVersion.id)
        .where(
            SchemeVersion.village_id == village_id, SchemeItem.code == code, SchemeVersion.valid_from <= on,
            or_(SchemeVersion.valid_to.is_(None), SchemeVersion.valid_to > on),
        )
        .order_by(SchemeVersion.number.desc())
        .limit(1)
    ).first()  # fmt: skip
    return (row[0], row[1]) if row else None


def item_of(declaration: Declaration) -> tuple[SchemeVersion, SchemeItem]:
    """The item a declaration rests on, with its version."""
    item = db.session.get_one(SchemeItem, declaration.item_id)
    return db.session.get_one(SchemeVersion, item.version_id), item


def by_uuid(uuids: Collection[str]) -> dict[str, Declaration]:
    """Declarations already made under these marks."""
    rows = db.session.scalars(select(Declaration).where(Declaration.client_uuid.in_(uuids)))
    return {row.client_uuid: row for row in rows}


def who_lives_in(household_ids: Collection[int], *, on: date) -> list[Lives]:
    """The members of homes on a day: who is under 14, who holds a paid post."""
    paid = (
        select(Holding.id)
        .join(Post, Post.id == Holding.post_id)
        .where(Holding.person_id == Member.person_id, Post.paid, valid_on(Holding, on), valid_on(Post, on))
        .exists()
    )
    rows = db.session.execute(
        select(Member.household_id, Person.id, Person.name, Person.born_on, paid.label("paid"))
        .join(Person, Person.id == Member.person_id)
        .where(Member.household_id.in_(household_ids), in_force(Member, on))
        .order_by(Member.household_id, Member.id)
    )
    return [
        Lives(
            row.household_id, row.id, row.name, is_child(row.born_on, on), bool(row.paid),
            row.born_on.year if row.born_on else None,
        )
        for row in rows
    ]  # fmt: skip


def born_on(person_id: int | None) -> date | None:
    """Somebody's day of birth as the register has it."""
    return db.session.scalar(select(Person.born_on).where(Person.id == person_id)) if person_id is not None else None


def used_points(household_ids: Collection[int], item: SchemeItem, *, on: date, posted: bool = False) -> dict[int, int]:
    """What these homes already have of an item's cap in the period of a day: declared and not refused (or `posted`
    only), whatever the version of the scheme, and what closed cases gave by the same rule."""
    counts = Declaration.state == DeclarationState.POSTED if posted else Declaration.state.not_in(rules.NEVER_COUNTED)
    first, after = rules.period(item.cap_per, on)
    used = dict.fromkeys(household_ids, 0)
    declared = db.session.execute(
        select(Declaration.household_id, func.sum(func.abs(Declaration.points)))
        .join(SchemeItem, SchemeItem.id == Declaration.item_id)
        .outerjoin(PointNotice, PointNotice.transfer_id == Declaration.transfer_id)
        .where(
            Declaration.household_id.in_(household_ids), SchemeItem.code == item.code,
            Declaration.happened_on >= first, Declaration.happened_on < after, counts,
            or_(PointNotice.outcome.is_(None), PointNotice.outcome != NoticeOutcome.REVERSED),
        )
        .group_by(Declaration.household_id)
    )  # fmt: skip
    for household_id, points in declared:
        used[household_id] += points
    if item.case_rule:
        for household_id, points in _by_cases(household_ids, item.case_rule, first, after):
            used[household_id] += points
    return used


def waiting_points(household_id: int, code: str, *, window: tuple[date, date]) -> int:
    """What a home has declared under an item in these days (the last not included) and nobody has decided on yet."""
    total: int | None = db.session.scalar(
        select(func.sum(func.abs(Declaration.points)))
        .join(SchemeItem, SchemeItem.id == Declaration.item_id)
        .where(
            Declaration.household_id == household_id, SchemeItem.code == code, Declaration.state.in_(rules.OPEN),
            Declaration.happened_on >= window[0], Declaration.happened_on < window[1],
        )
    )  # fmt: skip
    return total or 0


def _by_cases(household_ids: Collection[int], rule: str, first: date, after: date) -> list[tuple[int, int]]:
    begins, ends = (datetime.combine(day, time(), TOWN_ZONE) for day in (first, after))
    rows = db.session.execute(
        select(Transfer.household_id, func.sum(Transfer.amount))
        .join(PointNotice, PointNotice.transfer_id == Transfer.id)
        .where(
            Transfer.household_id.in_(household_ids), Transfer.kind == TransferKind.AWARD, Transfer.rule == rule,
            Transfer.source_kind == "case", Transfer.at >= begins, Transfer.at < ends,
            or_(PointNotice.outcome.is_(None), PointNotice.outcome != NoticeOutcome.REVERSED),
        )
        .group_by(Transfer.household_id)
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


def declared_by(transfer_id: int, viewer: Viewer) -> bool:
    """Whether the viewer declared what an entry was posted for."""
    row = db.session.execute(
        select(Declaration.user_id, Declaration.by_person_id).where(Declaration.transfer_id == transfer_id)
    ).first()
    if row is None:
        return False
    by_account = row.user_id is not None and row.user_id == viewer.user_id
    return by_account or (row.by_person_id is not None and row.by_person_id == viewer.person_id)


def recorded_by(transfer_id: int, viewer: Viewer) -> bool:
    """Whether the viewer wrote down the meeting that posted an entry."""
    meetings = (
        select(Review.id)
        .join(Vote, Vote.review_id == Review.id)
        .join(Declaration, Declaration.id == Vote.declaration_id)
        .where(Declaration.transfer_id == transfer_id, Review.user_id == viewer.user_id)
    )
    return viewer.user_id is not None and db.session.scalar(meetings.limit(1)) is not None


def declared_that_day(
    household_ids: Collection[int], code: str, *, on: date, but: tuple[str, str] | None = None
) -> set[int]:
    """Homes for which the same item was declared for the same day: by hand or from any source but this one."""
    others = true() if but is None else or_(Declaration.source_kind != but[0], Declaration.source_id != but[1])
    return set(
        db.session.scalars(
            select(Declaration.household_id)
            .join(SchemeItem, SchemeItem.id == Declaration.item_id)
            .where(
                Declaration.household_id.in_(household_ids), SchemeItem.code == code, Declaration.happened_on == on,
                Declaration.state.not_in(rules.NEVER_COUNTED), others,
            )
        )
    )  # fmt: skip


def hold_homes(household_ids: Collection[int]) -> dict[int, Household]:
    """Homes by id, locked in the order of the ids: two who declare at once would each find the cap free."""
    rows = db.session.scalars(
        select(Household)
        .where(Household.id.in_(household_ids))
        .order_by(Household.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def back_days(path: str, *, on: date) -> int:
    """How many days back something may lie that is declared in a place."""
    found = grids.setting(path, rules.RULES_KEY, on=on)
    return rules.back_days(found[0].get("back_days")) if found else rules.BACK_DAYS
