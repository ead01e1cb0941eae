"""The five losses (五失): noted by who serves a home, put before those who may read them, forgotten by themselves.

Nothing said here names a sign: not the trail, not a notice, not the case that asks for an assessment.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete

from gridcase.audit import service as audit
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import Channel
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer, job
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.households.queries import tiers
from gridcase.notices import service as notices
from gridcase.people.rules import Role
from gridcase.visits import queries
from gridcase.visits.models import Visit, VisitSign
from gridcase.visits.rules import ASSESSMENT_CLASS, CONFIRMED_DAYS, SIGN_DAYS, SIGNS_TO_ASSESS, Sign
from gridcase.visits.service.grants import grant_over

ASKER = "限定研判"  # the case is nobody's own: who ticked the boxes does not see what comes of it


def note_signs(visit: Visit, home: Household, *, actor: Viewer, signs: Collection[Sign], now: datetime) -> None:
    """Keep what worried the visitor, for named readers, thirty days; two different ones ask the town for an assessment.

    Refuses nobody who serves the home; for all others the home is `Missing`.
    """
    grant, today = grant_over(actor, home, Permission.PROPOSE_TIER), town_day(now)
    db.session.add_all(
        VisitSign(
            visit_id=visit.id, household_id=home.id, sign=sign, noted_on=today, noted_by_user_id=actor.user_id,
            noted_by_post_id=grant.post_id, valid_until=today + timedelta(days=SIGN_DAYS),
        )
        for sign in sorted(set(signs))
    )  # fmt: skip
    db.session.flush()
    _trace("visit.restricted", visit.id, home, actor=actor, now=now, post_id=grant.post_id)
    rows = queries.signs.kept(home.id, on=today)
    if len({row.sign for row in rows}) >= SIGNS_TO_ASSESS:
        _ask_for_assessment(rows, home, now=now)
    _tell_readers(visit, home, actor=actor, now=now)


def _trace(
    action: str, visit_id: int, home: Household, *, actor: Viewer, now: datetime, post_id: int | None = None
) -> None:
    """That something restricted was written stands beside the visit, not beside the home."""
    audit.record(
        actor=actor, action=action, subject_kind="visit", subject_id=visit_id, place_path=home.path, now=now,
        post_id=post_id, detail={},
    )  # fmt: skip


def _ask_for_assessment(rows: Sequence[VisitSign], home: Household, *, now: datetime) -> None:
    """One open case at a time for a home; where the county does not use the class the readers' notice is all."""
    case_id = next((row.case_id for row in rows if row.case_id and not _is_over(row.case_id)), None)
    if case_id is None:
        try:
            case_class = case_queries.class_in_use(ASSESSMENT_CLASS, path=home.path)
        except Missing:
            return
        case_id = cases.collect(
            actor=job(ASKER), case_class=case_class, title=str(N_("限定可见的情况，请研判")),
            text=str(N_("走访时看到的情况在“限定研判”里，只有指定岗位能看。请研判并落实帮扶人。")),
            channel=Channel.VISIT, grid=db.session.get_one(Grid, home.grid_id), household=home, anonymous=True, now=now,
        ).id  # fmt: skip
    for row in rows:
        row.case_id = case_id


def _is_over(case_id: int) -> bool:
    return db.session.get_one(Case, case_id).closed_at is not None


def _tell_readers(visit: Visit, home: Household, *, actor: Viewer, now: datetime) -> None:
    posts = tiers.nearest_posts(
        home, (Role.VILLAGE_HEAD, Role.DISPATCHER), on=town_day(now), without=actor.post_ids()
    )  # fmt: skip
    notices.tell_all(
        [
            notices.Telling(
                rule="visit_restricted", subject_kind="visit", subject_id=visit.id, due_at=None,
                place_path=home.path, text=N_("%(code)s 有一项限定可见的内容，请在 30 天内确认。", code=home.code),
                link="/visits/signs", post_id=post.id,
            )
            for post in posts
        ],
        now=now,
    )  # fmt: skip


def confirm_signs(home: Household, *, actor: Viewer, ref: str, now: datetime) -> int:
    """Confirm what is kept of a home by the record of an assessment; it is then kept half a year. Who wrote it down
    does not confirm it. Returns how many."""
    rows = [row for row in _kept(home, actor, now) if row.confirmed_at is None]
    if not rows:
        raise Refused(N_("这一户没有等确认的迹象，请重新打开这一页。"))
    own = actor.user_id is not None and any(row.noted_by_user_id == actor.user_id for row in rows)
    if own:
        raise Refused(N_("记下的人不能自己确认，请另一位有权查看的人确认。"))
    if not 2 <= len(ref.strip()) <= 60:
        raise Refused(N_("请填会议记录或评定的编号，最多 60 个字。"), field="ref")
    for row in rows:
        row.confirmed_at, row.confirmed_by_user_id, row.confirmed_ref = now, actor.user_id, ref.strip()
        row.valid_until = town_day(now) + timedelta(days=CONFIRMED_DAYS)
    for visit_id in sorted({row.visit_id for row in rows}):
        _trace("visit.restricted_confirm", visit_id, home, actor=actor, now=now)
    db.session.flush()
    return len(rows)


def drop_signs(home: Household, *, actor: Viewer, now: datetime) -> int:
    """What was seen is over, or was seen wrong: nothing of it is kept; twice is once. Returns how many."""
    rows = _kept(home, actor, now)
    for visit_id in sorted({row.visit_id for row in rows}):
        _trace("visit.restricted_end", visit_id, home, actor=actor, now=now)
    for row in rows:
        db.session.delete(row)
    db.session.flush()
    return len(rows)


def _kept(home: Household, actor: Viewer, now: datetime) -> Sequence[VisitSign]:
    """What is kept of a home, for somebody who may read it; one at a time."""
    grant_over(actor, home, Permission.SEE_SENSITIVE_FACTORS)
    db.session.refresh(home, with_for_update=True)
    return queries.signs.kept(home.id, on=town_day(now))


def forget_signs(*, actor: Viewer, today: date, now: datetime) -> int:
    """Delete what nobody confirmed within thirty days, and what was confirmed long ago; returns how many."""
    gone = queries.signs.run_out(today)
    if gone:
        db.session.execute(
            delete(VisitSign).where(VisitSign.id.in_(gone)), execution_options={"synchronize_session": False}
        )
        audit.record(
            actor=actor, action="visit.restricted_forget", subject_kind="installation", subject_id=None, now=now,
            detail={"count": len(gone)},
        )  # fmt: skip
    return len(gone)
