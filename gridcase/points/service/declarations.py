"""Declaring points for a home: by itself, by a helper on its behalf, by the village for all who took part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.exc import IntegrityError

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.scope import covers
from gridcase.core.text import clean
from gridcase.core.words import N_, Text
from gridcase.files import service as files
from gridcase.files.service import Prepared
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.households.rules import is_child
from gridcase.people.rules import Role
from gridcase.points import queries
from gridcase.points.models import Declaration, DeclarationPhoto, SchemeItem, SchemeVersion
from gridcase.points.queries.declarations import Lives
from gridcase.points.rules import Module
from gridcase.points.rules import declarations as rules
from gridcase.points.rules.declarations import Ask, DeclarationState, ItemFacts
from gridcase.points.rules.schemes import Declarer

DECLARATION = "declaration"


@dataclass(frozen=True)
class BatchRow:
    """A home that took part, who of it did, and for how many points (None: as the item says)."""

    household_id: int
    person_id: int | None = None
    points: int | None = None
    guardian_agreed: bool = False


@dataclass(frozen=True)
class Skipped:
    """A row of a batch that gives nothing, and why."""

    household_id: int
    person_id: int | None
    reason: Text


@dataclass(frozen=True)
class Batch:
    """What became of the rows of a batch."""

    declared: list[Declaration] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True)
class _Deed:
    """What happened, the same for all homes of a batch, and what the scheme says of it."""

    version: SchemeVersion
    item: SchemeItem
    happened_on: date
    text: str
    document_no: str
    how: str
    source: tuple[str, str]
    today: date
    back_days: int
    kin: frozenset[int]
    asker_child: bool


def declare(
    *,
    client_uuid: str,
    household_id: int,
    item_code: str,
    points: int | None = None,
    happened_on: date,
    text: str,
    how: str,
    person_id: int | None = None,
    document_no: str = "",
    source_kind: str = "",
    source_id: str = "",
    again: bool = False,
    guardian_agreed: bool = False,
    photo: Prepared | None = None,
    actor: Viewer,
    now: datetime,
) -> Declaration:
    """Ask for the points of an item for a home; what is over the cap of the period is cut, never more.

    Sent twice it is declared once. `again`: the same item was declared for the same day, and this is another matter.
    """
    if (first := queries.declarations.by_uuid([client_uuid]).get(client_uuid)) is not None:
        return _same(first, household_id, actor)
    home = queries.declarations.hold_homes([household_id]).get(household_id)
    grant = grant_for(actor, home, how) if home is not None else None
    if home is None or grant is None:
        raise Missing
    deed = _deed(
        home.village_id, home.path, item_code, happened_on=happened_on, text=text, document_no=document_no, how=how,
        source=(source_kind, source_id), actor=actor, now=now,
    )  # fmt: skip
    row = BatchRow(household_id, person_id, points, guardian_agreed)
    lives = queries.declarations.who_lives_in([household_id], on=happened_on)
    if (found := _refusal(deed, row, lives)) is not None:
        raise Refused(found[0], field=found[1] or None)
    if not again and queries.declarations.declared_that_day([household_id], item_code, on=happened_on):
        raise Refused(N_("这一天已经申报过同一项。如果确实是另一件事，请勾选后再提交。"), field="again")
    used = queries.declarations.used_points([household_id], deed.item, on=happened_on)
    made = _new(deed, row, home, grant, used[household_id], client_uuid, actor=actor, now=now)
    if made is None:
        raise Refused(full(deed.item), field="item_code")
    if photo is not None:
        db.session.add(DeclarationPhoto(declaration_id=made.id, file_id=files.keep(photo, now=now).id))
    _record("points.declare", [made], home.path, deed, actor=actor, now=now)
    return made


def declare_batch(
    *,
    village_id: int,
    item_code: str,
    rows: Sequence[BatchRow],
    happened_on: date,
    text: str,
    source_kind: str,
    source_id: str,
    document_no: str = "",
    actor: Viewer,
    now: datetime,
) -> Batch:
    """The village declares an item for all homes that took part in something: once per home and source.

    Sent again it declares only what is new. A home that gets nothing is named with the reason.
    """
    village = db.session.get_one(Grid, village_id)
    deed = _deed(
        village_id, village.path, item_code, happened_on=happened_on, text=text, document_no=document_no,
        how=Declarer.CADRE, source=(source_kind, source_id), actor=actor, now=now,
    )  # fmt: skip
    ids = sorted({row.household_id for row in rows})
    homes = {key: home for key, home in queries.declarations.hold_homes(ids).items() if home.village_id == village_id}
    lives = queries.declarations.who_lives_in(ids, on=happened_on)
    used = queries.declarations.used_points(ids, deed.item, on=happened_on)
    elsewhere = queries.declarations.declared_that_day(ids, item_code, on=happened_on, but=deed.source)
    marks = {key: str(uuid5(NAMESPACE_URL, f"{source_kind}:{source_id}:{item_code}:{key}")) for key in ids}
    known = queries.declarations.by_uuid(marks.values())
    batch, new = Batch(), list[Declaration]()
    for row in sorted({row.household_id: row for row in reversed(rows)}.values(), key=lambda row: row.household_id):
        if (first := known.get(marks[row.household_id])) is not None:
            batch.declared.append(first)
            continue
        home = homes.get(row.household_id)
        grant = grant_for(actor, home, Declarer.CADRE) if home is not None else None
        reason = _skip(deed, row, lives, home, grant, elsewhere)
        if reason is None and home is not None and grant is not None:
            mark = marks[row.household_id]
            made = _new(deed, row, home, grant, used[home.id], mark, actor=actor, now=now)
            reason = full(deed.item) if made is None else None
            if made is not None:
                new.append(made)
        if reason is not None:
            batch.skipped.append(Skipped(row.household_id, row.person_id, reason))
    if new:
        _record("points.batch", new, village.path, deed, actor=actor, now=now)
    batch.declared.extend(new)
    return batch


def grant_for(actor: Viewer, home: Household, how: str) -> Grant | None:
    """The post somebody declares from in this way; None when none of theirs reaches the home."""
    permission = Permission.BATCH_POINTS if how in {Declarer.CADRE, Declarer.AUTO} else Permission.DECLARE_POINTS
    for grant in actor.grants_with(permission):
        own = grant.role == Role.RESIDENT
        fits = own if how == Declarer.SELF else not own
        if fits and covers(grant, path=home.path, section_id=home.section_id, household_id=home.id):
            return grant
    return None


def way_of(actor: Viewer, home: Household, item: ItemFacts) -> Declarer | None:
    """In which way somebody may declare an item for a home: as the home itself, for the village, or as a helper."""
    for how in (Declarer.SELF, Declarer.CADRE, Declarer.LIAISON):
        if rules.may_declare(item, how) and grant_for(actor, home, how) is not None:
            return how
    return None


def _deed(
    village_id: int,
    path: str,
    item_code: str,
    *,
    happened_on: date,
    text: str,
    document_no: str,
    how: str,
    source: tuple[str, str],
    actor: Viewer,
    now: datetime,
) -> _Deed:
    today = town_day(now)
    if Module.POINTS not in queries.modules_on(path, on=today):
        raise Refused(N_("本村没有开通积分，现在不能申报。"))
    found = queries.declarations.item_in_force(village_id, item_code, on=happened_on)
    if found is None:
        raise Refused(N_("那一天生效的积分方案里没有这一项，请另选一项。"), field="item_code")
    return _Deed(
        version=found[0], item=found[1], happened_on=happened_on, text=clean(text or ""),
        document_no=clean(document_no or ""), how=how, source=source, today=today,
        back_days=queries.declarations.back_days(path, on=today), kin=queries.kin_homes(actor.person_id),
        asker_child=is_child(queries.declarations.born_on(actor.person_id), today),
    )  # fmt: skip


def _refusal(deed: _Deed, row: BatchRow, lives: Sequence[Lives]) -> tuple[Text, str] | None:
    """What stands against this home's row, by the rules."""
    own = [one for one in lives if one.household_id == row.household_id]
    person = next((one for one in own if one.person_id == row.person_id), None)
    if row.person_id is not None and person is None:
        return N_("这个人那一天不住在这户，请另选。"), "person_id"
    ask = Ask(
        how=deed.how, points=row.points, happened_on=deed.happened_on, today=deed.today, text=deed.text,
        document_no=deed.document_no, named=person is not None, child=bool(person and person.child),
        guardian_agreed=row.guardian_agreed, paid_person=bool(person and person.paid),
        paid_home=any(one.paid for one in own), kin=row.household_id in deed.kin, asker_child=deed.asker_child,
        back_days=deed.back_days,
    )  # fmt: skip
    return rules.why_refused(deed.item, ask)


