"""The public notice: it takes effect when it ran out, unless somebody objects and a second person agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import update

from gridcase.audit import service as audit
from gridcase.calendar.queries import work_calendar
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_, Text
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.notices import service as telling
from gridcase.people import queries as people
from gridcase.people.rules import Role
from gridcase.points import queries
from gridcase.points.models import PointNotice, Transfer
from gridcase.points.queries import Award, DeductionLeg, DueNotice
from gridcase.points.rules import AccountKind, NoticeOutcome, TransferKind, fill_recover
from gridcase.points.rules.notices import answer_by
from gridcase.points.service import ledger, merging, reversals
from gridcase.points.service.ledger import Leg, Movement
from gridcase.users.models import User

OBJECTION = "objection"


def mature(due: Sequence[DueNotice], *, actor: Viewer, now: datetime) -> int:
    """What hung out without an open objection takes effect; returns how many entries. Twice is as once."""
    issue = ledger.hold({row.village_id for row in due})
    still = queries.still_due([row.transfer_id for row in due])  # another scheduler may have been here first
    if not still:
        return 0
    awards = queries.awards_by_id(_claim(still, now=now))
    purses = ledger.purses_of((award.village_id, award.household_id) for award in awards)
    owed = {home: purse.balance for (home, kind), purse in purses.items() if kind == AccountKind.RECOVER}
    taken = queries.deduction_legs([award.id for award in awards if award.deducts])
    movements: list[Movement] = []
    for award in awards:
        if award.deducts:
            legs = _takes(award, taken[award.id], purses, issue[award.village_id])
        elif award.target == AccountKind.HONOUR:
            legs = [_goes(award, purses, AccountKind.HONOUR, award.amount)]
        else:
            filled, gained = fill_recover(owed[award.household_id], award.amount)
            owed[award.household_id] -= filled
            legs = [_goes(award, purses, AccountKind.MERIT, gained), *_fills(award, purses, issue, filled)]
        source = (award.source_kind, award.source_id)
        movements += ledger.chain(f"mature:{award.id}", legs, award, source=source)
    ledger.post(movements, actor=actor, now=now)
    merging.carry_over({award.household_id for award in awards}, actor=actor, now=now)
    _audit_mature(awards, actor=actor, now=now)
    return len(awards)


def _goes(award: Award, purses: ledger.Purses, target: AccountKind, amount: int) -> Leg:
    home = award.household_id
    return Leg(TransferKind.MATURE, purses[home, AccountKind.PENDING].id, purses[home, target].id, amount)


def _fills(award: Award, purses: ledger.Purses, issue: Mapping[int, int], amount: int) -> list[Leg]:
    """What a home owes is filled before it gets anything."""
    sides = (AccountKind.PENDING, AccountKind.RECOVER)
    village = issue[award.village_id]
    return [Leg(TransferKind.FILL, purses[award.household_id, side].id, village, amount) for side in sides]


def _takes(award: Award, legs: Sequence[DeductionLeg], purses: ledger.Purses, issue: int) -> list[Leg]:
    """A deduction takes effect: what it set aside returns to the village."""
    held = purses[award.household_id, AccountKind.HELD].id
    return [Leg(TransferKind.TAKE, held, issue, sum(leg.amount for leg in legs))]


def _claim(award_ids: Sequence[int], *, now: datetime) -> list[int]:
    """Of these notices, those this transaction is the one to settle."""
    return list(
        db.session.scalars(
            update(PointNotice)
            .where(PointNotice.transfer_id.in_(award_ids), PointNotice.settled_at.is_(None))
            .values(settled_at=now, outcome=NoticeOutcome.MERIT)
            .returning(PointNotice.transfer_id)
            .execution_options(synchronize_session=False)
        )
    )


def _audit_mature(awards: Sequence[Award], *, actor: Viewer, now: datetime) -> None:
    """One row a village."""
    places = grids.by_ids([award.village_id for award in awards])
    for village_id, place in sorted(places.items()):
        own = [award for award in awards if award.village_id == village_id]
        audit.record(
            actor=actor, action="points.mature", subject_kind="grid", subject_id=village_id, now=now,
            place_path=place.path,
            detail={"awards": [award.id for award in own], "points": sum(a.amount for a in own if not a.deducts)},
        )  # fmt: skip


def object_to(transfer: Transfer, *, actor: Viewer, reason: str, now: datetime) -> None:
    """Object to an award while its notice hangs: it waits until a second person has looked at it."""
    if len(reason.strip()) < 4:
        raise Refused(N_("请写明异议的理由，至少四个字。"), field="reason")
    ledger.hold([transfer.village_id])
    claimed = db.session.scalars(
        update(PointNotice)
        .where(
            PointNotice.transfer_id == transfer.id,
            PointNotice.settled_at.is_(None),
            PointNotice.objected_at.is_(None),
            PointNotice.closes_on > town_day(now),
        )
        .values(objected_at=now, objection=reason.strip(), objected_by_user_id=actor.user_id)
        .returning(PointNotice.transfer_id)
        .execution_options(synchronize_session=False)
    ).all()
    if not claimed:
        raise Refused(N_("这一笔的公示已结束，或已有人提出异议。"))
    village = db.session.get_one(Grid, transfer.village_id)
    _tell_reviewers(transfer, village, now=now)
    _record("points.object", transfer, village, actor=actor, now=now, detail={})


def _tell_reviewers(transfer: Transfer, village: Grid, *, now: datetime, due_at: datetime | None = None) -> None:
    reviewers = people.posts_at(village.path, Role.REVIEW_MEMBER, on=town_day(now))
    tellings = [
        telling.Telling(
            rule="points.objection" if due_at is None else "points.objection_due", subject_kind="points_transfer",
            subject_id=transfer.id, due_at=due_at, place_path=village.path, text=_ASKED if due_at is None else _DUE,
            link=f"/points/{transfer.id}/settle", post_id=post.id,
        )
        for post in reviewers
    ]  # fmt: skip
    telling.tell_all(tellings, now=now)


_ASKED = N_("一笔公示中的积分有异议，请复核。")
_DUE = N_("一笔积分异议五个工作日内要答复，期限快到了，请尽快复核。")


def remind(waiting: Sequence[tuple[int, int, datetime]], *, now: datetime) -> int:
    """Remind the reviewers of objections whose five working days end today or tomorrow, or have ended; each once."""
    calendar = work_calendar()
    told = 0
    for transfer_id, village_id, objected_at in waiting:
        last = answer_by(town_day(objected_at), next_workday=calendar.next_workday)
        if town_day(now) < last - timedelta(days=1):
            continue
        village = db.session.get_one(Grid, village_id)
        transfer = db.session.get_one(Transfer, transfer_id)
        _tell_reviewers(transfer, village, now=now, due_at=datetime.combine(last, time(), TOWN_ZONE))
        told += 1
    return told


_UPHELD = N_("您提出异议的一笔积分已冲回。")
_NOT_UPHELD = N_("您提出异议的一笔积分经复核照常生效，复核意见在公示页。")
_PASS_ON = N_("您联系的一户，一笔积分的异议已复核，请转告。")


def _tell_outcome(transfer: Transfer, notice: PointNotice, village: Grid, *, upheld: bool, now: datetime) -> None:
    """Who objected hears how it ended, and so does whoever looks after the home."""

    def told(text: Text, link: str, *, post_id: int | None = None, person_id: int | None = None) -> telling.Telling:
        return telling.Telling(
            rule="points.settled", subject_kind="points_transfer", subject_id=transfer.id, due_at=None,
            place_path=village.path, text=text, link=link, post_id=post_id, person_id=person_id,
        )  # fmt: skip

    page = f"/points/household/{transfer.household_id}/conduct"
    posts = households.liaison_posts_of(transfer.household_id, on=town_day(now))
    tellings = [told(_PASS_ON, page, post_id=post.id) for post in posts]
    user = db.session.get(User, notice.objected_by_user_id) if notice.objected_by_user_id else None
    if user is not None:
        tellings.append(told(_UPHELD if upheld else _NOT_UPHELD, "/points/", person_id=user.person_id))
    telling.tell_all(tellings, now=now)


def settle_objection(transfer: Transfer, *, actor: Viewer, upheld: bool, note: str, now: datetime) -> None:
    """Answer an objection: upheld, the points are taken back; not upheld, they mature when the notice has run out.

    A second person does it: not who objected, declared it or recorded its review, nobody of that home or its kin.
    """
    if len(note.strip()) < 2:
        raise Refused(N_("请写明复核意见。"), field="note")
    if transfer.household_id in queries.kin_homes(actor.person_id):
        raise Refused(N_("这一笔属于您本人或亲属的家庭，请由其他评议成员复核。"))
    ledger.hold([transfer.village_id])
    notice = queries.notice_for_update(transfer.id)
    if notice.objected_at is None or notice.answered_at is not None or notice.settled_at is not None:
        raise Refused(N_("这一笔没有待复核的异议。"))
    if actor.user_id is not None and notice.objected_by_user_id == actor.user_id:
        raise Refused(N_("异议是您提出的，请由其他评议成员复核。"))
    if queries.declarations.declared_by(transfer.id, actor):
        raise Refused(N_("这一笔是您申报的，请由其他评议成员复核。"))
    if queries.declarations.recorded_by(transfer.id, actor):
        raise Refused(N_("这一笔评议是您记录入账的，请由其他评议成员复核。"))
    notice.answered_at, notice.answer = now, note.strip()
    db.session.flush()
    ids: list[int] = []
    if upheld:
        ids = reversals.take_back(
            queries.awards_by_id([transfer.id]), source=(OBJECTION, str(transfer.id)), actor=actor, now=now
        )
    village = db.session.get_one(Grid, transfer.village_id)
    _tell_outcome(transfer, notice, village, upheld=upheld, now=now)
    detail = {"upheld": upheld, "transfers": ids}
    _record("points.settle", transfer, village, actor=actor, now=now, detail=detail)


def _record(
    action: str, transfer: Transfer, village: Grid, *, actor: Viewer, now: datetime, detail: dict[str, Any]
) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="points_transfer", subject_id=transfer.id, now=now,
        place_path=village.path, detail={"household_id": transfer.household_id, "rule": transfer.rule} | detail,
    )  # fmt: skip
