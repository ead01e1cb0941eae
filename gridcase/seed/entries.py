"""Declarations of the demo's villages with a scheme in force: reviewed, on notice, and still to be reviewed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select

from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.people import service as people
from gridcase.people.rules import Role
from gridcase.points import queries
from gridcase.points import service as points
from gridcase.points.models import Declaration
from gridcase.points.queries import DueNotice
from gridcase.points.rules.review import QUORUM, Verdict
from gridcase.points.rules.schemes import Approval, Declarer, Item, Scheme
from gridcase.points.service import BatchRow, Ruling
from gridcase.seed.villages import Team, Worker

# (what was done, days ago); the meetings were held so many days ago
TOLD = (
    ("给独居的邻居老人送饭、收衣服，一连五天。", 34), ("下雨前帮邻居抢收晒场上的稻谷。", 30),
    ("清扫村口到学校的路。", 27), ("给新来的几户讲垃圾怎么分。", 24),
    ("修好了井台边松动的石板。", 9), ("送发烧的邻居老人去卫生院。", 7),
    ("帮村里搬晚会的桌椅。", 2), ("把自家门前的柴草码齐，让出了路。", 1),
)  # fmt: skip
MEETINGS = (20, 4)
BATCH, BATCH_TEXT = 8, "十一月河道清理志愿活动"
DEDUCTION = "村里认定属实，已当面告知。"
SEED = "5f3a91c0"
FURNISHED = timedelta(days=90)


@dataclass(frozen=True)
class _Asked:
    """What a liaison declares for one of the circle."""

    liaison: Worker
    home: int
    item: Item
    text: str
    ago: int


def work(teams: Sequence[Team], *, actor: Viewer, now: datetime) -> None:
    """Play them through the services, each at its time."""
    for team in teams:
        scheme = queries.scheme_of(team.id, on=town_day(now))
        if scheme is not None and team.of(Role.LIAISON):
            _seat(team, actor=actor, now=now - FURNISHED)
            _village(team, scheme, actor=actor, now=now)


def _seat(team: Team, *, actor: Viewer, now: datetime) -> None:
    """A review group where the village has none: three heads of homes that no liaison of this story speaks for."""
    if len(_group(team, now)) >= QUORUM:
        return
    village = db.session.get_one(Grid, team.id)
    with transaction():
        for n, home in enumerate(list(team.homes.values())[-QUORUM:], start=1):
            post = people.add_post(
                actor=actor, code=f"{team.code}-REVIEW{n}", role=Role.REVIEW_MEMBER,
                title=f"{team.name}{Role.REVIEW_MEMBER.label}", place=village, valid_from=town_day(now), now=now,
            )  # fmt: skip
            people.appoint(actor=actor, post=post, person_id=home.head_person_id, valid_from=town_day(now), now=now)


def _group(team: Team, now: datetime) -> list[int]:
    return [member.person_id for member in queries.review.group_of(team.path, on=town_day(now))]


def _village(team: Team, scheme: Scheme, *, actor: Viewer, now: datetime) -> None:
    held = list(MEETINGS)
    for asked in sorted(_wishes(team, scheme), key=lambda one: -one.ago):
        while held and asked.ago < held[0]:
            _meet(team, actor=actor, now=now - timedelta(days=held.pop(0)))
        _declare(team, asked, now=now - timedelta(days=asked.ago))
    for ago in held:
        _meet(team, actor=actor, now=now - timedelta(days=ago))
    _mature(team, actor=actor, now=now)
    _many(team, scheme, now=now - timedelta(days=1))
    _taken(team, scheme, now=now - timedelta(days=1))
    _watched(team, now=now)


def _wishes(team: Team, scheme: Scheme) -> Iterator[_Asked]:
    """Each deed by another liaison in turn, for another home, for the items in turn that a helper may fill in."""
    items = [
        item for item in scheme.items.values()
        if not item.deduction and not item.at_most and item.approval is Approval.GROUP and not item.document
        and item.points < scheme.council_from and {Declarer.SELF, Declarer.LIAISON} & set(item.declarers)
    ]  # fmt: skip
    liaisons = team.of(Role.LIAISON)
    for number, (text, ago) in enumerate(TOLD if items else ()):
        liaison = liaisons[number % len(liaisons)]
        if liaison.homes:
            yield _Asked(liaison, liaison.homes[number % len(liaison.homes)], items[number % len(items)], text, ago)


def _mark(team: Team, text: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{team.code}/declared/{text}"))


def _declare(team: Team, asked: _Asked, *, now: datetime) -> None:
    """The own home of a liaison, or one of a paid worker, is left out as anywhere."""
    with suppress(Refused), transaction():
        points.declare(
            client_uuid=_mark(team, asked.text), household_id=asked.home, item_code=asked.item.code,
            happened_on=town_day(now), text=asked.text, how=Declarer.LIAISON, actor=asked.liaison.viewer, now=now,
        )  # fmt: skip


def _waiting(team: Team, now: datetime) -> list[int]:
    """What had been declared by then: other parts of the demo declare later than these meetings."""
    return list(
        db.session.scalars(
            select(Declaration.id)
            .where(Declaration.village_id == team.id, Declaration.state == "declared", Declaration.declared_at <= now)
            .order_by(Declaration.id)
        )
    )


def _meet(team: Team, *, actor: Viewer, now: datetime) -> None:
    rulings = [Ruling(number, Verdict.PASS) for number in _waiting(team, now)]
    if rulings:
        with suppress(Refused), transaction():
            points.meet(
                client_uuid=_mark(team, f"meeting {town_day(now)}"), village=db.session.get_one(Grid, team.id),
                held_on=town_day(now), present=_group(team, now), rulings=rulings, actor=actor, now=now,
            )  # fmt: skip


def _mature(team: Team, *, actor: Viewer, now: datetime) -> None:
    """What hung out its days."""
    due = [
        DueNotice(transfer_id, team.id)
        for transfer_id in db.session.scalars(
            select(Declaration.transfer_id).where(
                Declaration.village_id == team.id, Declaration.transfer_id.is_not(None),
                Declaration.decided_at < now - timedelta(days=10),
            )
        )
        if transfer_id is not None
    ]  # fmt: skip
    if due:
        with transaction():
            points.mature(due, actor=actor, now=now)


def _many(team: Team, scheme: Scheme, *, now: datetime) -> None:
    """A roster of the village, to be reviewed next."""
    item = next((one for one in scheme.items.values() if _for_all(one)), None)
    if item is None:
        return
    with suppress(Refused), transaction():
        points.declare_batch(
            village_id=team.id, item_code=item.code, rows=[BatchRow(home) for home in list(team.homes)[:BATCH]],
            happened_on=town_day(now), text=BATCH_TEXT, source_kind="roster", source_id=_mark(team, BATCH_TEXT),
            actor=team.one(Role.VILLAGE_HEAD).viewer, now=now,
        )  # fmt: skip


def _for_all(item: Item) -> bool:
    return Declarer.CADRE in item.who and not item.deduction and not item.at_most and item.approval is Approval.GROUP


def _taken(team: Team, scheme: Scheme, *, now: datetime) -> None:
    """One deduction that waits, to be passed or to end with a talk."""
    item = next((one for one in scheme.items.values() if one.deduction and not one.document), None)
    if item is not None:
        with suppress(Refused), transaction():
            points.declare(
                client_uuid=_mark(team, DEDUCTION), household_id=list(team.homes)[BATCH], item_code=item.code,
                happened_on=town_day(now), text=DEDUCTION, how=Declarer.CADRE,
                actor=team.one(Role.VILLAGE_HEAD).viewer, now=now,
            )  # fmt: skip


def _watched(team: Team, *, now: datetime) -> None:
    """The supervisor drew the month before."""
    this: date = town_day(now).replace(day=1)
    before = (this - timedelta(days=1)).replace(day=1)
    for worker in team.of(Role.VILLAGE_SUPERVISOR)[:1]:
        with suppress(Refused), transaction():
            points.draw_spots(
                village=db.session.get_one(Grid, team.id), month=before, seed=SEED, actor=worker.viewer, now=now
            )
