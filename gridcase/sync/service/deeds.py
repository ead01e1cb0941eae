"""What an item does once it is taken: a visit is noted, a case registered, a change proposed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from gridcase.bulletin import queries as bulletin_queries
from gridcase.bulletin import service as bulletin
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import Channel
from gridcase.checks.rules import Looked
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_, Text
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.households import queries as home_queries
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.sync import queries
from gridcase.sync.rules import CaseBody, ChangeBody, DeedBody, Item, Kind, NotTaken, Reason, ToldBody, VisitBody
from gridcase.sync.rules.reading import BadFields
from gridcase.sync.rules.times import Times
from gridcase.users.models import User
from gridcase.visits import queries as visit_queries
from gridcase.visits import service as visits
from gridcase.visits.models import Visit
from gridcase.visits.service import Demand, Spot, VisitRecord


@dataclass(frozen=True)
class Where:
    """Who does it, from which post, at which home (None: none) or place. `anothers`: it is taken over from somebody."""

    viewer: Viewer
    post_id: int | None
    home: Household | None
    grid: Grid | None = None
    anothers: bool = False

    @property
    def path(self) -> str:
        """The place it belongs to."""
        found = self.home or self.grid
        return found.path if found is not None else "/"


@dataclass(frozen=True)
class Done:
    """What was done, and the sentence about it."""

    said: Text
    number: str | None = None
    visit_id: int | None = None
    case_id: int | None = None


def where_of(item: Item, user: User, at: datetime) -> Where:
    """Where an item belongs, with the right its author had there then; raises `NotTaken`."""
    if item.home is not None:
        home, right = _home(item, item.home, user, at)
        return Where(right.viewer, right.grant.post_id, home)
    someone = queries.viewer_on(user, at)
    grant = someone.acting(Permission.REGISTER_CASE if item.kind is Kind.CASE else Permission.LOG_VISIT)
    if grant is None or grant.path is None:
        raise NotTaken(Reason.NOT_ALLOWED)
    return Where(someone, grant.post_id, None, grids.ancestors(grant.path)[-1])


def _home(item: Item, home_id: int, user: User, at: datetime) -> tuple[Household, queries.Right]:
    """A home as it stands today: one that was written twice is the kept one."""
    sent = db.session.get(Household, home_id)
    if sent is None:
        raise NotTaken(Reason.NOT_ALLOWED)
    kept_id = home_queries.successor_of([home_id]).get(home_id, home_id)
    home = sent if kept_id == home_id else db.session.get_one(Household, kept_id)
    right = queries.right_over(sent, user, at=at, kept_id=kept_id)
    if right is None and not queries.ever_had(home_id, user):
        raise NotTaken(Reason.NOT_ALLOWED)
    if home.ended_on is not None and home.ended_on <= town_day(at):
        raise NotTaken(Reason.HOME_ENDED)
    if right is None:
        if queries.restricted(item, home):
            raise NotTaken(Reason.RESTRICTED)
        raise NotTaken(Reason.HOME_MOVED, can_hand_over=True)
    return home, right


def do(item: Item, times: Times, where: Where, *, now: datetime) -> Done:
    """Do what an item asks for; raises `NotTaken`, or `BadFields` where a room refuses what is in it.
    What a room does not find is not theirs."""
    try:
        return _DO[item.kind](item, times, where, now)
    except Refused as refusal:
        raise BadFields({f"body.{refusal.field or 'text'}": refusal.text}) from refusal
    except Missing as error:
        raise NotTaken(Reason.NOT_ALLOWED) from error


def _visit(item: Item, times: Times, where: Where, now: datetime) -> Done:
    assert isinstance(item.body, VisitBody)
    assert where.home is not None
    if visit_queries.by_uuid(item.uuid) is not None:  # a form in the browser carried this mark
        raise NotTaken(Reason.ID_TAKEN)
    visit = _note(item, item.body, times, where, now)
    number = db.session.get_one(Case, visit.case_id).number if visit.case_id else None
    name = mask_name(where.home.head_name)
    said = N_("%(name)s家的走访收到了。", name=name)
    if number is not None:
        said = N_("%(name)s家的走访收到了，诉求已登记，编号 %(number)s。", name=name, number=number)
    return Done(said, number, visit.id, visit.case_id)


def _note(item: Item, body: VisitBody, times: Times, where: Where, now: datetime) -> Visit:
    assert where.home is not None
    if body.demand is not None:
        _open_class(body.demand.class_code, where.path)
    record = VisitRecord(
        client_uuid=item.uuid, visited_at=times.happened_at, mode=body.mode, state=body.state, purpose=body.purpose,
        noted_at=times.made_at, met=body.met, ticks=body.ticks, note=body.note, demand=_demand(body.demand),
        spot=Spot(body.spot.kind, body.spot.words or None, body.spot.by) if body.spot else None,
        checks=(Looked(body.check.kind, frozenset(body.check.found)),) if body.check else (),
    )  # fmt: skip
    try:
        return visits.log_visit(
            actor=where.viewer, household=where.home, record=record, now=now, policy=cases.closing_policy(),
            anothers=where.anothers,
        )  # fmt: skip
    except Missing as error:  # the home is theirs: what is not there is the class of an errand or of a finding
        raise NotTaken(Reason.CLASS_CLOSED) from error


def _demand(body: CaseBody | None) -> Demand | None:
    return Demand(body.class_code, body.title, body.text, body.result, body.answer) if body else None


def _open_class(code: str, path: str) -> Any:
    try:
        return case_queries.class_in_use(code, path=path)
    except Missing as error:
        raise NotTaken(Reason.CLASS_CLOSED) from error


def _case(item: Item, _times: Times, where: Where, now: datetime) -> Done:
    body, home = item.body, where.home
    assert isinstance(body, CaseBody)
    grid = db.session.get_one(Grid, home.grid_id) if home is not None else where.grid
    assert grid is not None
    intake = cases.Intake(
        case_class=_open_class(body.class_code, grid.path), title=body.title, text=body.text, channel=Channel.VISIT,
        grid=grid, household=home, collector_post=where.post_id,
    )  # fmt: skip
    if body.answer is None:
        raised = cases.collect(actor=where.viewer, now=now, **intake)
    else:
        raised = cases.collect_and_solve(
            actor=where.viewer, now=now, result=body.result or "", answer=body.answer, policy=cases.closing_policy(),
            **intake,
        )  # fmt: skip
    return Done(N_("诉求已登记，编号 %(number)s。", number=raised.number), raised.number, case_id=raised.id)


def _change(item: Item, _times: Times, where: Where, now: datetime) -> Done:
    body = item.body
    assert isinstance(body, ChangeBody)
    assert where.home is not None
    households.propose(
        where.home, actor=where.viewer, kind=body.kind, who=body.who, on=body.on, note=body.note, now=now
    )
    return Done(N_("%(name)s家的变化已报给村里核实。", name=mask_name(where.home.head_name)))


def _told(item: Item, times: Times, where: Where, now: datetime) -> Done:
    body = item.body
    assert isinstance(body, ToldBody)
    notice = bulletin_queries.get_announcement(body.notice, viewer=where.viewer)
    bulletin.tell(notice, body.homes, actor=where.viewer, at=times.happened_at, now=now)
    return Done(N_("“%(title)s”已记下说到了 %(n)s 户。", title=notice.title, n=len(body.homes)))


def _deed(item: Item, times: Times, where: Where, now: datetime) -> Done:
    body = item.body
    assert isinstance(body, DeedBody)
    if visit_queries.deed_by_uuid(item.uuid) is not None:  # a form in the browser carried this mark
        raise NotTaken(Reason.ID_TAKEN)
    noon = datetime.combine(body.on, time(12), TOWN_ZONE) + times.offset
    visits.note_deed(
        actor=where.viewer, client_uuid=item.uuid, household=where.home, text=body.text, on=town_day(noon), now=now,
        noted_at=times.made_at,
    )  # fmt: skip
    return Done(N_("这件好事记下了。"))


_DO: dict[Kind, Callable[[Item, Times, Where, datetime], Done]] = {
    Kind.VISIT: _visit,
    Kind.CASE: _case,
    Kind.CHANGE: _change,
    Kind.TOLD: _told,
    Kind.DEED: _deed,
}
