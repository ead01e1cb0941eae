"""The room's own part of making one of two: two records of one person, two of one home.

The whole operation, with cases, visits and points, is the dossier's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, select, update

from gridcase.audit import service as audit
from gridcase.core import dated
from gridcase.core.clock import town_day
from gridcase.core.dated import Rewrite, Span
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.households.models import (
    FamilyChange,
    Household,
    HouseholdCard,
    HouseholdLineage,
    HouseholdPoint,
    Member,
    Nomination,
    PersonAway,
    PersonFate,
)
from gridcase.households.queries import homes, members
from gridcase.households.rules import EndedWhy
from gridcase.households.service.members import HEAD, end_home, seat, seat_persons
from gridcase.households.service.places import settle
from gridcase.households.service.tiers_merging import fold_care, fold_person_factors


def fold_person(
    double_id: int, kept_id: int, *, actor: Viewer, place: str, now: datetime, ending: int | None = None
) -> list[int]:
    """Two records of one person become one: the stretches in homes, nominations and facts of the double go to the kept
    record, each day once. Returns the homes the double leaves today; `ending`: a home that may be left empty."""
    today = town_day(now)
    if double_id == kept_id:
        raise Refused(N_("请选两条不同的记录。"), field="who")
    lines = members.lines_of_persons([double_id, kept_id])
    left = [int(s.values["household_id"]) for s in lines.get(double_id, []) if _holds(s, today)]
    stays = {int(s.values["household_id"]) for s in lines.get(kept_id, []) if _holds(s, today)}
    if ending is None:
        _check_heads(double_id, stays, today=today)
    dated.write(Member, [_folded(lines.get(double_id, []), lines.get(kept_id, []), kept_id)], now=now)
    _fold_nominations(double_id, kept_id)
    away = db.session.get(PersonAway, double_id)
    if away is not None:
        if db.session.get(PersonAway, kept_id) is None:
            db.session.add(PersonAway(person_id=kept_id, place=away.place, since=away.since, by_phone=away.by_phone))
        db.session.delete(away)
    db.session.merge(PersonFate(person_id=double_id, same_as_id=kept_id))
    audit.record(
        actor=actor, action="person.merge", subject_kind="person", subject_id=kept_id, place_path=place, now=now,
        detail={"double": double_id},
    )  # fmt: skip
    db.session.flush()
    settle(sorted({*left, *stays}), today=today)
    fold_person_factors(
        double_id, kept_id, actor=actor, left=left, home_id=min(stays, default=None), ending=ending, now=now
    )
    return [home_id for home_id in left if stays and home_id not in stays]


def _holds(span: Span, day: date) -> bool:
    return span.start <= day and (span.end is None or span.end > day)


def _folded(double: Sequence[Span], kept: Sequence[Span], kept_id: int) -> Rewrite:
    """The double's stretches where the kept record has none; the double's own rows are superseded."""
    spans = [
        Span(start, end, {**span.values, "person_id": kept_id})
        for span in double
        for start, end in dated.free(kept, start=span.start, end=span.end)
    ]
    return Rewrite(tuple(span.row_id for span in double if span.row_id is not None), tuple(spans))


def _check_heads(double_id: int, stays: set[int], *, today: date) -> None:
    """A home must not lose its head, nor its last member, to a correction of records."""
    home = members.home_of(double_id, on=today)
    if home is None or not stays:
        return
    living = homes.members_of(home.id, on=today)
    own = next(member for member in living if member.person_id == double_id)
    if own.relation == HEAD and (home.id in stays or len(living) > 1):
        raise Refused(
            N_("要去掉的这条是户主：请先给 %(code)s 户换户主，或保留户主这一条。", code=home.code), field="who"
        )
    if len(living) == 1:
        raise Refused(N_("这样 %(code)s 户就没有人了：请改为合并两户。", code=home.code), field="who")


def _fold_nominations(double_id: int, kept_id: int) -> None:
    both = select(Nomination.household_id).where(Nomination.person_id == kept_id)
    db.session.execute(
        delete(Nomination).where(Nomination.person_id == double_id, Nomination.household_id.in_(both)),
        execution_options={"synchronize_session": False},
    )
    db.session.execute(
        update(Nomination).where(Nomination.person_id == double_id).values(person_id=kept_id),
        execution_options={"synchronize_session": False},
    )


def fold_home(double: Household, kept: Household, *, actor: Viewer, on: date, now: datetime) -> None:
    """Two records of one home become one: who still lives in the double moves over, its card, pin, care and
    nominations go along, and it ends as `merged`. Doubled persons were folded before."""
    today = town_day(now)
    living = homes.members_of(double.id, on=today)
    relations = {member.person_id: member.relation for member in living}
    seat_persons(
        {
            member.person_id: seat(
                kept.id, member, "other" if relations[member.person_id] == HEAD else relations[member.person_id],
                absent=member.absent,
            )
            for member in living
        },
        start=on, now=now,
    )  # fmt: skip
    fold_care(double, kept, actor=actor, now=now)
    _fold_changes(double, kept)
    db.session.execute(
        update(HouseholdCard).where(HouseholdCard.household_id == double.id).values(household_id=kept.id),
        execution_options={"synchronize_session": False},
    )
    _fold_pin(double, kept)
    _fold_wishes(double, kept)
    db.session.add(HouseholdLineage(from_id=double.id, to_id=kept.id, kind="merged", on=on))
    end_home(double, on=on, why=EndedWhy.MERGED, now=now)
    settle([kept.id], today=today)
    audit.record(
        actor=actor, action="household.merge", subject_kind="household", subject_id=kept.id, place_path=kept.path,
        now=now, detail={"double": double.id, "persons": len(living), "on": on.isoformat()},
    )  # fmt: skip
    audit.record(
        actor=actor, action="household.merged", subject_kind="household", subject_id=double.id,
        place_path=double.path, now=now, detail={"into": kept.id, "on": on.isoformat()},
    )  # fmt: skip
    db.session.flush()


def _fold_changes(double: Household, kept: Household) -> None:
    """What a liaison has put before the village about the double, or about a way into it, is about the kept home."""
    for column in (FamilyChange.household_id, FamilyChange.to_household_id):
        db.session.execute(
            update(FamilyChange).where(column == double.id).values({column: kept.id}),
            execution_options={"synchronize_session": False},
        )


def _fold_pin(double: Household, kept: Household) -> None:
    if db.session.get(HouseholdPoint, kept.id) is None:
        db.session.execute(
            update(HouseholdPoint).where(HouseholdPoint.household_id == double.id).values(household_id=kept.id),
            execution_options={"synchronize_session": False},
        )


def _fold_wishes(double: Household, kept: Household) -> None:
    """The kept home's own word holds; where it has said nothing, the double's does."""
    said = db.session.scalar(select(Nomination.id).where(Nomination.household_id == kept.id).limit(1))
    statement = (
        delete(Nomination).where(Nomination.household_id == double.id)
        if said
        else update(Nomination).where(Nomination.household_id == double.id).values(household_id=kept.id)
    )
    db.session.execute(statement, execution_options={"synchronize_session": False})
