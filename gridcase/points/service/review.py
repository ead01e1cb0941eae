"""Deciding what was declared: the review group, then the council or the town where the scheme asks for them.

What is approved is posted at once and hangs on public notice for the days of its scheme.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Forbidden, Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.notices import service as telling
from gridcase.people import queries as people
from gridcase.people.rules import BodyKind, DecisionKind, Role
from gridcase.points import queries
from gridcase.points.models import Declaration, Review, SchemeItem, SchemeVersion, Vote
from gridcase.points.queries.review import Member
from gridcase.points.rules import declarations as rules
from gridcase.points.rules.declarations import DeclarationState
from gridcase.points.rules.review import MOVES, QUORUM, Choice, Tally, Verdict, carried, decided
from gridcase.points.rules.schemes import Approval
from gridcase.points.service import ledger, postings
from gridcase.points.service.declarations import full

DECLARATION = "declaration"
LEAST_REASON = 4
COUNCIL = BodyKind.MORAL  # whose opinion is entered


@dataclass(frozen=True)
class Ruling:
    """What a meeting did with one declaration: the verdict, how many voted against the majority's way, and why."""

    declaration_id: int
    verdict: Verdict
    against: int = 0
    reason: str = ""


_Row = tuple[Declaration, SchemeItem, SchemeVersion]


def vote(declaration_id: int, *, in_favour: bool, reason: str = "", actor: Viewer, now: datetime) -> Declaration:
    """A member of the group votes on line; the vote that settles it decides. Voting again changes the own vote."""
    row = _held([declaration_id])[declaration_id]
    declaration = row[0]
    _still(declaration, DeclarationState.DECLARED)
    group = queries.review.group_of(_village(declaration).path, on=town_day(now))
    member = next((one for one in group if one.person_id == actor.person_id), None)
    if member is None:
        raise Forbidden(N_("只有这个村的评议小组成员可以评议。"))
    if (why := queries.review.why_aside(declaration, member)) is not None:
        raise Refused(N_("您应当回避这一条：%(why)s。", why=why))
    reason = clean(reason or "")
    if not in_favour and len(reason) < LEAST_REASON:
        raise Refused(N_("不同意请写明理由，至少四个字，该户看得到。"), field="reason")
    choice = Choice.FOR if in_favour else Choice.AGAINST
    _cast(declaration, [(member.person_id, choice)], None, actor=actor, now=now)
    if not in_favour:
        declaration.reason = reason
    _stand_aside(declaration, group, None, actor=actor, now=now)
    tally = queries.review.tally(declaration, group)
    _record("points.vote", declaration, actor=actor, now=now, detail={"choice": str(choice)})
    if (settled := decided(tally)) is not None:
        _count(declaration, tally, len(group))
        _conclude(row, passed=settled, reason="" if settled else declaration.reason, actor=actor, now=now)
    return declaration


def meet(
    *,
    client_uuid: str,
    village: Grid,
    held_on: date,
    present: Collection[int],
    rulings: Sequence[Ruling],
    actor: Viewer,
    now: datetime,
) -> Review:
    """Enter a meeting of the group: who was there, and what was decided on each declaration. Sent twice it is one.

    Members stand aside by themselves where it is their own or kin's home; at least three others must have voted. Who
    would stand aside does not enter the outcome either: another member does.
    """
    if (first := queries.review.review_by_uuid(client_uuid)) is not None:
        return first
    if held_on > town_day(now):
        raise Refused(N_("日期不能晚于今天。"), field="held_on")
    group = queries.review.group_of(village.path, on=held_on)
    there = [member for member in group if member.person_id in set(present)]
    if len(there) < QUORUM:
        raise Refused(N_("到会的评议小组成员不足 %(least)s 人，不能评议。", least=QUORUM), field="present")
    dealt = [ruling for ruling in rulings if ruling.verdict is not Verdict.LATER]
    if not dealt:
        raise Refused(N_("请至少对一条作出评议。"))
    review = Review(
        client_uuid=client_uuid, village_id=village.id, path=village.path, held_on=held_on, user_id=actor.user_id,
        recorded_at=now,
    )  # fmt: skip
    db.session.add(review)
    db.session.flush()
    rows = _held([ruling.declaration_id for ruling in dealt])
    recorder = Member(actor.person_id or 0, actor.name, queries.kin_homes(actor.person_id))
    for ruling in sorted(dealt, key=lambda one: one.declaration_id):
        _may_enter(rows[ruling.declaration_id][0], recorder, held_on)
    for ruling in sorted(dealt, key=lambda one: one.declaration_id):
        _rule(rows[ruling.declaration_id], ruling, there, len(group), review, actor=actor, now=now)
    audit.record(
        actor=actor, action="points.review", subject_kind="points_review", subject_id=review.id, now=now,
        place_path=village.path,
        detail={"present": len(there), "declarations": [ruling.declaration_id for ruling in dealt]},
    )  # fmt: skip
    return review