def _skip(
    deed: _Deed,
    row: BatchRow,
    lives: Sequence[Lives],
    home: Household | None,
    grant: Grant | None,
    elsewhere: set[int],
) -> Text | None:
    if home is None or grant is None:
        return N_("这户不在您负责的范围。")
    if (found := _refusal(deed, row, lives)) is not None:
        if found[1] not in {"", "person_id", "guardian_agreed"}:  # wrong for every home alike
            raise Refused(found[0], field=found[1])
        return found[0]
    return N_("这一天已经申报过同一项。") if home.id in elsewhere else None


def _new(
    deed: _Deed,
    row: BatchRow,
    home: Household,
    grant: Grant,
    used: int,
    client_uuid: str,
    *,
    actor: Viewer,
    now: datetime,
) -> Declaration | None:
    """The row, with what is left under the cap; None when nothing is."""
    points = rules.under_cap(deed.item, deed.item.points if row.points is None else row.points, used=used)
    if points == 0:
        return None
    made = Declaration(
        client_uuid=client_uuid, village_id=home.village_id, path=home.path, household_id=home.id,
        item_id=deed.item.id, points=points, happened_on=deed.happened_on, text=deed.text,
        document_no=deed.document_no, how=deed.how, person_id=row.person_id, guardian_agreed=row.guardian_agreed,
        source_kind=deed.source[0], source_id=deed.source[1], user_id=actor.user_id, by_person_id=actor.person_id,
        post_id=grant.post_id, declared_at=now, state=DeclarationState.DECLARED,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:  # sent twice at once, and the other one was first
        first = queries.declarations.by_uuid([client_uuid]).get(client_uuid)
        if first is None:
            raise
        return _same(first, home.id, actor)
    return made


def _same(first: Declaration, household_id: int, actor: Viewer) -> Declaration:
    if first.household_id != household_id or first.user_id != actor.user_id:
        raise Refused(N_("这一条已经送出过，内容和这次不同。请重新打开再填。"))
    return first


def full(item: SchemeItem) -> Text:
    """That nothing is left under the cap of an item."""
    return _FULL[item.cap_per](item.cap)


_FULL = {
    "month": lambda cap: N_("这一项本月已满 %(cap)s 分。", cap=cap),
    "quarter": lambda cap: N_("这一项本季度已满 %(cap)s 分。", cap=cap),
    "year": lambda cap: N_("这一项今年已满 %(cap)s 分。", cap=cap),
    "matter": lambda cap: N_("这件事已满 %(cap)s 分。", cap=cap),
}


def _record(action: str, made: Sequence[Declaration], path: str, deed: _Deed, *, actor: Viewer, now: datetime) -> None:
    audit.record(
        actor=actor, action=action, subject_kind=DECLARATION, subject_id=made[0].id, place_path=path,
        post_id=made[0].post_id, now=now,
        detail={
            "declarations": [row.id for row in made], "households": [row.household_id for row in made],
            "item": deed.item.code, "points": sum(row.points for row in made), "how": deed.how,
            "source": list(deed.source),
        },
    )  # fmt: skip


def withdraw(declaration: Declaration, *, actor: Viewer, now: datetime) -> None:
    """Who declared, or the home itself what stands for its own word, takes it back while nobody has decided."""
    db.session.refresh(declaration, with_for_update=True)
    if declaration.state not in rules.OPEN:
        raise Refused(N_("这一条已经评议过，不能再撤回。"))
    if not queries.declared.may_withdraw(declaration, actor):
        raise Refused(N_("这一条不是您申报的，请由申报的人撤回；有不同意见的，请在公示时提出异议。"))
    declaration.state, declaration.decided_at = DeclarationState.WITHDRAWN, now
    audit.record(
        actor=actor, action="points.withdraw", subject_kind=DECLARATION, subject_id=declaration.id, now=now,
        place_path=declaration.path, detail={"household_id": declaration.household_id},
    )  # fmt: skip
