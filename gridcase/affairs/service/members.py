"""What counts how much in a party member's year, and which promises a party day brought forward."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from gridcase.affairs.models import Activity
from gridcase.affairs.queries import members as queries
from gridcase.affairs.rules import MEMBER_VALUES_KEY, ActivityKind, ActivityState, MemberValues, progress_with
from gridcase.affairs.service.activities import answers_for, note
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean_line
from gridcase.core.words import N_
from gridcase.grid import service as grid_service
from gridcase.grid.models import Grid
from gridcase.people import service as people
from gridcase.people.models import Person, PledgeItem
from gridcase.points import queries as points

WORDS_MOST = 100


def set_values(place: Grid, values: MemberValues, *, actor: Viewer, now: datetime) -> None:
    """From today on a member's year counts so in this county or town; years that are over stay as they were."""
    if place.id not in {one.id for one in points.places_above(actor)}:
        raise Missing
    grid_service.set_setting(
        actor=actor, place=place, key=MEMBER_VALUES_KEY, value=dict(values.checked().to_json()),
        valid_from=town_day(now), now=now,
    )  # fmt: skip


def note_promises(row: Activity, item_ids: Collection[int], *, words: str, actor: Viewer, now: datetime) -> int:
    """The promises that this party day brought forward, ticked one by one by who answers for it; returns how many.

    A promise is noted as come forward, never as kept: that is said on the member's page.
    """
    answers_for(actor, row.path)
    db.session.refresh(row, with_for_update=True)
    if row.kind != ActivityKind.PARTY_DAY or row.state != ActivityState.ENDED:
        raise Refused(N_("主题党日结束以后才记承诺的进展。"))
    if not (words := clean_line(words)[:WORDS_MOST]):
        raise Refused(N_("请写做了什么，会记在承诺的进展里。"), field="words")
    if not item_ids:
        raise Refused(N_("请勾上有进展的承诺；都没有就返回。"), field="items")
    open_ones = {one.item_id: one for one in queries.proposals(row)}
    if not set(item_ids) <= open_ones.keys():
        raise Refused(N_("有的承诺刚才已经记过或兑现。请重新打开这一页再勾。"), field="items")
    items = [db.session.get_one(PledgeItem, item_id) for item_id in sorted(set(item_ids))]
    noted = {item.id: progress_with(item.progress, words, promise=item.words) for item in items}  # all, or none
    for item in items:
        people.pledge_progress(
            item, person=db.session.get_one(Person, open_ones[item.id].person_id), actor=actor, words=noted[item.id],
            done_on=item.done_on, activity_id=row.id, now=now,
        )  # fmt: skip
    note("activity.promises", row, actor, now, count=len(set(item_ids)))
    return len(set(item_ids))