def _may_enter(declaration: Declaration, recorder: Member, held_on: date) -> None:
    """Nobody writes down alone what was decided on the own matter, nor a meeting older than what it decided."""
    field = f"row-{declaration.id}"
    if (why := queries.review.why_aside(declaration, recorder)) is not None:
        raise Refused(N_("您应当回避这一条（%(why)s），请留待下次，由其他成员记录。", why=why), field=field)
    if held_on < town_day(declaration.declared_at):
        raise Refused(N_("这一条在开会那天还没有申报，请改日期，或留待下次。"), field=field)


def _rule(
    row: _Row, ruling: Ruling, there: Sequence[Member], group: int, review: Review, *, actor: Viewer, now: datetime
) -> None:
    """One declaration of a meeting: votes, count, and where it goes."""
    declaration, item, _version = row
    field = f"row-{declaration.id}"
    if declaration.village_id != review.village_id:
        raise Refused(N_("这一条不是本村的。"), field=field)
    _still(declaration, DeclarationState.DECLARED, field=field)
    may = [member for member in there if queries.review.why_aside(declaration, member) is None]
    if len(may) < QUORUM:
        raise Refused(N_("回避后能评议的不足 %(least)s 人，请留待下次。", least=QUORUM), field=field)
    if not 0 <= ruling.against <= len(may):
        raise Refused(N_("反对的人数不能多于 %(most)s 人。", most=len(may)), field=field)
    reason = clean(ruling.reason or "")
    passed = ruling.verdict is Verdict.PASS
    tally = Tally(len(may) - ruling.against, ruling.against, len(may))
    if ruling.verdict is Verdict.REJECT:
        tally = Tally(ruling.against, len(may) - ruling.against, len(may))
    elif not carried(tally):
        raise Refused(N_("同意的没有过半，不能通过。"), field=field)
    if not passed and len(reason) < LEAST_REASON:
        raise Refused(N_("请写明理由，至少四个字，该户看得到。"), field=field)
    if ruling.verdict is Verdict.TALK and item.points > 0:
        raise Refused(N_("教育谈话只用于扣分。"), field=field)
    own = {member.person_id for member in may}
    votes = [(one.person_id, Choice.PRESENT if one.person_id in own else Choice.ASIDE) for one in there]
    _cast(declaration, votes, review, actor=actor, now=now)
    declaration.votes_for, declaration.votes_against, declaration.recused = (
        tally.favour, tally.against, len(there) - len(may),
    )  # fmt: skip
    if ruling.verdict is Verdict.TALK:
        declaration.talked_on = review.held_on
        _move(declaration, DeclarationState.TALK, reason=reason, actor=actor, now=now)
        return
    _conclude(row, passed=passed, reason="" if passed else reason, actor=actor, now=now)


