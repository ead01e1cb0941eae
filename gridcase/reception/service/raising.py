"""A demand heard at one of the doors becomes a case: by the one intake, linked back to the row it came of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from gridcase.audit import service as audit
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import Channel, Urgency
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households.models import Household
from gridcase.reception.models import MeetingOutcome, PatrolFinding, QuickAnswer, Visitor
from gridcase.reception.queries import sent
from gridcase.reception.queries.sent import Sent
from gridcase.reception.rules.officials import TO_THE_TOWN, about_officials

Row = Visitor | QuickAnswer | MeetingOutcome | PatrolFinding
KINDS: dict[type[Row], tuple[str, Channel]] = {
    Visitor: ("reception_visitor", Channel.RECEPTION),
    QuickAnswer: ("quick_answer", Channel.PHONE),
    MeetingOutcome: ("meeting_outcome", Channel.MEETING),
    PatrolFinding: ("patrol_finding", Channel.PATROL),
}


@dataclass(frozen=True)
class Told:
    """What a case is made of. `name` and `phone`: who is to be called back; without a name nobody is known."""

    class_code: str
    title: str
    text: str
    place: Grid
    household: Household | None = None
    name: str | None = None
    phone: str | None = None

    def with_note(self, speaker: str) -> Told:
        """The same, told by somebody else than whom it is about."""
        return replace(self, name=f"{self.name or ''}（{speaker}代为反映）"[:60])


def grant_at(actor: Viewer, place: Grid) -> Grant:
    """The post from which somebody works at a place's door, else `Missing`."""
    grant = actor.acting(Permission.REGISTER_CASE, path=place.path)
    if grant is None or not case_queries.may_register(actor, path=place.path, household_id=None):
        raise Missing
    return grant


def past_the_village(*words: str | None, sure: bool) -> None:
    """What stands in a register of the village is read there: complaints about its officials and accounts become cases
    of a restricted class, which go to the town. `sure`: the writer says that it is none."""
    if not sure and about_officials(*words):
        raise Refused(TO_THE_TOWN, field="not_officials")


def raise_case(
    told: Told, *, actor: Viewer, now: datetime, channel: Channel, anonymous: bool = False,
    urgency: Urgency | None = None,
) -> Case:  # fmt: skip
    """Register it. A case belongs to a village at least: a town's door asks which."""
    if told.household is None and told.place.level in (GridLevel.COUNTY, GridLevel.TOWN):
        raise Refused(N_("请选是哪个村的事。"), field="grid")
    case_class = case_queries.class_in_use(told.class_code, path=told.place.path)
    return cases.collect(
        actor=actor, now=now, case_class=case_class, title=told.title, text=told.text, channel=channel,
        grid=told.place, household=told.household, reporter_name=told.name, reporter_phone=told.phone,
        anonymous=anonymous, urgency=urgency,
    )  # fmt: skip


def raise_for(row: Row, told: Told, *, place: Grid, actor: Viewer, now: datetime) -> Case:
    """Turn a row of a door into a case afterwards, once."""
    grant = grant_at(actor, place)
    db.session.refresh(row, with_for_update=True)
    if row.case_id is not None:
        raise Refused(N_("已经登记成事件了，请到事件里办理。"))
    kind, channel = KINDS[type(row)]
    row.case_id = raise_case(told, actor=actor, now=now, channel=channel, anonymous=_anonymous(row, told)).id
    audit.record(
        actor=actor, action="reception.raise", subject_kind=kind, subject_id=row.id, place_path=place.path,
        post_id=grant.post_id, now=now, detail={"case": row.case_id},
    )  # fmt: skip
    db.session.flush()
    return db.session.get_one(Case, row.case_id)


def _anonymous(row: Row, told: Told) -> bool:
    """Whoever left no name at a door where names are asked cannot be called back."""
    return isinstance(row, Visitor | QuickAnswer) and told.name is None and told.household is None


def once(row: Sent, model: type[Sent]) -> tuple[Sent, bool]:
    """Add a row that may have been sent before under the same mark: (the row that stands, whether it is new)."""
    known = sent.under_mark(model, row.client_uuid)
    if known is not None:
        return _own(known, row), False
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # the same form came in twice at once and the other one was first
        known = sent.under_mark(model, row.client_uuid)
        if known is None:
            raise
        return _own(known, row), False
    return row, True


def _own(known: Sent, row: Sent) -> Sent:
    if known.user_id != row.user_id:
        raise Refused(N_("请重新打开这张表。"))
    return known
