"""The home's word to its entries: a reply beside one, a request to put one right, and the answer to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.notices import service as telling
from gridcase.people import queries as people
from gridcase.people.rules import Role
from gridcase.points import queries
from gridcase.points.models import Correction, Reply, Transfer
from gridcase.points.rules import NoticeOutcome
from gridcase.points.rules.conduct import LEAST_WORDS, MOST_WORDS
from gridcase.points.service import ledger, reversals

CORRECTION = "correction"


def reply(transfer: Transfer, *, text: str, actor: Viewer, now: datetime) -> Reply | None:
    """The home's own word to an entry, shown beside it; empty takes it away again."""
    words = clean(text or "")
    if len(words) > MOST_WORDS:
        raise Refused(N_("请写短一些，最多 %(most)s 个字。", most=MOST_WORDS), field="text")
    found = db.session.get(Reply, transfer.id)
    if not words:
        if found is not None:
            db.session.delete(found)
            _record("points.reply", transfer, actor=actor, now=now, detail={"removed": True})
        return None
    row = found or Reply(transfer_id=transfer.id, household_id=transfer.household_id)
    row.text, row.user_id, row.at = words, actor.user_id, now
    db.session.add(row)
    _record("points.reply", transfer, actor=actor, now=now, detail={})
    return row


def ask_correction(transfer: Transfer, *, reason: str, actor: Viewer, now: datetime) -> Correction:
    """Ask that an entry whose notice is over be put right; of one entry one request is open at a time."""
    words = _words(reason, field="reason")
    ledger.hold([transfer.village_id])
    notice = queries.notice_for_update(transfer.id)
    if notice.outcome is None:
        raise Refused(N_("这一条还在公示，请直接提出异议。"))
    if notice.outcome != NoticeOutcome.MERIT:
        raise Refused(N_("这一条已经冲回。"))
    if any(one.answered_at is None for one in queries.conduct.correction_for_update(transfer.id)):
        raise Refused(N_("这一条已有更正申请，正在复核。"))
    made = Correction(
        transfer_id=transfer.id, household_id=transfer.household_id, village_id=transfer.village_id, reason=words,
        user_id=actor.user_id, asked_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    _record("points.ask_correction", transfer, actor=actor, now=now, detail={"correction": made.id})
    village = db.session.get_one(Grid, transfer.village_id)
    posts = people.posts_at(village.path, Role.REVIEW_MEMBER, on=town_day(now))
    tellings = [
        telling.Telling(
            rule="points.correction", subject_kind="points_transfer", subject_id=made.id, due_at=None,
            place_path=village.path, text=N_("有农户申请更正一条积分，请复核。"), link=f"/points/corrections/{made.id}",
            post_id=post.id,
        )
        for post in posts
    ]  # fmt: skip
    telling.tell_all(tellings, now=now)
    return made


def answer_correction(asked: Correction, *, granted: bool, answer: str, actor: Viewer, now: datetime) -> Correction:
    """Answer a request: granted, the entry is taken back by linked movements and may be declared anew.

    A second person does it: not who asked, not who declared it, and nobody of that home or its kin.
    """
    words = _words(answer, field="answer")
    ledger.hold([asked.village_id])
    db.session.refresh(asked, with_for_update=True)
    if asked.answered_at is not None:
        raise Refused(N_("这条更正申请已经答复。"))
    if asked.household_id in queries.kin_homes(actor.person_id):
        raise Refused(N_("这一笔属于您本人或亲属的家庭，请由其他评议成员复核。"))
    if actor.user_id is not None and asked.user_id == actor.user_id:
        raise Refused(N_("这是您提出的，请由其他评议成员复核。"))
    if queries.declarations.declared_by(asked.transfer_id, actor):
        raise Refused(N_("这一笔是您申报的，请由其他评议成员复核。"))
    transfer = db.session.get_one(Transfer, asked.transfer_id)
    ids: list[int] = []
    if granted:
        if queries.notice_for_update(transfer.id).outcome != NoticeOutcome.MERIT:
            raise Refused(N_("这一条已经冲回。"))
        ids = reversals.take_back(
            queries.awards_by_id([transfer.id]), source=(CORRECTION, str(asked.id)), actor=actor, now=now
        )
    asked.granted, asked.answer, asked.answered_by_user_id, asked.answered_at = granted, words, actor.user_id, now
    detail = {"correction": asked.id, "granted": granted, "transfers": ids}
    _record("points.answer_correction", transfer, actor=actor, now=now, detail=detail)
    return asked


def _words(text: str, *, field: str) -> str:
    words = clean(text or "")
    if len(words) < LEAST_WORDS:
        raise Refused(N_("请写明理由，至少四个字。"), field=field)
    if len(words) > MOST_WORDS:
        raise Refused(N_("请写短一些，最多 %(most)s 个字。", most=MOST_WORDS), field=field)
    return words


def _record(action: str, transfer: Transfer, *, actor: Viewer, now: datetime, detail: dict[str, Any]) -> None:
    home = db.session.get_one(Household, transfer.household_id)
    audit.record(
        actor=actor, action=action, subject_kind="points_transfer", subject_id=transfer.id, now=now,
        place_path=home.path, detail={"household_id": home.id} | detail,
    )  # fmt: skip
