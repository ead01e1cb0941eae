"""What weighs on a home: noted by who serves it, confirmed where it is restricted, ended, run out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import insert

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import Household, HouseholdFactor
from gridcase.households.queries import tiers as queries
from gridcase.households.queries import tiers_due
from gridcase.households.queries.homes import members_of
from gridcase.households.rules import FACTORS, RESTRICTED, RESTRICTED_CODES, Cause
from gridcase.households.rules.tiers_factors import END_BY_HAND, MAJOR_CHANGE, EndReason, Source
from gridcase.households.service.tiers import assess_on, check_words
from gridcase.households.service.tiers_tasks import ask_if_changed
from gridcase.notices import service as notices
from gridcase.people.rules import Role


def note_factor(
    home: Household,
    *,
    actor: Viewer,
    code: str,
    source: Source,
    now: datetime,
    person_id: int | None = None,
    basis: str = "",
) -> HouseholdFactor:
    """Write down that something weighs on a home; the same once more prolongs it. A restricted factor holds thirty days
    and goes to those who may read it. Refuses a source that cannot tell, and somebody who does not live here."""
    grant = queries.grant_over(home, actor, Permission.PROPOSE_TIER)
    if grant is None:
        raise Missing
    factor, today = FACTORS.get(code), town_day(now)
    if factor is None:
        raise Refused(N_("请从列表里选一项。"), field="code")
    if source not in factor.sources:
        raise Refused(N_("“%(factor)s”不能凭这个来源记，请换一个来源。", factor=factor.label), field="source")
    if person_id is not None and person_id not in {member.person_id for member in members_of(home.id, on=today)}:
        raise Refused(N_("请选现在住在这一户的人。"), field="person_id")
    rules = queries.rules_for(home.path, on=today)
    if not factor.restricted:
        basis = check_words(basis, field="basis", most=120, least=0)
        _prolong(home, code, person_id, actor, now)
    row = HouseholdFactor(
        household_id=home.id, person_id=person_id, code=code, source=source, basis=basis.strip()[:120],
        rules_version=rules.version, noted_on=today, noted_by_user_id=actor.user_id, noted_by_post_id=grant.post_id,
        valid_until=rules.valid_until(code, today, confirmed=False),
    )  # fmt: skip
    db.session.add(row)
    if code == MAJOR_CHANGE:
        home.next_visit_on = min(home.next_visit_on or today, town_day(now + timedelta(hours=24)))
    db.session.flush()
    _record(row, home, actor=actor, action="tier.factor", now=now, post_id=grant.post_id)
    if factor.restricted:
        _tell_readers(row, home, actor=actor, now=now)
    ask_if_changed(home, actor=actor, cause=_cause(code, Cause.FACTOR), ref=f"f{row.id}", now=now)
    return row


def _cause(code: str, plain: Cause) -> Cause:
    return Cause.RESTRICTED if code in RESTRICTED_CODES else plain


def _prolong(home: Household, code: str, person_id: int | None, actor: Viewer, now: datetime) -> None:
    """The row that said the same until now ends: the new one takes over."""
    for row in queries.factors_in_force(home.id, on=town_day(now)):
        if (row.code, row.person_id) == (code, person_id):
            row.ended_on, row.ended_why, row.ended_by_user_id = town_day(now), EndReason.PROLONGED, actor.user_id


def _record(
    row: HouseholdFactor, home: Household, *, actor: Viewer, action: str, now: datetime, post_id: int | None = None
) -> None:
    """The trail names the factor only where everybody who reads the trail may know it."""
    code = RESTRICTED if row.code in RESTRICTED_CODES else row.code
    audit.record(
        actor=actor, action=action, subject_kind="household", subject_id=home.id, place_path=home.path, now=now,
        post_id=post_id, detail={"factor": code, "row": row.id},
    )  # fmt: skip


def _tell_readers(row: HouseholdFactor, home: Household, *, actor: Viewer, now: datetime) -> None:
    posts = queries.nearest_posts(
        home, (Role.VILLAGE_HEAD, Role.DISPATCHER), on=town_day(now), without=actor.post_ids()
    )  # fmt: skip
    notices.tell_all(
        [
            notices.Telling(
                rule="tier_restricted", subject_kind="tier_factor", subject_id=row.id, due_at=None,
                place_path=home.path, text=N_("%(code)s 有一项限定可见的内容，请在 30 天内确认。", code=home.code),
                link=f"/households/{home.id}/tier", post_id=post.id,
            )
            for post in posts
        ],
        now=now,
    )  # fmt: skip


def confirm_factor(row: HouseholdFactor, home: Household, *, actor: Viewer, ref: str, now: datetime) -> None:
    """Confirm a restricted factor by the record of a meeting or assessment: it then holds its full time. Whoever wrote
    it down does not confirm it."""
    grant = queries.grant_over(home, actor, Permission.SEE_SENSITIVE_FACTORS)
    if grant is None or row.code not in RESTRICTED_CODES:
        raise Missing
    db.session.refresh(row, with_for_update=True)
    _still_open(row, now)
    if row.confirmed_at is not None:
        raise Refused(N_("这一项已经确认过了。"))
    if actor.user_id is not None and row.noted_by_user_id == actor.user_id:
        raise Refused(N_("记下的人不能自己确认，请另一位有权查看的人确认。"))
    if not 2 <= len(ref.strip()) <= 60:
        raise Refused(N_("请填会议记录或评定的编号，最多 60 个字。"), field="ref")
    rules = queries.rules_for(home.path, on=town_day(now))
    row.confirmed_at, row.confirmed_by_user_id, row.confirmed_ref = now, actor.user_id, ref.strip()
    row.valid_until = rules.valid_until(row.code, town_day(now), confirmed=True)
    _record(row, home, actor=actor, action="tier.factor_confirm", now=now, post_id=grant.post_id)
    ask_if_changed(home, actor=actor, cause=Cause.RESTRICTED, ref=f"c{row.id}", now=now)


def end_factor(row: HouseholdFactor, home: Household, *, actor: Viewer, why: EndReason, now: datetime) -> None:
    """A factor no longer holds. A restricted one is ended by who may read it."""
    right = Permission.SEE_SENSITIVE_FACTORS if row.code in RESTRICTED_CODES else Permission.PROPOSE_TIER
    grant = queries.grant_over(home, actor, right)
    if grant is None:
        raise Missing
    if why not in END_BY_HAND:
        raise Refused(N_("请选为什么不再算。"), field="why")
    db.session.refresh(row, with_for_update=True)
    _still_open(row, now)
    row.ended_on, row.ended_why, row.ended_by_user_id = town_day(now), why, actor.user_id
    _record(row, home, actor=actor, action="tier.factor_end", now=now, post_id=grant.post_id)
    ask_if_changed(home, actor=actor, cause=_cause(row.code, Cause.FACTOR), ref=f"e{row.id}", now=now)


def _still_open(row: HouseholdFactor, now: datetime) -> None:
    if row.ended_on is not None or row.valid_until < town_day(now):
        raise Refused(N_("这一项已经不算了，请重新打开这一页。"))


def let_run_out(*, actor: Viewer, now: datetime, asleep: Collection[str] = ()) -> int:
    """End the factors whose last day is over and ask for another assessment, but not in counties that are `asleep`;
    returns how many (a batch at most)."""
    rows = tiers_due.run_out(town_day(now), asleep=asleep)
    for row, home in rows:
        unconfirmed = row.code in RESTRICTED_CODES and row.confirmed_at is None
        row.ended_on = row.valid_until + timedelta(days=1)
        row.ended_why = EndReason.UNCONFIRMED if unconfirmed else EndReason.EXPIRED
        _record(row, home, actor=actor, action="tier.factor_end", now=now)
        ask_if_changed(home, actor=actor, cause=_cause(row.code, Cause.EXPIRED), ref=f"x{row.id}", now=now)
    return len(rows)


@dataclass(frozen=True)
class FactorRow:
    """One line of an office's list: a home, an open factor, since when it is known."""

    household_id: int
    code: str
    noted_on: date


