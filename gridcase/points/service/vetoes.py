"""Vetoes: put on record by a decision on a numbered paper, objected to, answered by somebody else, over by themselves.

Nothing is taken from the home: it neither exchanges points nor receives honours until the day comes.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_, Text
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.notices import service as telling
from gridcase.people import queries as people
from gridcase.people.rules import DecisionKind, Role
from gridcase.points import queries
from gridcase.points.models import Veto
from gridcase.points.rules.declarations import names_paper

LONGEST = timedelta(days=366)
REASON_LEAST = 4


def put_veto(
    home: Household,
    *,
    code: str,
    document_no: str,
    reason: str,
    decision_id: int,
    until: date,
    actor: Viewer,
    now: datetime,
) -> Veto:
    """From today until the end of `until` the home neither exchanges points nor receives honours.

    `Refused` for a reason that the scheme in force does not hold, without a numbered paper, without a passed decision
    of its own, and for the actor's own or kin's home.
    """
    today = town_day(now)
    db.session.refresh(home, with_for_update=True)
    if home.id in queries.kin_homes(actor.person_id):
        raise Refused(N_("这一户是您本人或亲属的家庭，请由其他评议成员登记。"), field="home")
    scheme = queries.scheme_of(home.village_id, on=today)
    kind = scheme.vetoes.get(code) if scheme else None
    if scheme is None or kind is None or not kind.on:
        raise Refused(N_("施行中的方案没有采用这种情形。"), field="code")
    _check(document_no, reason, until, today)
    _check_decision(home, decision_id, today)
    veto = Veto(
        village_id=home.village_id, household_id=home.id, path=home.path, version_id=scheme.id, code=code,
        name=kind.name, document_no=document_no.strip(), reason=reason.strip(), decision_id=decision_id,
        valid_from=today, valid_to=until + timedelta(days=1), user_id=actor.user_id, made_at=now,
    )  # fmt: skip
    db.session.add(veto)
    db.session.flush()
    _tell_home(veto, home, now=now)
    _record("put", veto, actor=actor, now=now, code=code, decision=decision_id, until=until.isoformat())
    return veto


def _check(document_no: str, reason: str, until: date, today: date) -> None:
    if not names_paper(document_no):
        raise Refused(N_("请填法律文书的编号，没有文书不能登记。编号里有数字，至少四个字。"), field="document_no")
    if len(reason.strip()) < REASON_LEAST:
        raise Refused(N_("请写明事由，本户看得到这段话。"), field="reason")
    if not today <= until <= today + LONGEST:
        raise Refused(N_("到哪天为止：请填今天以后、一年以内的一天。"), field="until")


def _check_decision(home: Household, decision_id: int, today: date) -> None:
    decision = people.passed_decision(decision_id, village_id=home.village_id, kind=DecisionKind.VETO, on=today)
    if decision is None:
        raise Refused(N_("请选一份本村已通过的一票否决决议。"), field="decision")
    if db.session.scalar(select(Veto.id).where(Veto.decision_id == decision_id)) is not None:
        raise Refused(N_("这份决议已用于另一例，一户一例要有自己的决议。"), field="decision")


def _tell_home(veto: Veto, home: Household, *, now: datetime) -> None:
    """Who serves the home is asked to tell it in person; why stands on the home's own page only."""
    posts = households.liaison_posts_of(home.id, on=town_day(now))
    _tell("points.veto", veto, [post.id for post in posts], N_("有一户暂停兑换和评先，请当面告知，本户可以提出异议。"),
          f"/points/household/{home.id}", now=now)  # fmt: skip


def object_to_veto(veto: Veto, *, actor: Viewer, reason: str, now: datetime) -> None:
    """Object to a veto while it holds: reviewers who did not put it there look at it again."""
    db.session.refresh(veto, with_for_update=True)
    if len(reason.strip()) < REASON_LEAST:
        raise Refused(N_("请写明异议的理由，至少四个字。"), field="reason")
    if veto.valid_to <= town_day(now) or veto.lifted_on is not None:
        raise Refused(N_("这一例已经结束。"))
    if veto.objected_at is not None:
        raise Refused(N_("这一例已经有人提出异议。"))
    veto.objected_at, veto.objection, veto.objected_by_user_id = now, reason.strip(), actor.user_id
    village = db.session.get_one(Grid, veto.village_id)
    posts = people.posts_at(village.path, Role.REVIEW_MEMBER, on=town_day(now))
    _tell("points.veto_objection", veto, [post.id for post in posts], N_("一例一票否决有异议，请复核。"),
          f"/points/vetoes/{veto.id}", now=now)  # fmt: skip
    _record("object", veto, actor=actor, now=now)


def settle_veto(veto: Veto, *, actor: Viewer, upheld: bool, note: str, now: datetime) -> None:
    """Answer an objection: upheld, the veto ends today; not upheld, it runs on.

    Not by who put it there or objected, nor by anybody of the home or its kin.
    """
    db.session.refresh(veto, with_for_update=True)
    if len(note.strip()) < REASON_LEAST:
        raise Refused(N_("请写明核对了什么、依据是什么。"), field="note")
    if veto.objected_at is None or veto.answered_at is not None:
        raise Refused(N_("这一例没有待复核的异议。"))
    if veto.household_id in queries.kin_homes(actor.person_id):
        raise Refused(N_("这一户是您本人或亲属的家庭，请由其他评议成员复核。"))
    if actor.user_id is not None and actor.user_id in {veto.user_id, veto.objected_by_user_id}:
        raise Refused(N_("登记和提出异议的人不能复核，请由其他评议成员复核。"))
    veto.answered_at, veto.answer, veto.answered_by_user_id = now, note.strip(), actor.user_id
    if upheld:
        veto.lifted_on = town_day(now)
    _record("settle", veto, actor=actor, now=now, upheld=upheld)


def _tell(rule: str, veto: Veto, post_ids: list[int], text: Text, link: str, *, now: datetime) -> None:
    tellings = [
        telling.Telling(
            rule=rule, subject_kind="points_veto", subject_id=veto.id, due_at=None, place_path=veto.path, text=text,
            link=link, post_id=post_id,
        )
        for post_id in post_ids
    ]  # fmt: skip
    telling.tell_all(tellings, now=now)


def _record(deed: str, veto: Veto, *, actor: Viewer, now: datetime, **detail: Any) -> None:
    audit.record(
        actor=actor, action=f"veto.{deed}", subject_kind="points_veto", subject_id=veto.id, place_path=veto.path,
        now=now, detail={"household_id": veto.household_id} | detail,
    )  # fmt: skip
