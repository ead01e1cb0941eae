"""Giving honours: a round begun, homes named, a council heard, a public notice, a second person's word, plates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError

from gridcase.affairs.models import Award, AwardRound, HomeChoice
from gridcase.affairs.queries import honours as queries
from gridcase.affairs.rules import (
    HONOUR_POINTS,
    AwardKind,
    AwardLevel,
    AwardState,
    RoundState,
    plate_number,
)
from gridcase.affairs.rules.honours import NOTICE_DAYS, NOTICE_DAYS_LEAST, STARS_MOST
from gridcase.affairs.service.activities import SENT_BEFORE, answers_for
from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.text import clean, clean_line
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.people import queries as people
from gridcase.people.rules import BodyKind, DecisionKind
from gridcase.points import queries as points
from gridcase.points import service as points_service
from gridcase.points.rules import AccountKind
from gridcase.points.service import reversals

SOURCE = "award"
PLACES_MOST = 500
COUNCIL = BodyKind.MORAL  # whose opinion a round rests on
GIVES = Permission.GIVE_AWARDS
_OWN_HOME = N_("这是您本人或亲属的家庭，请另一位来办。")
_CHILD_LED = N_("这一户由未满 14 周岁的孩子当家，不能公开姓名。")
_VETOED = N_("这一户在一票否决期内，不能评先。")


@dataclass(frozen=True)
class Plan:
    """What a round gives, as it was typed."""

    kind: AwardKind
    level: AwardLevel
    name: str
    places: int
    counts_from: date
    counts_to: date


def begin(*, actor: Viewer, village: Grid, client_uuid: str, plan: Plan, now: datetime) -> AwardRound:
    """Begin a round. The same form twice is one round."""
    answers_for(actor, village.path, GIVES)
    _check_open(village.path, now)
    name = clean_line(plan.name)[:40] or str(plan.kind.label)
    if not 1 <= plan.places <= PLACES_MOST:
        raise Refused(N_("名额填 1 到 500 户。"), field="places")
    if plan.counts_from > plan.counts_to:
        raise Refused(N_("结束的日期不能早于开始。"), field="counts_to")
    row = AwardRound(
        client_uuid=client_uuid, village_id=village.id, path=village.path, kind=plan.kind.value, name=name,
        level=plan.level.value, places=plan.places, counts_from=plan.counts_from, counts_to=plan.counts_to,
        state=RoundState.OPEN.value, user_id=actor.user_id, person_id=actor.person_id, made_at=now,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        first = queries.by_uuid(client_uuid)
        if first is None or first.user_id != actor.user_id or first.name != name:
            raise Refused(SENT_BEFORE) from None
        return first
    _note("award.begin", row, actor, now, kind=plan.kind.value, level=plan.level.value)
    return row


def _check_open(path: str, now: datetime) -> None:
    if not queries.is_open(path, on=town_day(now)):
        raise Refused(N_("村里没有启用评先和红黑榜。"))


def name_home(
    round_: AwardRound, home: Household, *, actor: Viewer, stars: int | None, deeds: str, now: datetime
) -> Award:
    """Name a home; its points of the span are kept as they are now. A veto stands against it, and so does its own
    word."""
    answers_for(actor, round_.path, GIVES)
    lock(round_, RoundState.OPEN)
    if home.village_id != round_.village_id or home.ended_on is not None:
        raise Missing
    if round_.kind == AwardKind.STARS and (stars is None or not 1 <= stars <= STARS_MOST):
        raise Refused(N_("请选几星，1 到 5。"), field="stars")
    choice = queries.choice_of(home.id)
    if choice is not None and not choice.compared:
        raise Refused(N_("这一户不愿意参加评比。"))
    if points.frozen_until(home.id, on=town_day(now)) is not None:
        raise Refused(_VETOED)
    if len(queries.awards_of(round_, AwardState.NAMED)) >= round_.places:
        raise Refused(N_("名额 %(places)s 户已满，先取消一户。", places=round_.places))
    sums = queries.points_by_board(round_.village_id, first=round_.counts_from, last=round_.counts_to)
    row = Award(
        round_id=round_.id, household_id=home.id, deeds=clean_line(deeds)[:200], state=AwardState.NAMED.value,
        stars=stars if round_.kind == AwardKind.STARS else None, points=sum(sums.get(home.id, {}).values()),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise Refused(N_("这一户已经提名了。")) from None
    _note("award.name", round_, actor, now, home=home.id)
    return row


def unname(award: Award, round_: AwardRound, *, actor: Viewer, now: datetime) -> None:
    """Take a nomination back, before it hangs out."""
    answers_for(actor, round_.path, GIVES)
    lock(round_, RoundState.OPEN)
    home = award.household_id
    db.session.delete(award)
    _note("award.unname", round_, actor, now, home=home)


def hang_out(round_: AwardRound, *, actor: Viewer, decision_id: int, days: int = NOTICE_DAYS, now: datetime) -> None:
    """With the opinion of the moral council, the nominations hang out for everybody of the village."""
    answers_for(actor, round_.path, GIVES)
    lock(round_, RoundState.OPEN)
    today = town_day(now)
    opinion = people.passed_decision(
        decision_id, village_id=round_.village_id, kind=DecisionKind.COUNCIL, on=today, body=COUNCIL
    )
    if opinion is None:
        raise Refused(N_("请选一份道德评议会已通过的意见。"), field="decision")
    if not queries.awards_of(round_, AwardState.NAMED):
        raise Refused(N_("还没有提名。"))
    if days < NOTICE_DAYS_LEAST:
        raise Refused(N_("公示至少 %(days)s 天。", days=NOTICE_DAYS_LEAST), field="days")
    round_.decision_id, round_.state = opinion.id, RoundState.NOTICE.value
    round_.notice_from, round_.notice_until = today, today + timedelta(days=days - 1)
    _note("award.hang_out", round_, actor, now, decision=opinion.id, days=days)


def object_to(award: Award, round_: AwardRound, *, actor: Viewer, reason: str, now: datetime) -> None:
    """Somebody of the village says why a home should not be honoured, while it hangs out."""
    lock(round_, RoundState.NOTICE)
    if round_.notice_until is None or town_day(now) > round_.notice_until:
        raise Refused(N_("公示已经结束。"))
    if award.state != AwardState.NAMED or award.objected_at is not None:
        raise Refused(N_("已有人对这一户提出异议，正在核实。"))
    if not (reason := clean(reason)[:300]):
        raise Refused(N_("请写明异议的理由。"), field="reason")
    award.objection, award.objected_at, award.objected_by_user_id = reason, now, actor.user_id
    _note("award.object", round_, actor, now, home=award.household_id)


def answer(award: Award, round_: AwardRound, *, actor: Viewer, upheld: bool, words: str, now: datetime) -> None:
    """Answer an objection, by somebody else than who objected; upheld, the home is struck."""
    answers_for(actor, round_.path, GIVES)
    lock(round_, RoundState.NOTICE)
    if award.objected_at is None or award.answered_at is not None:
        raise Refused(N_("没有要答复的异议。"))
    if actor.user_id is not None and actor.user_id == award.objected_by_user_id:
        raise Refused(N_("自己提的异议，请另一位来答复。"))
    if began(round_, actor):
        raise Refused(N_("自己发起的评选，异议要由另一位来答复，例如镇里。"))
    if award.household_id in points.kin_homes(actor.person_id):
        raise Refused(_OWN_HOME)
    if not (words := clean(words)[:300]):
        raise Refused(N_("请写明核实的情况。"), field="words")
    award.answer, award.answered_at = words, now
    if upheld:
        award.state, award.reason = AwardState.STRUCK.value, words[:200]
    _note("award.answer", round_, actor, now, home=award.household_id, upheld=upheld)


def approve(round_: AwardRound, *, actor: Viewer, now: datetime) -> int:
    """A second person gives the honours when the notice has run out; returns how many homes. Vetoes are asked once
    more; honour points are posted, star homes get a plate."""
    answers_for(actor, round_.path, GIVES)
    lock(round_, RoundState.NOTICE)
    today = town_day(now)
    named = queries.awards_of(round_, AwardState.NAMED)
    _check_approval(round_, named, actor, today)
    given = 0
    for award in named:
        if points.frozen_until(award.household_id, on=today) is not None:
            award.state, award.reason = AwardState.STRUCK.value, str(_VETOED)
            continue
        _give(award, round_, actor=actor, now=now)
        given += 1
    round_.state, round_.approved_at, round_.approved_by_user_id = RoundState.GIVEN.value, now, actor.user_id
    _note("award.approve", round_, actor, now, homes=given)
    return given


def _check_approval(round_: AwardRound, named: list[Award], actor: Viewer, today: date) -> None:
    if round_.notice_until is None or today <= round_.notice_until:
        raise Refused(N_("公示还没有结束。"))
    if any(award.objected_at is not None and award.answered_at is None for award in named):
        raise Refused(N_("还有异议没有答复。"))
    if began(round_, actor):
        raise Refused(N_("自己发起的评选，要由另一位来批准，例如镇里。"))
    if points.kin_homes(actor.person_id) & {award.household_id for award in named}:
        raise Refused(N_("名单里有您本人或亲属的家庭，请另一位来批准。"))


def began(round_: AwardRound, actor: Viewer) -> bool:
    """Whether the actor began the round, under this account or another of the same person."""
    same_user = actor.user_id is not None and actor.user_id == round_.user_id
    return same_user or (actor.person_id is not None and actor.person_id == round_.person_id)


def _give(award: Award, round_: AwardRound, *, actor: Viewer, now: datetime) -> None:
    today, level = town_day(now), AwardLevel(round_.level)
    award.state, award.given_on = AwardState.GIVEN.value, today
    if round_.kind == AwardKind.STARS:
        village = db.session.get_one(Grid, round_.village_id)
        start = f"{village.code}-{today.year}-"
        award.plate = plate_number(village.code, today.year, queries.last_plate(start) + 1)
        db.session.flush()
    scheme = points.scheme_of(round_.village_id, on=today)
    points_service.post_award(
        household_id=award.household_id, points=HONOUR_POINTS[level], account=AccountKind.HONOUR, rule=level.value,
        version_id=scheme.id if scheme else None, source_kind=SOURCE, source_id=str(award.id),
        key=f"award:{award.id}", notice_days=0, actor=actor, now=now,
    )  # fmt: skip


def revoke(award: Award, round_: AwardRound, *, actor: Viewer, reason: str, now: datetime) -> None:
    """Take an honour back, with the reason; its points go back too."""
    answers_for(actor, round_.path, GIVES)
    lock(round_, RoundState.GIVEN)
    db.session.refresh(award)  # read before the round was held: somebody may have revoked it since
    if award.state != AwardState.GIVEN:
        raise Refused(N_("这一户没有这项荣誉。"))
    if not (reason := clean_line(reason)[:200]):
        raise Refused(N_("请写为什么撤销。"), field="reason")
    if award.household_id in points.kin_homes(actor.person_id):
        raise Refused(_OWN_HOME)
    withdraw(award, reason=reason, actor=actor, now=now)
    _note("award.revoke", round_, actor, now, home=award.household_id)


def withdraw(award: Award, *, reason: str, actor: Viewer, now: datetime) -> None:
    """An honour that was given is held no longer and its points go back; for the rooms that answer for doing it."""
    award.state, award.revoked_on, award.reason = AwardState.REVOKED.value, town_day(now), reason
    standing = points.standing_awards(SOURCE, str(award.id))
    if standing:
        reversals.take_back(standing, source=("revoked", str(award.id)), actor=actor, now=now)


def drop(round_: AwardRound, *, actor: Viewer, now: datetime) -> None:
    """The round is given up."""
    answers_for(actor, round_.path, GIVES)
    lock(round_, RoundState.OPEN, RoundState.NOTICE)
    round_.state = RoundState.DROPPED.value
    _note("award.drop", round_, actor, now)


def choose(home: Household, *, actor: Viewer, compared: bool, named: bool, now: datetime) -> HomeChoice:
    """What a home says about being compared and being named; said by itself, or written down by who serves it."""
    households.get_household(home.id, viewer=actor, permission=Permission.DECLARE_POINTS)
    row = db.session.get(HomeChoice, home.id, with_for_update=True)
    says_yes = (named and not (row and row.named)) or (compared and row is not None and not row.compared)
    spoken = people.speaks_as(actor, path=home.path, household_id=home.id)
    if says_yes and spoken.judges:
        raise Refused(people.NOT_FOR_ITSELF, field="named")
    if named and home.id in households.child_led([home.id], on=town_day(now)):
        raise Refused(_CHILD_LED, field="named")
    if row is None:
        row = HomeChoice(household_id=home.id, compared=compared, named=named, said_on=town_day(now))
        db.session.add(row)
    row.compared, row.named, row.said_on, row.user_id = compared, named, town_day(now), actor.user_id
    db.session.flush()
    audit.record(
        actor=actor, action="award.choose", subject_kind="household", subject_id=home.id, place_path=home.path, now=now,
        post_id=spoken.post_id, detail={"compared": compared, "named": named},
    )  # fmt: skip
    return row


def lock(round_: AwardRound, *states: RoundState) -> None:
    """The round as it stands now, held; `Refused` when it is past these states."""
    db.session.refresh(round_, with_for_update=True)
    if round_.state not in states:
        raise Refused(N_("这次评选已经走到下一步，请重新打开这一页。"))


def _note(action: str, round_: AwardRound, actor: Viewer, now: datetime, **detail: object) -> None:
    db.session.flush()
    audit.record(
        actor=actor, action=action, subject_kind="award_round", subject_id=round_.id, place_path=round_.path, now=now,
        detail=dict(detail),
    )  # fmt: skip