def hear_council(
    declaration_id: int,
    *,
    decision_id: int | None,
    granted: bool,
    points: int | None = None,
    reason: str = "",
    actor: Viewer,
    now: datetime,
) -> Declaration:
    """Enter what the moral council said, by its recorded opinion; of an item of at most so many points, how many."""
    row = _held([declaration_id])[declaration_id]
    declaration, item, _version = row
    _still(declaration, DeclarationState.COUNCIL)
    _second_person(declaration, actor)
    found = None
    if decision_id is not None:
        found = people.passed_decision(
            decision_id, village_id=declaration.village_id, kind=DecisionKind.COUNCIL, on=town_day(now), body=COUNCIL
        )
    if found is None:
        raise Refused(N_("请选道德评议会的意见；还没有记录的，先在“村级决议”里记下。"), field="decision_id")
    if found.passed_on is not None and found.passed_on < town_day(declaration.declared_at):
        raise Refused(N_("这条意见早于申报，请选评议这一条的意见。"), field="decision_id")
    if granted and points is not None:
        if not item.at_most or points * item.points <= 0 or abs(points) > abs(declaration.points):
            raise Refused(N_("这一项最多 %(points)s 分。", points=abs(declaration.points)), field="points")
        declaration.points = points
    declaration.decision_id = found.id
    _conclude(row, passed=granted, reason=_reason(granted, reason), actor=actor, now=now)
    return declaration


def hear_town(declaration_id: int, *, granted: bool, reason: str = "", actor: Viewer, now: datetime) -> Declaration:
    """The town approves, or does not and says why."""
    row = _held([declaration_id])[declaration_id]
    _still(row[0], DeclarationState.TOWN)
    _second_person(row[0], actor)
    _conclude(row, passed=granted, reason=_reason(granted, reason), actor=actor, now=now)
    return row[0]


def _reason(granted: bool, reason: str) -> str:
    words = clean(reason or "")
    if not granted and len(words) < LEAST_REASON:
        raise Refused(N_("请写明理由，至少四个字，该户看得到。"), field="reason")
    return "" if granted else words


def _second_person(declaration: Declaration, actor: Viewer) -> None:
    own = declaration.household_id in queries.kin_homes(actor.person_id)
    if own or (actor.person_id is not None and actor.person_id == declaration.by_person_id):
        raise Refused(N_("这一条是您申报的，或属于您本人、亲属的家庭，请由其他人办理。"))


def _conclude(row: _Row, *, passed: bool, reason: str, actor: Viewer, now: datetime) -> None:
    """Where a declaration goes from the state it is in."""
    declaration, item, version = row
    if not passed:
        _move(declaration, DeclarationState.REJECTED, reason=reason, actor=actor, now=now)
        return
    asks_council = rules.needs_council(
        item, declaration.points, document_no=declaration.document_no, council_from=version.council_from
    )
    if declaration.state == DeclarationState.DECLARED and asks_council:
        _move(declaration, DeclarationState.COUNCIL, reason="", actor=actor, now=now)
    elif declaration.state != DeclarationState.TOWN and item.approval == Approval.TOWN:
        _move(declaration, DeclarationState.TOWN, reason="", actor=actor, now=now)
    else:
        _post(row, actor=actor, now=now)


def _post(row: _Row, *, actor: Viewer, now: datetime) -> None:
    """Post what is left of it under the cap: closed cases and others may have been posted since it was declared."""
    declaration, item, version = row
    ledger.hold([declaration.village_id])  # from here on no closed case fills the cap beside us
    used = queries.declarations.used_points([declaration.household_id], item, on=declaration.happened_on, posted=True)[
        declaration.household_id
    ]
    left, reason = rules.under_cap(item, declaration.points, used=used), ""
    if left == 0:
        _move(declaration, DeclarationState.REJECTED, reason=str(full(item)), actor=actor, now=now)
        return
    if left != declaration.points:
        reason = str(N_("通过时这一项本期只剩 %(points)s 分，已按 %(points)s 分记。", points=abs(left)))
        declaration.points = left
    transfer = postings.post_award(
        household_id=declaration.household_id, points=declaration.points, account=item.account, rule=item.code,
        version_id=version.id, source_kind=DECLARATION, source_id=str(declaration.id),
        key=f"{DECLARATION}:{declaration.id}", notice_days=version.notice_days, actor=actor, now=now,
    )  # fmt: skip
    declaration.transfer_id = transfer.id if transfer is not None else None
    _move(declaration, DeclarationState.POSTED, reason=reason, actor=actor, now=now)


