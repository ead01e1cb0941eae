"""What the villager's door writes: codes of places, demands, secrets, and the reporter's own word."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from gridcase.audit import service as audit
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case, CaseClass
from gridcase.cases.rules import Answer, Channel, Rating
from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.text import clean, clean_line
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.resident import queries
from gridcase.resident.models import CaseSecret, DoorKnock, DoorSheet
from gridcase.resident.rules import (
    FEWEST,
    FROM_ONE_ADDRESS,
    FROM_ONE_SHEET,
    NOT_SURE,
    TOKEN_BYTES,
    WRONG_FOR_A_CASE,
    WRONG_FROM_ONE_ADDRESS,
    Limit,
    new_code,
    title_of,
)

KEPT = timedelta(days=2)  # of the counts of knocks
_TOO_OFTEN = N_("这里一小时内提交得太多了，请过一会儿再试；急的事请直接给村里打电话。")
_WRONG = N_("编号（或电话）和查询码对不上。查询码在登记时给您的回执上；丢了可以请村里再打一张。")
_TOO_MANY_WRONG = N_("错的次数太多，请一小时后再试，或请村里再打一张查询码。")


def make_sheet(place: Grid, *, actor: Viewer, now: datetime, note: str | None = None) -> DoorSheet:
    """A new code for a place, ready to print."""
    sheet = DoorSheet(
        token=secrets.token_urlsafe(TOKEN_BYTES), grid_id=place.id, path=place.path,
        note=clean_line(note or "")[:60] or None, made_at=now,
    )  # fmt: skip
    db.session.add(sheet)
    db.session.flush()
    _audit("door.make", sheet, actor=actor, now=now)
    return sheet


def revoke_sheet(sheet: DoorSheet, *, actor: Viewer, now: datetime) -> None:
    """The printed code leads nowhere from now on."""
    db.session.refresh(sheet, with_for_update={"of": DoorSheet} if dialect_name() == "postgresql" else None)
    if sheet.revoked_at is None:
        sheet.revoked_at = now
        _audit("door.revoke", sheet, actor=actor, now=now)


def _audit(action: str, sheet: DoorSheet, *, actor: Viewer, now: datetime) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="door_sheet", subject_id=sheet.id, place_path=sheet.path, now=now,
        detail={"grid": sheet.grid_id},
    )  # fmt: skip


def knock(limit: Limit, who: str, *, now: datetime) -> int:
    """Count one more; returns how often it was in this hour. Counts of other days are thrown away."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    insert = postgresql.insert if dialect_name() == "postgresql" else sqlite.insert
    statement = insert(DoorKnock).values(kind=limit.kind, who=who, hour=hour, times=1)
    statement = statement.on_conflict_do_update(
        index_elements=["kind", "who", "hour"], set_={"times": DoorKnock.times + 1}
    )
    times = db.session.execute(statement.returning(DoorKnock.times)).scalar_one()
    if times == 1:
        db.session.execute(delete(DoorKnock).where(DoorKnock.hour < now - KEPT))
    return times


def demand(
    sheet: DoorSheet,
    *,
    now: datetime,
    text: str,
    kind: str,
    once: str,
    address_digest: str,
    key: bytes,
    where: str | None = None,
    name: str | None = None,
    phone: str | None = None,
) -> tuple[Case, str]:
    """Take in what a villager wrote behind a code; returns the case and its query code, told this once.

    The same form sent twice gives the same case, with a new code. Nobody is named who does not name himself.
    """
    text = clean(text)
    if len(text) < FEWEST:
        raise Refused(N_("请写明是什么事、在哪里，几句话就行。"), field="text")
    limits = ((FROM_ONE_ADDRESS, address_digest), (FROM_ONE_SHEET, str(sheet.id)))
    counted = [(knock(limit, who, now=now), limit.most) for limit, who in limits]
    before = queries.sent_before(once)  # asked after the counts: forms of one sheet wait there for each other
    if before is not None:
        case = db.session.get_one(Case, before.case_id)
        return case, give_code(case, actor=queries.caller(sheet.grid), now=now, key=key)
    if any(times > most for times, most in counted):
        raise Refused(_TOO_OFTEN)
    actor = queries.caller(sheet.grid)
    case = cases.collect(
        actor=actor, case_class=_class_of(kind, text, sheet.grid), title=title_of(text), text=text,
        channel=Channel.QR, grid=sheet.grid, now=now, reporter_name=name, reporter_phone=phone,
        anonymous=not (clean_line(name or "") or clean_line(phone or "")), address=where,
    )  # fmt: skip
    return case, give_code(case, actor=actor, now=now, key=key, once=once)


