"""Teams with their members, and what they are asked for: matched, taken on, done."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from gridcase.affairs.models import HelpRequest, Team, TeamMember
from gridcase.affairs.queries import teams as queries
from gridcase.affairs.queries.activities import RUNS, may
from gridcase.affairs.rules import RequestState, TeamKind, best_team
from gridcase.affairs.service.activities import SENT_BEFORE, answers_for
from gridcase.audit import service as audit
from gridcase.cases.models import Case
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.text import clean, clean_line
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.households.rules import is_child
from gridcase.households.rules.tiers_factors import tells_restricted
from gridcase.notices import service as notices
from gridcase.people.models import Person

ABOUT_PERSONS = "03"  # classes about persons are nobody's but those whose work it is
FEWEST = 4


def found(*, actor: Viewer, village: Grid, kind: TeamKind, name: str, since: date, now: datetime) -> Team:
    """A new team of a village."""
    answers_for(actor, village.path)
    if village.level != GridLevel.VILLAGE:
        raise Missing
    if not (name := clean_line(name)[:40]):
        raise Refused(N_("请写队伍的名称。"), field="name")
    if since > town_day(now):
        raise Refused(N_("成立日期不能晚于今天。"), field="since")
    made = Team(
        village_id=village.id, path=village.path, kind=kind.value, name=name, since=since, user_id=actor.user_id,
        made_at=now,
    )  # fmt: skip
    db.session.add(made)
    _note("team.found", made, actor, now, kind=kind.value)
    return made


def disband(team: Team, *, actor: Viewer, now: datetime) -> None:
    """The team is no more; it must have nothing in hand."""
    answers_for(actor, team.path)
    db.session.refresh(team, with_for_update=True)
    if team.ended_on is not None:
        return
    row = next((one for one in queries.candidates(team.village_id, on=town_day(now)) if one.id == team.id), None)
    if row is not None and row.in_hand:
        raise Refused(N_("这支队伍手上还有 %(jobs)s 件求助，请先办完或改派。", jobs=row.in_hand))
    team.ended_on = town_day(now)
    _note("team.disband", team, actor, now)


def join(team: Team, person_id: int, *, actor: Viewer, leads: bool, on: date, now: datetime) -> TeamMember:
    """Somebody of the village comes into the team; no child."""
    answers_for(actor, team.path)
    home = households.home_of(person_id, on=on)
    if home is None or home.village_id != team.village_id:
        raise Missing
    if on > town_day(now):
        raise Refused(N_("入队日期不能晚于今天。"), field="on")
    if is_child(db.session.get_one(Person, person_id).born_on, on):
        raise Refused(N_("未满 14 岁不能入队。"), field="person")
    row = TeamMember(team_id=team.id, person_id=person_id, leads=leads, joined_on=on)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise Refused(N_("已经在队里了。"), field="person") from None
    _note("team.join", team, actor, now, person=person_id)
    return row


def leave(team: Team, row: TeamMember, *, actor: Viewer, now: datetime) -> None:
    """Somebody is in the team no more; that he was stays written."""
    answers_for(actor, team.path)
    if row.left_on is None:
        row.left_on = town_day(now)
        _note("team.leave", team, actor, now, person=row.person_id)


def ask(
    *,
    actor: Viewer,
    client_uuid: str,
    kind: TeamKind,
    text: str,
    home: Household | None = None,
    case: Case | None = None,
    now: datetime,
) -> HelpRequest:
    """Ask for a team: for a home one lives in or serves, or in a case one works on. The team with the least in hand is
    asked, and it is written down why; where there is none the request waits."""
    text = clean(text)[:200]
    if len(text) < FEWEST:
        raise Refused(N_("请写要帮什么，至少四个字。"), field="text")
    if tells_restricted(text):
        raise Refused(N_("请只写要做什么，不写家里人的病情和处境。"), field="text")
    place, village_id, post_id = _from_where(actor, home, case)
    day = town_day(now)
    best = best_team(kind, queries.candidates(village_id, on=day))
    row = HelpRequest(
        client_uuid=client_uuid, village_id=village_id, path=place, household_id=home.id if home else None,
        case_id=case.id if case else None, kind=kind.value, text=text, state=RequestState.ASKED.value,
        team_id=best[0].id if best else None, why=str(best[1])[:120] if best else "", post_id=post_id,
        user_id=actor.user_id, asked_at=now,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        first = queries.by_uuid(client_uuid)
        if first is None or first.user_id != actor.user_id or first.text != text:
            raise Refused(SENT_BEFORE) from None
        return first
    _tell(row, now=now)
    _note_request("request.ask", row, actor, now, team=row.team_id)
    return row


def _from_where(actor: Viewer, home: Household | None, case: Case | None) -> tuple[str, int, int | None]:
    """(path, village, acting post) of what help is asked for."""
    if case is not None:
        if case.restricted or case.case_class.code.startswith(ABOUT_PERSONS) or case.village_id is None:
            raise Refused(N_("这类事不能交给队伍，请由办理的人自己处理。"))
        grant = actor.acting(Permission.SEE_CASE, path=case.path)
        return case.path, case.village_id, grant.post_id if grant else None
    if home is None:
        raise Missing
    households.get_household(home.id, viewer=actor, permission=Permission.DECLARE_POINTS)
    if home.ended_on is not None:
        raise Missing
    if queries.open_for_home(home.id) is not None:
        raise Refused(N_("这一户已经有一件求助在办，办完再提。"))
    grant = actor.acting(Permission.DECLARE_POINTS, path=home.path)
    return home.path, home.village_id, grant.post_id if grant else None


def hand_to(row: HelpRequest, team: Team, *, actor: Viewer, now: datetime) -> None:
    """Another team of the village is asked, by who answers for the place."""
    answers_for(actor, row.path)
    _lock(row)
    if team.village_id != row.village_id or team.ended_on is not None:
        raise Missing
    row.team_id, row.why, row.state, row.accepted_at = team.id, str(N_("由村里指定。")), RequestState.ASKED.value, None
    _tell(row, now=now)
    _note_request("request.hand", row, actor, now, team=team.id)


def accept(row: HelpRequest, *, actor: Viewer, now: datetime) -> None:
    """The team takes it on."""
    _works(row, actor, now)
    _lock(row)
    if row.team_id is None:
        raise Refused(N_("还没有队伍，请先指定一支。"))
    if row.state != RequestState.ACCEPTED:
        row.state, row.accepted_at = RequestState.ACCEPTED.value, now
        _note_request("request.accept", row, actor, now, team=row.team_id)


def visited(row: HelpRequest, *, actor: Viewer, now: datetime) -> None:
    """Somebody of the team was there once more."""
    _works(row, actor, now)
    _lock(row)
    if row.state != RequestState.ACCEPTED:
        raise Refused(N_("请先接下，再记上门。"))
    row.visits += 1
    _note_request("request.visit", row, actor, now, visits=row.visits)


def finish(row: HelpRequest, *, actor: Viewer, note: str, now: datetime) -> None:
    """It is done; what was done is said in a line."""
    _works(row, actor, now)
    _lock(row)
    if row.state != RequestState.ACCEPTED:
        raise Refused(N_("请先接下，再记办完。"))
    if len(note := clean(note)[:200]) < FEWEST:
        raise Refused(N_("请写帮了什么，至少四个字。"), field="note")
    if tells_restricted(note):
        raise Refused(N_("请只写要做什么，不写家里人的病情和处境。"), field="note")
    row.state, row.ended_at, row.note, row.visits = RequestState.DONE.value, now, note, max(1, row.visits)
    _note_request("request.done", row, actor, now, visits=row.visits)


def close(row: HelpRequest, *, actor: Viewer, now: datetime) -> None:
    """It is not needed any more: who asked says so, or who answers for the place."""
    _lock(row)
    mine = actor.user_id is not None and row.user_id == actor.user_id
    if not mine and not may(row.path, actor, RUNS):
        raise Refused(N_("由提出的人或村里来结束。"))
    row.state, row.ended_at = RequestState.CLOSED.value, now
    _note_request("request.close", row, actor, now)


def _works(row: HelpRequest, actor: Viewer, now: datetime) -> None:
    if not queries.works_on(row, viewer=actor, on=town_day(now)):
        raise Refused(N_("求助由队伍里的人或村里来接。"))


def _lock(row: HelpRequest) -> None:
    db.session.refresh(row, with_for_update=True)
    if row.state not in queries.OPEN:
        raise Refused(N_("这件求助已经结束。"))


def _tell(row: HelpRequest, *, now: datetime) -> None:
    """Those who lead the team, else all of it, find it in their inbox."""
    if row.team_id is None:
        return
    mates = queries.mates_of(db.session.get_one(Team, row.team_id), on=town_day(now))
    told = [one for one in mates if one.leads] or mates
    notices.tell_all(
        [
            notices.Telling(
                rule="team.asked", subject_kind="help_request", subject_id=row.id, due_at=row.asked_at,
                place_path=row.path, text=N_("有一件求助等您的队伍接：%(kind)s", kind=TeamKind(row.kind).label),
                link=f"/affairs/requests/{row.id}", person_id=one.person_id,
            )
            for one in told
        ],
        now=now,
    )  # fmt: skip


def _note(action: str, team: Team, actor: Viewer, now: datetime, **detail: object) -> None:
    db.session.flush()
    audit.record(
        actor=actor, action=action, subject_kind="team", subject_id=team.id, place_path=team.path, now=now,
        detail=dict(detail),
    )  # fmt: skip


def _note_request(action: str, row: HelpRequest, actor: Viewer, now: datetime, **detail: object) -> None:
    db.session.flush()
    audit.record(
        actor=actor, action=action, subject_kind="help_request", subject_id=row.id, place_path=row.path,
        post_id=row.post_id, now=now, detail=dict(detail),
    )  # fmt: skip


def repoint_persons(double_id: int, kept_id: int, *, actor: Viewer, place: str, now: datetime) -> int:
    """What hung on a person written twice hangs on the kept record; where both are in a team the double's row ends."""
    rows = list(db.session.scalars(select(TeamMember).where(TeamMember.person_id == double_id)))
    there = set(
        db.session.scalars(
            select(TeamMember.team_id).where(TeamMember.person_id == kept_id, TeamMember.left_on.is_(None))
        )
    )
    for row in rows:
        if row.left_on is None and row.team_id in there:
            row.left_on = town_day(now)
        row.person_id = kept_id
    if rows:
        db.session.flush()
        audit.record(
            actor=actor, action="team.repoint", subject_kind="person", subject_id=kept_id, place_path=place, now=now,
            detail={"double": double_id, "count": len(rows)},
        )  # fmt: skip
    return len(rows)