def take_over_factors(*, actor: Viewer, village: Grid, rows: Sequence[FactorRow], now: datetime) -> int:
    """Take over the lists of offices for a village in a few statements; a home counts as assessed on the newest day.
    Restricted factors come one by one, by those who serve the home. Returns how many were written."""
    if any(row.code not in FACTORS or row.code in RESTRICTED_CODES for row in rows):
        raise Refused(N_("名单里有不能批量登记的因素，请去掉后再导入。"))
    if not rows:
        return 0
    rules = queries.rules_for(village.path, on=town_day(now))
    db.session.execute(
        insert(HouseholdFactor),
        [
            {
                "household_id": row.household_id, "code": row.code, "source": Source.LIST, "basis": "",
                "rules_version": rules.version, "noted_on": row.noted_on, "noted_by_user_id": actor.user_id,
                "valid_until": rules.valid_until(row.code, row.noted_on, confirmed=False),
            }
            for row in rows
        ],
    )  # fmt: skip
    newest: dict[int, date] = {}
    for row in rows:
        newest[row.household_id] = max(row.noted_on, newest.get(row.household_id, row.noted_on))
    assess_on(newest)
    audit.record(
        actor=actor, action="tier.register", subject_kind="grid", subject_id=village.id, place_path=village.path,
        now=now, detail={"factors": len(rows), "households": len(newest)},
    )  # fmt: skip
    return len(rows)
