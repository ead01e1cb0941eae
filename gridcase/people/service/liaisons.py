"""Liaison representatives: the choice of the homes, the certificate, the oath, revoking, the first round of visits."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.people import queries
from gridcase.people.models import Certificate, FirstVisit, Post
from gridcase.people.rules import CERTIFICATE_SETTING, Candidate, MeetingKind, certificate_number
from gridcase.people.rules.liaisons import LONGEST_TERM_YEARS, STEPS


@dataclass(frozen=True)
class Election:
    """How the homes chose: day and kind of the meeting, votes or signatures, who led it, out of whom, which term."""

    elected_on: date
    meeting: MeetingKind
    candidate: Candidate
    led_by: str
    term_from: date
    term_to: date  # the first day after the term
    votes: int | None = None
    signatures: int | None = None
    oath_on: date | None = None
    number: str | None = None  # where the certificate bears one already


def certify(post: Post, *, actor: Viewer, person_id: int, election: Election, now: datetime) -> Certificate:
    """Record the choice of a person for a liaison's post and number the certificate; an older certificate of the post
    that still runs is revoked with it."""
    check_election(election, today=town_day(now))
    village = _village_of(post)
    _check_numbers([election])
    _replace(post, election, actor=actor, now=now)
    made = _certificate(post, person_id, election, election.number or next(_free_numbers(village, election)))
    db.session.add(made)
    db.session.flush()
    _note(made, "certificate.issue", actor, now)
    return made


def certify_many(*, actor: Viewer, village: Grid, rows: Sequence[tuple[Post, int, Election]], now: datetime) -> None:
    """Record the choices of a whole village (post, person id, how they were chosen), numbered in their order where a
    certificate bears no number yet; certificates of the same posts that still run are revoked."""
    if not rows:
        return
    village = _held(village.id)
    for post, _, _ in rows:
        if not post.place_path.startswith(village.path):
            raise Missing
    _check_numbers([election for _, _, election in rows])
    given = {election.number for _, _, election in rows}
    numbers = {
        year: _free_numbers(village, one) for year, one in {row[2].term_from.year: row[2] for row in rows}.items()
    }
    certified = queries.newest_certificates([post.id for post, _, _ in rows])
    for post, person_id, election in rows:
        check_election(election, today=town_day(now))
        if post.id in certified:
            _replace(post, election, actor=actor, now=now)
        free = (number for number in numbers[election.term_from.year] if number not in given)
        db.session.add(_certificate(post, person_id, election, election.number or next(free)))
    db.session.flush()
    audit.record(
        actor=actor, action="certificate.issue", subject_kind="grid", subject_id=village.id, place_path=village.path,
        now=now, detail={"certificates": len(rows)},
    )  # fmt: skip


def _check_numbers(elections: Sequence[Election]) -> None:
    """A number stands on one certificate."""
    given = [one.number for one in elections if one.number]
    borne = queries.numbers_borne(given) if given else set()
    doubled = next((number for n, number in enumerate(given) if number in borne or number in given[:n]), None)
    if doubled is not None:
        raise Refused(N_("已有编号 %(number)s 的代表证，请换一个编号。", number=doubled), field="number")


def _replace(post: Post, election: Election, *, actor: Viewer, now: datetime) -> None:
    """A new choice revokes what still runs."""
    for older in queries.certificates_of(post.id):
        if older.revoked_on is None and older.term_to > election.term_from:
            older.revoked_on, older.revoked_why = election.term_from, str(N_("换届换证"))
            _note(older, "certificate.revoke", actor, now)


def revoke_of_leaver(post: Post, *, actor: Viewer, stays: int | None, on: date, now: datetime) -> None:
    """Who leaves the post has no certificate from that day on; one of the person who stays holds."""
    for older in queries.certificates_of(post.id):
        if older.person_id != stays and older.revoked_on is None and older.term_to > on:
            older.revoked_on, older.revoked_why = max(on, older.term_from), str(N_("离任"))
            _note(older, "certificate.revoke", actor, now)


def _free_numbers(village: Grid, election: Election) -> Iterator[str]:
    """Numbers of a village and year that no certificate bears yet, the lowest first."""
    scheme = (grids.setting(village.path, CERTIFICATE_SETTING, on=election.elected_on) or ({}, 0, None))[0]
    year = election.term_from.year
    taken = queries.certificate_numbers(village.path, year)
    for count in itertools.count(1):
        number = certificate_number(scheme, village_code=village.code, year=year, number=count)
        if number not in taken:
            yield number


def _certificate(post: Post, person_id: int, election: Election, number: str) -> Certificate:
    return Certificate(
        post_id=post.id, person_id=person_id, place_path=post.place_path, number=number,
        token=secrets.token_urlsafe(12), elected_on=election.elected_on, meeting=str(election.meeting),
        votes=election.votes, signatures=election.signatures, led_by=election.led_by,
        candidate=str(election.candidate), oath_on=election.oath_on, term_from=election.term_from,
        term_to=election.term_to,
    )  # fmt: skip


def check_election(election: Election, *, today: date) -> None:
    """`Refused` beside the field that cannot be so."""
    if election.elected_on > today:
        raise Refused(N_("推选的日期不能在以后。"), field="elected_on")
    if election.term_from < election.elected_on:
        raise Refused(N_("任期不能早于推选的日期。"), field="term_from")
    if election.term_to <= election.term_from:
        raise Refused(N_("任期届满要晚于任期开始。"), field="term_to")
    if election.term_to.year - election.term_from.year > LONGEST_TERM_YEARS:
        raise Refused(N_("任期最长 %(n)s 年。", n=LONGEST_TERM_YEARS), field="term_to")
    if not election.votes and not election.signatures:
        raise Refused(N_("请填得票数或签名户数，至少一项。"), field="votes")
    if election.oath_on is not None and election.oath_on < election.elected_on:
        raise Refused(N_("宣誓不能早于推选。"), field="oath_on")


def _village_of(post: Post) -> Grid:
    """The village of the post, locked so that two numbers are not given at once."""
    ids = [int(part) for part in post.place_path.split("/") if part]
    return _held(ids[2] if len(ids) > 2 else ids[-1])


def _held(village_id: int) -> Grid:
    found: Grid = db.session.get_one(Grid, village_id, with_for_update=True, populate_existing=True)
    return found


def note_oath(certificate: Certificate, *, actor: Viewer, on: date, now: datetime) -> None:
    """The representative signed and swore."""
    if on < certificate.elected_on:
        raise Refused(N_("宣誓不能早于推选。"), field="on")
    certificate.oath_on = on
    _note(certificate, "certificate.oath", actor, now)


def revoke(certificate: Certificate, *, actor: Viewer, on: date, why: str, now: datetime) -> None:
    """The certificate holds no longer from a day on; who scans its code reads so."""
    certificate = db.session.get_one(Certificate, certificate.id, with_for_update=True, populate_existing=True)
    if certificate.revoked_on is not None:
        raise Refused(N_("这张代表证已经撤销了。"))
    if on < certificate.term_from:
        raise Refused(N_("撤销不能早于任期开始。"), field="start")
    certificate.revoked_on, certificate.revoked_why = on, why
    _note(certificate, "certificate.revoke", actor, now)


def mark_first_visit(
    post: Post, *, person_id: int, household_id: int, step: str, on: date | None, actor: Viewer, now: datetime
) -> None:
    """The representative himself ticks how far he has come with a home: met, known, joined; `on` None takes it back."""
    if step not in STEPS or actor.person_id != person_id:
        raise Refused(N_("这张清单由联户代表本人填写。"))
    row = queries.first_visit(post.id, person_id, household_id)
    if row is None:
        row = FirstVisit(post_id=post.id, person_id=person_id, household_id=household_id)
        db.session.add(row)
    setattr(row, f"{step}_on", on)
    audit.record(
        actor=actor, action="liaison.first_visit", subject_kind="post", subject_id=post.id, place_path=post.place_path,
        now=now, detail={"household": household_id, "step": step, "done": on is not None},
    )  # fmt: skip


def _note(certificate: Certificate, action: str, actor: Viewer, now: datetime) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="post", subject_id=certificate.post_id,
        place_path=certificate.place_path, now=now, detail={"number": certificate.number},
    )  # fmt: skip
