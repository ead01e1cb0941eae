"""Writing the village covenant: a version rests on a decision; homes sign it; a home says its motto."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.people import queries
from gridcase.people.models import Covenant, CovenantSignature, FamilyMotto
from gridcase.people.rules import DecisionKind, findings_in, mark_of

AT_ONCE = 400  # homes of one statement: below every database's limit of values


def adopt(
    *, actor: Viewer, village: Grid, decision_id: int, text: str, valid_from: date, confirmed: str = "", now: datetime
) -> Covenant:
    """A version of the covenant, in force from a day on, resting on a decision the village passed for it; the version
    before it ends the day before. Text over a red line is refused; `confirmed`: `mark_of` the doubtful sentences that
    somebody has read and stands by."""
    doubtful = _check_text(text, confirmed)
    db.session.refresh(village, with_for_update=True)
    decision = queries.passed_decision(
        decision_id, village_id=village.id, kind=DecisionKind.COVENANT, on=min(valid_from, town_day(now))
    )
    if decision is None:
        raise Refused(N_("要先有生效日期以前已经通过并公开的村规民约决议。"), field="decision")
    versions = queries.covenants_of(village.id)
    if any(one.decision_id == decision_id for one in versions):
        raise Refused(N_("这项决议已经用于另一版，请另选。"), field="decision")
    last = versions[0] if versions else None
    if last is not None and valid_from <= last.valid_from:
        raise Refused(
            N_("生效日期要晚于第 %(n)s 版（%(day)s）。", n=last.number, day=last.valid_from), field="valid_from"
        )
    if last is not None:
        last.valid_to = valid_from
    made = Covenant(
        village_id=village.id, path=village.path, number=last.number + 1 if last else 1, text=text,
        decision_id=decision_id, valid_from=valid_from, valid_to=None, user_id=actor.user_id, made_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    _note("covenant", made.id, made.path, "covenant.adopt", actor, now, version=made.number, decision=decision_id,
          doubtful=doubtful)  # fmt: skip
    return made


def _check_text(text: str, confirmed: str) -> int:
    """How many doubtful sentences were confirmed; `Refused` for one that is over a red line, or not confirmed."""
    found = findings_in(text)
    red = sum(not one.doubtful for one in found)
    if red:
        raise Refused(N_("有 %(n)s 句越过了法律的红线，改好再登记，改后的文本要经村民会议通过。", n=red), field="text")
    if found and confirmed != mark_of(found):
        raise Refused(N_("有 %(n)s 句要再核对。改好，或核对后勾选，再登记。", n=len(found)), field="confirmed")
    return len(found)


def sign(covenant: Covenant, household_ids: Collection[int], *, actor: Viewer, signed_on: date, now: datetime) -> int:
    """Homes signed a version; who had signed before stays as written. Returns how many are new."""
    if signed_on > town_day(now):
        raise Refused(N_("日期还没有到，等办过以后再登记。"), field="signed_on")
    if not household_ids:
        raise Refused(N_("请先勾选签约的户。"))
    insert = postgresql.insert if dialect_name() == "postgresql" else sqlite.insert
    rows = [
        {"covenant_id": covenant.id, "household_id": one, "signed_on": signed_on, "user_id": actor.user_id,
         "recorded_at": now}
        for one in sorted(household_ids)
    ]  # fmt: skip
    new = 0
    for start in range(0, len(rows), AT_ONCE):
        statement = insert(CovenantSignature).values(rows[start : start + AT_ONCE]).on_conflict_do_nothing()
        new += len(db.session.execute(statement.returning(CovenantSignature.household_id)).all())
    _note(
        "covenant",
        covenant.id,
        covenant.path,
        "covenant.sign",
        actor,
        now,
        homes=sorted(household_ids)[:AT_ONCE],
        new=new,
    )
    return new


def take_back_signature(covenant: Covenant, household_id: int, *, actor: Viewer, now: datetime) -> None:
    """A home was ticked by mistake."""
    found = db.session.get(CovenantSignature, (covenant.id, household_id))
    if found is None:
        raise Refused(N_("这户没有签约记录。"))
    db.session.delete(found)
    db.session.flush()
    _note("covenant", covenant.id, covenant.path, "covenant.unsign", actor, now, homes=[household_id])


def repoint_household(double_id: int, kept_id: int, path: str, *, actor: Viewer, now: datetime) -> None:
    """Two records are one home: what the double signed the kept home signed, unless it had; so with the motto."""
    theirs = db.session.scalars(select(CovenantSignature).where(CovenantSignature.household_id == double_id)).all()
    for row in theirs:
        if db.session.get(CovenantSignature, (row.covenant_id, kept_id)) is None:
            db.session.add(
                CovenantSignature(
                    covenant_id=row.covenant_id, household_id=kept_id, signed_on=row.signed_on, user_id=row.user_id,
                    recorded_at=row.recorded_at,
                )
            )  # fmt: skip
        db.session.delete(row)
    motto = db.session.get(FamilyMotto, double_id)
    if motto is not None:
        if db.session.get(FamilyMotto, kept_id) is None:
            db.session.add(
                FamilyMotto(household_id=kept_id, text=motto.text, shown=motto.shown, user_id=motto.user_id,
                            changed_at=motto.changed_at)
            )  # fmt: skip
        db.session.delete(motto)
    db.session.flush()
    if theirs or motto is not None:
        _note("household", kept_id, path, "covenant.fold", actor, now, double=double_id, rows=len(theirs))


def set_motto(
    *, actor: Viewer, household_id: int, path: str, text: str, shown: bool, now: datetime
) -> FamilyMotto | None:
    """A home's motto, and whether the home lets the village read it; an empty one is taken away. Other words than those
    shown ask for a new yes."""
    found = db.session.get(FamilyMotto, household_id)
    if not text:
        if found is not None:
            db.session.delete(found)
            _note("household", household_id, path, "motto.remove", actor, now)
        return None
    spoken = queries.speaks_as(actor, path=path, household_id=household_id)
    if shown and spoken.judges and not (found is not None and found.shown and found.text == text):
        raise Refused(queries.NOT_FOR_ITSELF, field="shown")
    if found is None:
        found = FamilyMotto(household_id=household_id)
        db.session.add(found)
    found.text, found.shown, found.user_id, found.changed_at = text, shown, actor.user_id, now
    db.session.flush()
    _note("household", household_id, path, "motto.set", actor, now, post_id=spoken.post_id, shown=shown)
    return found


def _note(
    kind: str,
    number: int,
    path: str,
    action: str,
    actor: Viewer,
    now: datetime,
    post_id: int | None = None,
    **detail: object,
) -> None:
    audit.record(
        actor=actor, action=action, subject_kind=kind, subject_id=number, place_path=path, now=now, post_id=post_id,
        detail=dict(detail),
    )  # fmt: skip
