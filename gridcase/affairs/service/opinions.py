"""Opinions of a campaign: put into a sentence, settled, taken apart again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, inspect, select

from gridcase.affairs.models import Campaign, CampaignOpinion, CampaignOpinionVisit
from gridcase.affairs.queries import campaign_places as places
from gridcase.affairs.queries import opinions as queries
from gridcase.affairs.rules.opinions import ANSWER_MOST, TEXT_MOST, TITLE_MOST, LedTo, Outcome
from gridcase.audit import service as audit
from gridcase.core.changes import check_seen
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.text import clean, clean_line
from gridcase.core.words import N_
from gridcase.grid.models import Grid

SEEN = ("text", "outcome", "answer", "led_kind", "led_id")  # what the reader of the form of the outcome saw
AGAIN = N_("这些走访刚被别人归好了，请看一下再选。")


@dataclass(frozen=True)
class Settled:
    """What became of an opinion, as it was typed."""

    text: str
    outcome: Outcome
    answer: str = ""
    led: tuple[LedTo, int] | None = None


def collect(
    campaign: Campaign, village: Grid, *, actor: Viewer, visit_ids: Collection[int], text: str, into: int | None,
    now: datetime,
) -> CampaignOpinion:  # fmt: skip
    """Put notes of visits into an opinion: a new one, or one there is (`into`). One that was heard in a meeting needs
    no visit."""
    _writes(actor, village.path)
    if not village.path.startswith(campaign.path):
        raise Missing
    db.session.refresh(campaign, with_for_update=True)
    if not queries.asks(campaign):
        raise Refused(N_("这个专项行动不征求意见。要征求意见，先加一项计“征求意见”走访的行动。"))
    if not set(visit_ids) <= {note.id for note in queries.notes(campaign, viewer=actor, village_id=village.id)}:
        raise Refused(AGAIN)
    if into is not None:
        row = db.session.get(CampaignOpinion, into, populate_existing=True)  # it may just have been taken apart
        if row is None or (row.campaign_id, row.village_id) != (campaign.id, village.id):
            raise Missing
        if not visit_ids:
            raise Refused(N_("请勾选要归进去的记录。"), field="visits")
    else:
        row = _new(campaign, village, actor, clean_line(text)[:TEXT_MOST], now)
    for visit_id in sorted(set(visit_ids)):
        db.session.add(CampaignOpinionVisit(opinion_id=row.id, visit_id=visit_id))
    _note("campaign.opinion", row, actor, now, visits=len(set(visit_ids)))
    return row


def _new(campaign: Campaign, village: Grid, actor: Viewer, text: str, now: datetime) -> CampaignOpinion:
    if not text:
        raise Refused(N_("请用一句话写意见，不写姓名。"), field="text")
    _once(campaign.id, village.id, text, None)
    row = CampaignOpinion(
        campaign_id=campaign.id, village_id=village.id, path=village.path, text=text, made_at=now,
        post_id=_post(actor, village.path), user_id=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def _once(campaign_id: int, village_id: int, text: str, but: int | None) -> None:
    same = select(CampaignOpinion.id).where(
        CampaignOpinion.campaign_id == campaign_id, CampaignOpinion.village_id == village_id,
        CampaignOpinion.text == text,
    )  # fmt: skip
    with db.session.no_autoflush:
        if set(db.session.scalars(same)) - {but}:
            raise Refused(N_("已经有这一条意见了，把记录归进去就行。"), field="text")


def settle(
    opinion: CampaignOpinion, *, actor: Viewer, what: Settled, now: datetime, seen: str | None = None
) -> None:  # fmt: skip
    """What became of it: it led to a change, was answered, or is not followed, with the words that say why. `seen` is
    the mark of what the page showed."""
    opinion = _locked(opinion, actor)
    check_seen(opinion, SEEN, seen)
    text, answer = clean_line(what.text)[:TEXT_MOST], clean(what.answer)[:ANSWER_MOST]
    if not text:
        raise Refused(N_("请用一句话写意见，不写姓名。"), field="text")
    _once(opinion.campaign_id, opinion.village_id, text, opinion.id)
    if what.outcome is Outcome.ANSWERED and not answer:
        raise Refused(N_("请写怎么答复的。"), field="answer")
    if what.outcome is Outcome.LEFT and not answer:
        raise Refused(N_("请写为什么不采纳。"), field="answer")
    title = _led_title(opinion, what, actor)
    opinion.text, opinion.outcome = text, what.outcome.value
    opinion.answer = answer if what.outcome in (Outcome.ANSWERED, Outcome.LEFT) else ""
    opinion.led_kind, opinion.led_id = (what.led[0].value, what.led[1]) if title and what.led else ("", None)
    opinion.led_title = title[:TITLE_MOST]
    opinion.settled_at = None if what.outcome is Outcome.OPEN else now
    _note("campaign.settle", opinion, actor, now, outcome=what.outcome.value, led=opinion.led_kind, to=opinion.led_id)


def _led_title(opinion: CampaignOpinion, what: Settled, actor: Viewer) -> str:
    """What the change is called; what it already leads to may have been thrown away since and stays named."""
    if what.outcome is not Outcome.CHANGE:
        return ""
    if what.led is None:
        raise Refused(N_("请选引出了哪一处改动；还没有起草的，先去起草。"), field="led")
    if (what.led[0].value, what.led[1]) == (opinion.led_kind, opinion.led_id):
        return opinion.led_title
    named = {(kind, key): title for kind, key, title in queries.changes(opinion.village_id, viewer=actor)}
    if what.led not in named:
        raise Refused(N_("请选引出了哪一处改动；还没有起草的，先去起草。"), field="led")
    return named[what.led]


def take_apart(opinion: CampaignOpinion, *, actor: Viewer, now: datetime) -> None:
    """It was put together wrongly: its notes wait again. One that is settled is opened first."""
    opinion = _locked(opinion, actor)
    if opinion.outcome != Outcome.OPEN:
        raise Refused(N_("已经有结果的意见不能拆开，先改回“待研究”。"))
    _note("campaign.apart", opinion, actor, now, text=len(opinion.text))
    db.session.execute(delete(CampaignOpinionVisit).where(CampaignOpinionVisit.opinion_id == opinion.id))
    db.session.delete(opinion)
    db.session.flush()


def _locked(opinion: CampaignOpinion, actor: Viewer) -> CampaignOpinion:
    """The opinion as it stands now, under the lock of its campaign: whatever changes opinions waits there, so that no
    two get the same words and none is filled while it is taken apart. `Missing` where that has happened."""
    [key] = inspect(opinion, raiseerr=True).identity or [None]
    of = select(CampaignOpinion.campaign_id).where(CampaignOpinion.id == key).scalar_subquery()
    db.session.scalar(select(Campaign.id).where(Campaign.id == of).with_for_update())
    found = db.session.get(CampaignOpinion, key, populate_existing=True)
    if found is None:
        raise Missing
    _writes(actor, found.path)
    return found


def _writes(actor: Viewer, path: str) -> None:
    if not places.writes_for(actor, path):
        raise Missing


def _post(actor: Viewer, path: str) -> int | None:
    grant = actor.acting(Permission.RUN_ACTIVITY, path=path) or actor.acting(Permission.MANAGE_TOWN, path=path)
    return grant.post_id if grant else None


def _note(action: str, row: CampaignOpinion, actor: Viewer, now: datetime, **detail: object) -> None:
    db.session.flush()
    audit.record(
        actor=actor, action=action, subject_kind="campaign_opinion", subject_id=row.id, place_path=row.path,
        post_id=_post(actor, row.path), now=now, detail={"campaign": row.campaign_id, **detail},
    )  # fmt: skip
