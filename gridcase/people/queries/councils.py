"""The councils of a village: who sits in them as what, what is missing, what they said last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.core.scope import under
from gridcase.core.words import Text
from gridcase.grid.models import Grid
from gridcase.people.models import Decision, Holding, Organisation, PersonTag, Post, Seat
from gridcase.people.queries.bodies import near
from gridcase.people.queries.posts import valid_on
from gridcase.people.rules import COUNCILS, LEADING, WORTHIES, BodyKind, Capacity, Role, Sitting, Tag, missing_in


@dataclass(frozen=True)
class CouncilCard:
    """One kind of council of a village; `body_id` None where none is set up."""

    kind: BodyKind
    body_id: int | None
    name: str
    seats: int
    worthies: Sequence[tuple[Capacity, int]]
    missing: Sequence[Text]
    opinions: int
    last_opinion: date | None


def _standing(on: date) -> ColumnElement[bool]:
    return and_(Organisation.valid_from <= on, or_(Organisation.valid_to.is_(None), Organisation.valid_to > on))


def councils_of(village: Grid, *, on: date) -> list[CouncilCard]:
    """The four councils and the review group, each with what it lacks."""
    bodies = {
        BodyKind(body.kind): body
        for body in db.session.scalars(
            select(Organisation)
            .where(Organisation.place_id == village.id, Organisation.kind.in_(COUNCILS), _standing(on))
            .order_by(Organisation.id.desc())
        )
    }
    seats = _sittings([body.id for body in bodies.values()], village, on=on)
    said = {
        row[0]: (row[1], row[2])
        for row in db.session.execute(
            select(Decision.organisation_id, func.count(), func.max(Decision.passed_on))
            .where(Decision.organisation_id.in_([body.id for body in bodies.values()]), Decision.dropped_at.is_(None))
            .group_by(Decision.organisation_id)
        )
    }
    return [_card(kind, bodies.get(kind), seats, said, on) for kind in COUNCILS]


def _card(
    kind: BodyKind,
    body: Organisation | None,
    seats: dict[int, list[Sitting]],
    said: dict[int | None, tuple[int, date | None]],
    on: date,
) -> CouncilCard:
    if body is None:
        return CouncilCard(kind, None, "", 0, (), (), 0, None)
    mine = seats.get(body.id, [])
    count, last = said.get(body.id, (0, None))
    kinds = Counter(Capacity(one.capacity) for one in mine if one.capacity in WORTHIES)
    worthies = [(one, kinds[one]) for one in Capacity if kinds[one]]
    return CouncilCard(kind, body.id, body.name, len(mine), worthies, missing_in(kind, mine, on=on), count, last)


@dataclass(frozen=True)
class ReviewGroup:
    """Who votes in a village's review group (the holders of its posts), and where its list of seats says otherwise."""

    voting: int
    seated_only: int  # on the list, without the post: may not vote
    voting_only: int  # vote, and are not on the list


def review_group(village: Grid, *, on: date) -> ReviewGroup:
    """The posts beside the list of a village's review group on a day."""
    voting = set(
        db.session.scalars(
            select(Holding.person_id)
            .join(Post, Post.id == Holding.post_id)
            .where(
                Post.role == Role.REVIEW_MEMBER, under(Post.place_path, village.path), valid_on(Holding, on),
                valid_on(Post, on),
            )
        )
    )  # fmt: skip
    seated = set(
        db.session.scalars(
            select(Seat.person_id)
            .join(Organisation, Organisation.id == Seat.organisation_id)
            .where(Organisation.place_id == village.id, Organisation.kind == BodyKind.REVIEW, in_force(Seat, on))
            .where(_standing(on))
        )
    )
    return ReviewGroup(len(voting), len(seated - voting), len(voting - seated))


def council_at(village_id: int, kind: str, *, viewer: Viewer, on: date) -> Any:
    """(id, name, whether the viewer may open it) of a village's council of this kind; None where it has none."""
    return db.session.execute(
        select(Organisation.id, Organisation.name, near(viewer, Organisation.place_path).label("opens"))
        .where(Organisation.place_id == village_id, Organisation.kind == kind, _standing(on))
        .order_by(Organisation.id)
        .limit(1)
    ).first()


def missing_of(body: Organisation, *, on: date) -> list[Text]:
    """What one body lacks on a day."""
    village = db.session.get_one(Grid, body.place_id)
    return missing_in(body.kind, _sittings([body.id], village, on=on).get(body.id, []), on=on)


def _sittings(body_ids: Collection[int], village: Grid, *, on: date) -> dict[int, list[Sitting]]:
    rows = db.session.scalars(
        select(Seat).where(Seat.organisation_id.in_(body_ids), in_force(Seat, on)).order_by(Seat.rank, Seat.id)
    ).all()
    people = {row.person_id for row in rows}
    party = set(
        db.session.scalars(
            select(PersonTag.person_id).where(
                PersonTag.person_id.in_(people), PersonTag.kind == Tag.PARTY_MEMBER, in_force(PersonTag, on)
            )
        )
    )
    cadres, heads = _cadres(village, on=on)
    found: dict[int, list[Sitting]] = {}
    for row in rows:
        who = row.person_id
        found.setdefault(row.organisation_id, []).append(
            Sitting(row.title, row.rank, row.capacity, row.valid_to, who in party, who in cadres, who in heads)
        )
    return found


def _cadres(village: Grid, *, on: date) -> tuple[set[int], set[int]]:
    """Who sits in the village's two committees, and who leads the village."""
    rows = db.session.execute(
        select(Seat.person_id, Seat.rank)
        .join(Organisation, Organisation.id == Seat.organisation_id)
        .where(Organisation.place_id == village.id, Organisation.kind.in_(LEADING), in_force(Seat, on))
    ).all()
    holders = db.session.scalars(
        select(Holding.person_id)
        .join(Post, Post.id == Holding.post_id)
        .where(Post.place_path == village.path, Post.role == Role.VILLAGE_HEAD, valid_on(Holding, on))
        .where(Holding.stand_in.is_(False))
    )
    return {row.person_id for row in rows}, {row.person_id for row in rows if row.rank == 1} | set(holders)


def council_sizes(village_ids: Collection[int], *, on: date) -> dict[tuple[int, str], int]:
    """How many sit in each council of each village; a council without members counts 0, one not set up is absent."""
    rows = db.session.execute(
        select(Organisation.place_id, Organisation.kind, func.count(Seat.id))
        .outerjoin(Seat, and_(Seat.organisation_id == Organisation.id, in_force(Seat, on)))
        .where(Organisation.place_id.in_(village_ids), Organisation.kind.in_(COUNCILS), _standing(on))
        .group_by(Organisation.place_id, Organisation.kind)
    )
    return {(row[0], row[1]): row[2] for row in rows}