def _class_of(kind: str, text: str, place: Grid) -> CaseClass:
    """The class chosen, else the one most like what was written; whoever accepts the case settles it. What the place
    has switched off is none: a villager is never sent away for it."""
    offered = {one.code: one.case_class for one in case_queries.catalogue(path=place.path)}
    if kind in offered:
        return offered[kind]
    usual = {one.code for one in queries.kinds(place) if not one.terms.restricted}
    likely = (one.case_class.code for one in case_queries.suggest_classes(text, path=place.path))
    code = next((code for code in likely if code in usual), NOT_SURE)
    return offered.get(code) or offered[min(usual or offered)]


def give_code(case: Case, *, actor: Viewer, now: datetime, key: bytes, once: str | None = None) -> str:
    """A new query code for a case; the one before opens nothing any more."""
    code = new_code()
    digest = queries.digest_of(code, case.id, key)
    secret = db.session.get(CaseSecret, case.id)
    if secret is None:
        db.session.add(
            CaseSecret(case_id=case.id, digest=digest, once=once, made_at=now, made_by_user_id=actor.user_id)
        )
    else:
        secret.digest, secret.made_at, secret.made_by_user_id = digest, now, actor.user_id
    db.session.flush()
    audit.record(
        actor=actor, action="case.code", subject_kind="case", subject_id=case.id, place_path=case.path, now=now
    )
    return code


def code_for(case: Case, *, actor: Viewer, now: datetime, key: bytes) -> str:
    """A code to hand to the villager who reported; only for whoever may know who that is."""
    if Permission.SEE_REPORTER not in case_queries.permissions_over(case, actor):
        raise Refused(N_("只有登记或办理这件事、看得到反映人的人能给查询码。"))
    return give_code(case, actor=actor, now=now, key=key)


def open_case(
    words: str, code: str, *, address_digest: str, keys: Sequence[bytes], now: datetime
) -> tuple[Case | None, Refused | None]:
    """The case behind a number or phone and a code, or why not. What went wrong is counted, so it must be kept."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    pointed, found = queries.opened(words, code, keys=keys)
    tried = [(WRONG_FROM_ONE_ADDRESS, address_digest), *((WRONG_FOR_A_CASE, str(one)) for one in pointed)]
    if any(queries.knocks(limit.kind, who, hour=hour) >= limit.most for limit, who in tried):
        return None, Refused(_TOO_MANY_WRONG)
    if found is not None:
        return found, None
    for limit, who in tried:
        knock(limit, who, now=now)
    return None, Refused(_WRONG)


def answer(case: Case, *, now: datetime, solved: bool, rating: Rating | None, note: str | None) -> None:
    """The reporter's own word on a result."""
    said = Answer.SOLVED if solved else Answer.NOT_SOLVED
    cases.record_answer(case, actor=queries.reporter_of(case), now=now, answer=said, rating=rating, note=note)


def add_word(case: Case, *, now: datetime, note: str) -> None:
    """Something the reporter forgot, or that has changed."""
    cases.comment(case, actor=queries.reporter_of(case), now=now, note=note)


def withdraw(case: Case, *, now: datetime, note: str) -> None:
    """The reporter takes it back."""
    cases.withdraw(case, actor=queries.reporter_of(case), now=now, note=note)


def reopen(case: Case, *, now: datetime, note: str) -> None:
    """It is not solved after all."""
    cases.reopen(case, actor=queries.reporter_of(case), now=now, note=note)


def address_digest(address: str, *, key: bytes, now: datetime) -> str:
    """Who knocks, for counting alone: changes every day, and says nothing about the address."""
    return hashlib.sha256(key + f"{now:%Y%m%d}:{address}".encode()).hexdigest()[:40]
