"""What an item does once it is taken: a visit is noted, a case registered, a change proposed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import Channel
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_, Text
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.sync import queries
from gridcase.sync.rules import CaseBody, ChangeBody, Item, Kind, NotTaken, Reason, VisitBody
from gridcase.sync.rules.reading import BadFields
from gridcase.sync.rules.times import Times
from gridcase.users.models import User
from gridcase.visits import queries as visit_queries
from gridcase.visits import service as visits
from gridcase.visits.service import Demand, VisitRecord


@dataclass(frozen=True)
class Done:
    """What was done, by whom and where, and the sentence about it."""

    viewer: Viewer
    post_id: int | None
    path: str
    said: Text
    number: str | None = None
    visit_id: int | None = None
    case_id: int | None = None


def do(item: Item, times: Times, *, user: User, now: datetime) -> Done:
    """Do what an item asks for; raises `NotTaken`, or `BadFields` where a room refuses what is in it."""
    try:
        return _DO[item.kind](item, times, user, now)
    except Refused as refusal:
        raise BadFields({f"body.{refusal.field or 'text'}": refusal.text}) from refusal


def home_of(item: Item, user: User, at: datetime) -> tuple[Household, queries.Right]:
    """The home an item speaks of, with the right its author had over it then; raises `NotTaken`."""
    home = db.session.get(Household, item.home) if item.home else None
    right = queries.right_over(home, user, at=at) if home is not None else None
    if home is None or (right is None and not queries.ever_had(home.id, user)):
        raise NotTaken(Reason.NOT_ALLOWED)
    if home.ended_on is not None and home.ended_on <= town_day(at):
        raise NotTaken(Reason.HOME_ENDED)
    if right is None:
        raise NotTaken(Reason.HOME_MOVED, can_hand_over=True)
    return home, right


def _visit(item: Item, times: Times, user: User, now: datetime) -> Done:
    assert isinstance(item.body, VisitBody)
    home, right = home_of(item, user, times.happened_at)
    visit = note_visit(item, times, home=home, actor=right.viewer, now=now)
    number = db.session.get_one(Case, visit.case_id).number if visit.case_id else None
    return Done(
        right.viewer, right.grant.post_id, home.path, _said_of_visit(home, number), number, visit.id, visit.case_id
    )


def note_visit(item: Item, times: Times, *, home: Household, actor: Viewer, now: datetime) -> Any:
    """Write the visit of an item."""
    body = item.body
    assert isinstance(body, VisitBody)
    if visit_queries.by_uuid(item.uuid) is not None:  # a form in the browser carried this mark
        raise NotTaken(Reason.ID_TAKEN)
    if body.check is not None:
        raise NotTaken(Reason.NOT_ALLOWED)
    if body.demand is not None:
        _open_class(body.demand.class_code, home.path)
    record = VisitRecord(
        client_uuid=item.uuid, visited_at=times.happened_at, mode=body.mode, state=body.state, purpose=body.purpose,
        noted_at=times.made_at, met=body.met, ticks=body.ticks, note=body.note,
        demand=_demand(body.demand) if body.demand else None,
    )  # fmt: skip
    return visits.log_visit(actor=actor, household=home, record=record, now=now, policy=cases.closing_policy())


def _demand(body: CaseBody) -> Demand:
    return Demand(body.class_code, body.title, body.text, body.result, body.answer)


def _said_of_visit(home: Household, number: str | None) -> Text:
    name = mask_name(home.head_name)
    if number is not None:
        return N_("%(name)s家的走访收到了，诉求已登记，编号 %(number)s。", name=name, number=number)
    return N_("%(name)s家的走访收到了。", name=name)


def _open_class(code: str, path: str) -> Any:
    try:
        return case_queries.class_in_use(code, path=path)
    except Missing as error:
        raise NotTaken(Reason.CLASS_CLOSED) from error


def _case(item: Item, times: Times, user: User, now: datetime) -> Done:
    assert isinstance(item.body, CaseBody)
    body = item.body
    if item.home is not None:
        home, right = home_of(item, user, times.happened_at)
        someone, post_id, grid = right.viewer, right.grant.post_id, db.session.get_one(Grid, home.grid_id)
    else:
        home = None
        someone = queries.viewer_on(user, times.happened_at)
        grant = someone.acting(Permission.REGISTER_CASE)
        if grant is None or grant.path is None:
            raise NotTaken(Reason.NOT_ALLOWED)
        grid, post_id = grids.ancestors(grant.path)[-1], grant.post_id
    intake = cases.Intake(
        case_class=_open_class(body.class_code, grid.path), title=body.title, text=body.text, channel=Channel.VISIT,
        grid=grid, household=home, collector_post=post_id,
    )  # fmt: skip
    if body.answer is None:
        raised = cases.collect(actor=someone, now=now, **intake)
    else:
        raised = cases.collect_and_solve(
            actor=someone, now=now, result=body.result or "", answer=body.answer, policy=cases.closing_policy(),
            **intake,
        )  # fmt: skip
    said = N_("诉求已登记，编号 %(number)s。", number=raised.number)
    return Done(someone, post_id, grid.path, said, raised.number, case_id=raised.id)


def _change(item: Item, times: Times, user: User, now: datetime) -> Done:
    assert isinstance(item.body, ChangeBody)
    home, right = home_of(item, user, times.happened_at)
    body = item.body
    households.propose(home, actor=right.viewer, kind=body.kind, who=body.who, on=body.on, note=body.note, now=now)
    said = N_("%(name)s家的变化已报给村里核实。", name=mask_name(home.head_name))
    return Done(right.viewer, right.grant.post_id, home.path, said)


def _not_yet(_item: Item, _times: Times, _user: User, _now: datetime) -> Done:
    raise NotTaken(Reason.NOT_ALLOWED)


_DO: dict[Kind, Callable[[Item, Times, User, datetime], Done]] = {
    Kind.VISIT: _visit,
    Kind.CASE: _case,
    Kind.CHANGE: _change,
    Kind.TOLD: _not_yet,
    Kind.DEED: _not_yet,
}