def _move(declaration: Declaration, target: DeclarationState, *, reason: str, actor: Viewer, now: datetime) -> None:
    """The one door by which a declaration changes its state."""
    before = DeclarationState(declaration.state)
    if target not in MOVES.get(before, frozenset()):
        raise Refused(N_("这一条已经评议过。"))
    declaration.state, declaration.reason = target, reason
    if target not in rules.OPEN:
        declaration.decided_at = now
    detail = {"from": str(before), "to": str(target), "points": declaration.points, "transfer": declaration.transfer_id}
    _record("points.decide", declaration, actor=actor, now=now, detail=detail)
    _tell_next(declaration, target, now=now)


def _tell_next(declaration: Declaration, target: DeclarationState, *, now: datetime) -> None:
    """Whose turn it is."""
    if target not in _NEXT:
        return
    role, depth, link, text = _NEXT[target]
    place = "/".join(declaration.path.split("/")[: depth + 1]) + "/"
    posts = people.posts_at(place, role, on=town_day(now))
    tellings = [
        telling.Telling(
            rule=f"points.{target}", subject_kind=DECLARATION, subject_id=declaration.id, due_at=None,
            place_path=declaration.path, text=text, link=link, post_id=post.id,
        )
        for post in posts
    ]  # fmt: skip
    telling.tell_all(tellings, now=now)


# Whose turn it is: the role, how deep in the tree its place lies (town 2, village 3), its page and the words.
_NEXT = {
    DeclarationState.COUNCIL: (Role.VILLAGE_HEAD, 3, "/points/council", N_("有积分申报待道德评议会评议。")),
    DeclarationState.TOWN: (Role.TOWN_MANAGER, 2, "/points/town", N_("有积分申报待镇里审核。")),
}


def _held(declaration_ids: Collection[int]) -> dict[int, _Row]:
    rows = queries.review.for_update(declaration_ids)
    if missing := set(declaration_ids) - set(rows):
        raise Refused(N_("有 %(count)s 条申报已经不在了，请刷新再试。", count=len(missing)))
    return rows


def _still(declaration: Declaration, state: DeclarationState, *, field: str | None = None) -> None:
    if declaration.state != state:
        raise Refused(N_("这一条已经评议过，或已撤回。"), field=field)


def _village(declaration: Declaration) -> Grid:
    return db.session.get_one(Grid, declaration.village_id)


def _cast(
    declaration: Declaration,
    votes: Sequence[tuple[int, Choice]],
    review: Review | None,
    *,
    actor: Viewer,
    now: datetime,
) -> None:
    """Write votes, each in the place of the same person's earlier one."""
    for person_id, choice in votes:
        row = db.session.get(Vote, (declaration.id, person_id)) or Vote(
            declaration_id=declaration.id, person_id=person_id
        )
        row.choice, row.review_id = choice, review.id if review else None
        row.user_id, row.voted_at = actor.user_id, now
        db.session.add(row)
    db.session.flush()


def _stand_aside(
    declaration: Declaration, group: Sequence[Member], review: Review | None, *, actor: Viewer, now: datetime
) -> None:
    """Who may not judge it is named as standing aside."""
    votes = [(one.person_id, Choice.ASIDE) for one in group if queries.review.why_aside(declaration, one) is not None]
    _cast(declaration, votes, review, actor=actor, now=now)


def _count(declaration: Declaration, tally: Tally, group: int) -> None:
    declaration.votes_for, declaration.votes_against = tally.favour, tally.against
    declaration.recused = group - tally.entitled


def _record(action: str, declaration: Declaration, *, actor: Viewer, now: datetime, detail: dict[str, Any]) -> None:
    audit.record(
        actor=actor, action=action, subject_kind=DECLARATION, subject_id=declaration.id, now=now,
        place_path=declaration.path, detail={"household_id": declaration.household_id} | detail,
    )  # fmt: skip
