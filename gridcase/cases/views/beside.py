"""What stands beside a case on its page: open requests, co-handlers, the whistle, cases before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _

from gridcase.cases import forms, queries, service
from gridcase.cases.models import Case, CaseRequest
from gridcase.cases.rules import (
    Channel,
    ExtensionReason,
    Level,
    Move,
    PartyKind,
    Rating,
    RequestKind,
    RequestState,
    State,
    WhistleKind,
    climbs_to,
)
from gridcase.cases.rules.said import limit_said
from gridcase.cases.views.routing import Ways
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_, Text
from gridcase.people import queries as people
from gridcase.people.rules import WHAT_FOR, BodyKind
from gridcase.web.filters import show_date, translate


@dataclass(frozen=True)
class Asked:
    """A request in words."""

    kind: Text
    what: str
    reason: Text
    by: str
    request: CaseRequest


@dataclass(frozen=True)
class Suggested:
    """Which of the four councils may step in, by the catalogue; `body` None where the village has none."""

    kind: BodyKind
    why: Text
    body: Any


@dataclass(frozen=True)
class Beside:
    """All of it for the template; empty lists where there is nothing."""

    asked: list[Asked]
    parties: Sequence[Any]
    whistle_kind: Text | None
    whistle_units: Sequence[Any]
    follows: Any
    followed_by: Sequence[Any]
    council: Suggested | None = None
    agenda: Sequence[Any] = ()
    voices: queries.Voices = field(default_factory=queries.Voices)
    rating: type[Rating] = Rating


def of(case: Case, someone: Viewer, facts: Any, *, on: date, agenda: Sequence[Any] = ()) -> Beside:
    """What is beside this case now; `facts` say what there is to ask for. While a council has it none
    is suggested."""
    open_requests = case.requests if case.state == State.IN_PROGRESS else []
    asked = [_asked(case, one) for one in open_requests if one.state == RequestState.ASKED]
    helping = [one for one in case.parties if one.ended_at is None and one.kind == PartyKind.HELPER]
    whistle = queries.whistle_of(case)
    before, after = queries.linked(case) if facts.has_links else (None, ())
    return Beside(
        asked, queries.named_parties(helping), WhistleKind(whistle.kind).label if whistle else None,
        queries.called_units(case), before, after,
        None if any(row.CaseAgenda.waits for row in agenda) else _council(case, someone, on), agenda,
        queries.voices_around(case, someone, some=facts.has_voices),
    )  # fmt: skip


def _council(case: Case, someone: Viewer, on: date) -> Suggested | None:
    """Asked only of open cases of a class that names one; never where the case is about a person."""
    if case.terms.council is None or case.village_id is None or case.restricted or case.closed_at is not None:
        return None
    kind = BodyKind(case.terms.council)
    body = people.council_at(case.village_id, kind, viewer=someone, on=on)
    return Suggested(kind, WHAT_FOR[kind], body)


def _asked(case: Case, one: CaseRequest) -> Asked:
    if one.kind == RequestKind.EXTENSION:
        what = translate(limit_said(one.amount or 0, case.terms.limit_unit))
    else:
        what = _("到 %(day)s", day=show_date(one.until))
    return Asked(RequestKind(one.kind).label, what, ExtensionReason(one.reason).label, one.asked_by_name, one)


def waiting(case: Any) -> Text | None:
    """Which desk a case, or its row of a list, waits for while nobody has it."""
    if case.closed_at is not None or State(case.state) not in _AT_A_DESK:
        return None
    state, level = State(case.state), Level(case.level) if case.level else None
    if level in (Level.TOWN, Level.COUNTY):
        return _AT_THE_DESK[level]
    if state is State.REGISTERED:
        return N_("等乡镇受理") if case.village_id is None or case.channel in _FROM_ABOVE else N_("等村里受理")
    return N_("等派单")


_AT_A_DESK = frozenset({State.REGISTERED, State.ACCEPTED, State.RETURNED})
_AT_THE_DESK = {Level.TOWN: N_("在镇综治中心，等派单"), Level.COUNTY: N_("在县综治中心，等派单")}
_FROM_ABOVE = frozenset({Channel.HOTLINE, Channel.PETITION, Channel.UPPER})


def label(move: Move, case: Case, someone: Viewer) -> str:
    """The words on a button: climbing says where to."""
    if move.name == "accept" and case.unsorted:
        return _("分类受理")
    level = climbs_to(queries.standing_of(case, someone)) if move.name == "escalate" else None
    return translate(move.label) if level is None else _("提级到%(level)s", level=translate(level.label))


def called(case: Case, someone: Viewer, ways: Ways) -> tuple[bool, Sequence[Any]]:
    """Whether climbing on needs a whistle, and the units it can call."""
    level = climbs_to(queries.standing_of(case, someone))
    if level is None or level not in service.WHISTLED:
        return False, ()
    return True, () if case.restricted else queries.units_to_call(case, level, units=ways.units)


def as_asked(form: forms.SuspendForm, case: Case) -> None:
    """A pause is granted as it was asked for, unless somebody says otherwise."""
    request = service.open_request(case, RequestKind.PAUSE)
    if request is not None:
        form.pause_reason.data, form.expected_on.data = request.reason, request.until
