"""What stands on the page of a case: its facts, the timeline, the deadline, the open moves with their forms."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from gridcase.calendar.queries import Stamp, stamped_calendar
from gridcase.cases import queries, service
from gridcase.cases.models import Case, CaseStep
from gridcase.cases.rules import (
    ENDED_STATES,
    Answer,
    Channel,
    Light,
    Move,
    Rating,
    Standing,
    State,
    Urgency,
    light_of,
    moves_open_to,
    primary_move,
)
from gridcase.cases.rules.agenda import AgendaOutcome
from gridcase.cases.rules.majors import DISPUTES
from gridcase.cases.rules.papers import PaperKind
from gridcase.cases.rules.replies import OFFERED
from gridcase.cases.rules.said import limit_said, time_left, what_happened
from gridcase.cases.rules.standing import may_mediate
from gridcase.cases.views import beside, desk, prints, replies, routing, urgent
from gridcase.cases.views.acts import ACTS
from gridcase.cases.views.base import class_name, rules_from
from gridcase.cases.views.desk import Desk
from gridcase.cases.views.move_forms import blank_of, form_of, untouched
from gridcase.cases.views.routing import Ways
from gridcase.core.clock import town_day
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.core.worktime import LimitUnit, WorkCalendar
from gridcase.notices import queries as notices
from gridcase.people.rules import Role
from gridcase.web.filters import translate

BACKWARD = frozenset({"give_back", "rework", "reopen", "refuse_extension", "refuse_pause", "escalate"})
FEW, LAST = 3, 2  # buttons that may all be seen at once; the rank of what stands in the menu
REFUSALS = frozenset({"refuse_extension", "refuse_pause"})  # open where a request waits for this reader's answer
QUIET = frozenset({"remind", "comment"})
NAMES_OF_ROLES = {**{role.value: role.label for role in Role}, "reporter": N_("群众本人")}


def page(
    case: Case, someone: Viewer, now: datetime, filled: dict[str, Any], came: Desk | None = None
) -> ResponseReturnValue:
    """Everything on the page, in a number of statements that does not grow with the steps. `filled`: forms that were
    sent and stand open with what was typed."""
    facts = queries.page_facts(case, someone)
    stamped, line = stamped_calendar(facts), queries.steps(case.id)
    agenda = queries.agenda_of(case, someone) if facts.has_agenda else ()
    standing = queries.standing_of(case, someone)
    named = Permission.SEE_REPORTER in standing.permissions
    buttons = _buttons(case, standing, filled, someone, now, facts)
    templates = replies.offered(case, buttons, facts)
    for name, form in filled.items():
        replies.fill(form, name, templates)
    seen = _in_sight(buttons)
    return render_template(
        "cases/show.html", case=case, facts=facts, templates=templates, steps=line,
        way=desk.way(came, case, someone, now), problems=_problems(buttons, filled), named=named,
        timeline_rows=_timeline(case, line, facts),
        papers=queries.papers_by_step(case, reads_letters=named) if facts.has_papers else {},
        prints=prints.menu(case, line, someone, facts),
        mediated=_mediated(case, line, standing), moves=buttons[:seen], other_moves=buttons[seen:],
        beside=beside.of(case, someone, facts, on=town_day(now), agenda=agenda),
        received_on=facts.received_on if case.source_no else None,
        waiting=beside.waiting(case), **_deadline(case, line, stamped, now), **_words(case),
    )  # fmt: skip


def _mediated(case: Case, line: Sequence[CaseStep], standing: Standing) -> bool:
    """Whether there is a mediation to look at, or one that this reader may begin."""
    if case.case_class.major != DISPUTES:
        return False
    if any(step.detail.get("mediation") for step in line):
        return True
    elsewhere = (case.handler_post_id or case.handler_unit_id) is not None and not standing.is_addressed
    code = case.case_class.code
    return case.state not in ENDED_STATES and may_mediate(standing, class_code=code, elsewhere=elsewhere)


def _deadline(
    case: Case, line: Sequence[CaseStep], stamped: tuple[WorkCalendar, Stamp | None], now: datetime
) -> dict[str, Any]:
    """The light, the time that is left, and why the deadline is where it is."""
    calendar, version = stamped
    unit = LimitUnit(case.terms.limit_unit)
    return {
        "light": light_of(due_at=case.due_at, soon_at=case.soon_at, closed=case.closed_at is not None, now=now),
        "left": time_left(due_at=case.due_at, now=now, unit=unit, calendar=calendar),
        "why": queries.explained(case, line, calendar), "extra": queries.clock_of(case, line).extra,
        "calendar_version": version, "limit_said": limit_said, "rules_from": rules_from, "Light": Light,
        "contact": urgent.contact_of(case, now=now, calendar=calendar),
        "urgent": urgent.of(case, now=now, calendar=calendar),
        "pressing": urgent.pressing(
            case, limit_unit=case.terms.limit_unit, contact_unit=case.terms.contact_unit, now=now, calendar=calendar
        ),
    }  # fmt: skip


def _words(case: Case) -> dict[str, Any]:
    """The words of what is stored, and of what happened."""
    return {
        "state": State(case.state), "State": State, "channel": Channel(case.channel),
        "answer": Answer(case.answer) if case.answer else None, "rating": Rating(case.rating) if case.rating else None,
        "what_happened": what_happened, "roles": NAMES_OF_ROLES, "backward": BACKWARD, "class_name": class_name,
        "paper_kind": PaperKind, "AgendaOutcome": AgendaOutcome,
    }  # fmt: skip


def _problems(buttons: list[dict[str, Any]], filled: dict[str, Any]) -> list[Any]:
    """What was refused of a move that is not open any more."""
    shown = {button["name"] for button in buttons}
    return [words for name, form in filled.items() if name not in shown for words in form.form_errors]


def _timeline(case: Case, line: Sequence[CaseStep], facts: Any) -> list[tuple[bool, Any]]:
    """The steps and the reminders in the order of time: (is a step, step or reminder)."""
    told = notices.told_about("case", case.id, queries.TOLD_LATE) if facts.was_told else []
    entries = [(step.at, True, step) for step in line] + [(one.at, False, one) for one in told]
    return [(is_step, entry) for _at, is_step, entry in sorted(entries, key=lambda entry: (entry[0], not entry[1]))]


def _in_sight(buttons: list[dict[str, Any]]) -> int:
    """How many buttons are seen at once. Where there are many the others stand in a menu: all but the one that comes
    next and the answers to a request, or where nothing comes next the harmless ones.
    """
    return len(buttons) if len(buttons) <= FEW else sum(button["rank"] < LAST for button in buttons)


def _open_moves(case: Case, standing: Standing, now: datetime) -> list[Move]:
    """Those a form leads to; hurrying is offered only where somebody can be asked to."""
    return [
        move
        for move in moves_open_to(standing, now=now)
        if move.name in ACTS and (move.name != "remind" or case.state in service.REMINDABLE)
    ]


def _rank(move: Move, case: Case, first: Move | None, asked: Collection[Any]) -> int:
    """0 for what comes next, 1 for what is seen beside it: answers to a request, of an emergency the first contact."""
    pressing = move.name == "contact" and case.urgency == Urgency.CRITICAL
    beside_it = pressing or move.answers in asked or (first is None and move.name in QUIET)
    return 0 if move is first else 1 if beside_it else LAST


def _buttons(
    case: Case, standing: Standing, filled: dict[str, Any], someone: Viewer, now: datetime, facts: Any
) -> list[dict[str, Any]]:
    """The open moves with their forms; a move that was refused stands open with what was typed."""
    moves = _open_moves(case, standing, now)
    asked = {move.answers for move in moves if move.name in REFUSALS and move.answers}
    first = primary_move(tuple(moves), answer=Answer(case.answer) if case.answer else None, asked=asked)
    ways = Ways(case, now)
    buttons = []
    for move in moves:
        name = "sort" if move.name == "accept" and case.unsorted else move.name
        ready = name in OFFERED and facts.has_templates  # the choice of texts stands beside the form's own note
        make = form_of if ready else untouched
        form = filled.get(name) or make(name, ACTS[name], case, someone, now, ways)
        buttons.append({
            "name": name, "label": beside.label(move, case, someone), "primary": move is first, "key": move.key or None,
            "says": translate(move.effect) if move.effect else None, "form": form, "open": name in filled,
            "url": url_for(f"cases.move_{name}", case_id=case.id),
            "rank": _rank(move, case, first, asked),
            "suggested": routing.shown(ways) if name == "dispatch" else [],
            "duties": routing.duties(ways) if name == "dispatch" else [],
            "taken": routing.taken(ways) if name == "dispatch" else [],
            "choices": blank_of(name, case, someone, ways) if name == "dispatch" else None,
            "danger": move.target in (State.VOIDED, State.WITHDRAWN, State.DUPLICATE),
        })  # fmt: skip
    return sorted(buttons, key=lambda button: button["rank"])
