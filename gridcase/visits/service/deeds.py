"""Good deeds: told in a sentence, at the door or at any hour; once however often they are sent."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.exc import IntegrityError

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.text import clean
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.people.models import Post
from gridcase.points import queries as point_queries
from gridcase.points import service as point_service
from gridcase.points.models import Declaration
from gridcase.visits import queries
from gridcase.visits.models import GoodDeed, Visit
from gridcase.visits.service.grants import grant_over

LONGEST, OLDEST = 500, timedelta(days=31)


def note_deed(
    *,
    actor: Viewer,
    client_uuid: str,
    household: Household | None,
    text: str,
    on: date,
    now: datetime,
    noted_at: datetime | None = None,
    visit: Visit | None = None,
) -> GoodDeed:
    """Note a good deed of a home, or of somebody else of the actor's village (`household` None).

    `noted_at` is when it was written down where that is not now. The same sent again answers with the first row;
    something else under the same mark is refused.
    """
    words = _checked(text, on, noted_at or now)
    body = json.dumps([actor.user_id, household.id if household else None, on.isoformat(), words], ensure_ascii=False)
    body_hash = hashlib.sha256(body.encode()).hexdigest()
    if (first := queries.deed_by_uuid(client_uuid)) is not None:
        return _same(first, body_hash)
    deed = _new(actor, household, words, on, now)
    deed.client_uuid, deed.body_hash, deed.visit_id = client_uuid, body_hash, visit.id if visit else None
    try:
        with db.session.begin_nested():
            db.session.add(deed)
    except IntegrityError:  # sent twice at once, and the other one was first
        if (first := queries.deed_by_uuid(client_uuid)) is None:
            raise
        return _same(first, body_hash)
    audit.record(
        actor=actor, action="deed.note", subject_kind="good_deed", subject_id=deed.id, place_path=deed.path,
        post_id=deed.post_id, now=now, detail={"household": deed.household_id, "visit": deed.visit_id},
    )  # fmt: skip
    return deed


def _checked(text: str, on: date, at: datetime) -> str:
    words = clean(text)
    if len(words) < 4:
        raise Refused(N_("请写一句做了什么好事。"), field="text")
    if len(words) > LONGEST:
        raise Refused(N_("请写短一些，最多 %(most)s 个字。", most=LONGEST), field="text")
    if on > town_day(at):
        raise Refused(N_("日期不能晚于今天。"), field="on")
    if on < town_day(at) - OLDEST:
        raise Refused(N_("只能补记最近一个月的好人好事。"), field="on")
    return words


def _same(first: GoodDeed, body_hash: str) -> GoodDeed:
    if first.body_hash != body_hash:
        raise Refused(N_("这一条已经送出过，内容和这次不同。请重新打开再记。"))
    return first


def _new(actor: Viewer, household: Household | None, words: str, on: date, now: datetime) -> GoodDeed:
    """Where it belongs: to its home's place, else to the village of the post it is told from."""
    if household is not None:
        grant = grant_over(actor, household)
        return GoodDeed(
            household_id=household.id, village_id=household.village_id, path=household.path,
            section_id=household.section_id, post_id=grant.post_id, user_id=actor.user_id, on=on, text=words,
            received_at=now,
        )  # fmt: skip
    held = next((one for one in actor.grants_with(Permission.LOG_VISIT) if one.post_id is not None), None)
    post = db.session.get_one(Post, held.post_id) if held else None
    place = db.session.get_one(Grid, post.place_id) if post else None
    if place is None or post is None or place.village_id is None:
        raise Missing
    village = db.session.get_one(Grid, place.village_id)
    return GoodDeed(
        village_id=village.id, path=village.path, section_id=post.section_id, post_id=post.id, user_id=actor.user_id,
        on=on, text=words, received_at=now,
    )  # fmt: skip


def declare_deed(deed: GoodDeed, *, item_code: str, actor: Viewer, now: datetime) -> Declaration:
    """Ask points for a good deed of a home, once: what was told is what is declared."""
    home = households.standing_home(deed.household_id) if deed.household_id is not None else None
    scheme = point_queries.scheme_of(home.village_id, on=deed.on) if home is not None else None
    item = scheme.items.get(item_code) if scheme is not None else None
    how = point_service.way_of(actor, home, item) if home is not None and item is not None else None
    if home is None or how is None:
        raise Refused(N_("这件好事发生那天，积分方案里没有可以申报的这一项。"), field="item_code")
    return point_service.declare(
        client_uuid=str(uuid5(NAMESPACE_URL, f"good_deed:{deed.id}")), household_id=home.id, item_code=item_code,
        happened_on=deed.on, text=deed.text[:200], how=how, source_kind="good_deed", source_id=str(deed.id),
        actor=actor, now=now,
    )  # fmt: skip
