"""One case: the facts, the timeline, the deadline, and the moves; each move is a route of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from gridcase.calendar.queries import stamped_calendar
from gridcase.cases import forms, queries, service
from gridcase.cases.models import Case, CaseStep
from gridcase.cases.rules import (
    LADDER,
    STAGE_LATE,
    Answer,
    Channel,
    Light,
    Move,
    Rating,
    State,
    Urgency,
    light_of,
    move_named,
    moves_open_to,
    primary_move,
)
from gridcase.cases.rules.majors import DISPUTES
from gridcase.cases.rules.papers import PaperKind
from gridcase.cases.rules.said import limit_said, time_left, what_happened
from gridcase.cases.views import beside, desk, papers, prints, replies, routing, urgent
from gridcase.cases.views.acts import ACTS, Act
from gridcase.cases.views.base import bp, class_name, rules_from
from gridcase.cases.views.desk import Desk
from gridcase.cases.views.routing import Ways
from gridcase.core import clock
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.core.worktime import LimitUnit
from gridcase.notices import queries as notices
from gridcase.people.rules import Role
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import labelled, options, submit

BACKWARD = frozenset({"give_back", "rework", "reopen", "refuse_extension", "refuse_pause", "escalate"})
FEW, LAST = 3, 2  # buttons that may all be seen at once; the rank of what stands in the menu
REFUSALS = frozenset({"refuse_extension", "refuse_pause"})  # open where a request waits for this reader's answer
QUIET = frozenset({"remind", "comment"})
NAMES_OF_ROLES = {**{role.value: role.label for role in Role}, "reporter": N_("群众本人")}


@bp.get("/<int:case_id>")
@needs(Permission.SEE_CASE)
def show(case_id: int) -> ResponseReturnValue:
    """The page of a case."""
    someone = viewer()
    return _page(queries.get_case(case_id, viewer=someone), someone, clock.now(), {}, desk.came_from(someone))


def _move_view(name: str, act: Act) -> Any:
    """The route of one move: opened in place on the page of the case, sent from there."""

    def make_move(case_id: int) -> ResponseReturnValue:
        someone, now = viewer(), clock.now()
        case = queries.get_case(case_id, viewer=someone)
        form, came = _form(name, act, case, someone, now), desk.came_from(someone)
        if replies.FILL in request.form:
            papers.received(form, someone)
            return _page(case, someone, now, {name: form}, came)
        row = came.row(someone, now) if came and request.method == "POST" else []
        valid, sent = form.validate_on_submit(), papers.received(form, someone)
        if valid and sent is not None:
            step = submit(form, papers.along(act.do, sent), case, form, actor=someone, now=now)
            if step:
                flash(act.said(case, step), "ok")
                return redirect(_next(case, someone, came, row))
        return _page(case, someone, now, {name: form}, came)

    make_move.__doc__ = f"The move `{name}`."
    return needs(move_named(_row_of(name)).needs)(make_move)


def _row_of(name: str) -> str:
    """Sorting is the accepting of what came from elsewhere."""
    return "accept" if name == "sort" else name


def _next(case: Case, someone: Viewer, came: Desk | None, row: list[int]) -> str:
    """On to the next of the list that is worked through; else back to the case, or to the list when giving the case
    back has taken it out of one's sight."""
    onward = came.onward(case.id, row, someone, clock.now()) if came else None
    if onward is not None:
        return onward
    sees = Permission.SEE_CASE in queries.permissions_over(case, someone)
    return desk.link(case.id, came) if sees else url_for("cases.index")


for _name, _act in ACTS.items():
    bp.add_url_rule(
        f"/<int:case_id>/{_name.replace('_', '-')}", f"move_{_name}", _move_view(_name, _act), methods=["GET", "POST"]
    )


def _form(name: str, act: Act, case: Case, someone: Viewer, now: datetime, ways: Ways | None = None) -> Any:
    """The form of a move with its choices; its fields carry the move's name, since many stand on one page."""
    form = act.form(prefix=f"{name}-")
    if isinstance(form, forms.AcceptForm | forms.SortForm):
        _classify(form, case)
    if isinstance(form, forms.DispatchForm | forms.TransferForm | forms.HelperForm):
        routing.offer(form, ways or Ways(case, now))
    if isinstance(form, forms.AnswerForm | forms.SelfSolveForm):
        form.offer_answers(
            anonymous=case.anonymous, imported=case.source_system is not None, attempts=name == "record_answer"
        )
    if isinstance(form, forms.PaperFields):
        form.offer_papers()
    if isinstance(form, forms.SecondCheckForm):
        form.offer()
    beside.prepare(name, form, case, someone)
    if "helper_household" in form and not someone.may(Permission.SEE_HOUSEHOLD):
        del form.helper_household
    for field, members in forms.REASONS.items():
        if field in form:
            form[field].choices = labelled(members)
    return form


def _classify(form: Any, case: Case) -> None:
    """The classes and urgencies; what came from elsewhere has no class to begin with, but needs a village. What the
    words sound like stands first, with those words; a restricted class is never suggested, nor for a restricted case.
    """
    offered = [one.case_class for one in queries.catalogue(path=case.path)]
    if case.case_class not in offered and not case.unsorted:
        offered.insert(0, case.case_class)  # switched off since: what is under it stays under it
    likely = [] if case.restricted else queries.suggest_classes(case.title, case.text, path=case.path)
    codes = {one.case_class.code for one in likely}
    form.case_class.choices = [
        *([SelectChoice("", str(forms.CHOOSE))] if case.unsorted else []),
        *(
            SelectChoice(
                one.case_class.code,
                _("%(name)s（因为说到：%(words)s）", name=_coded(one.case_class), words=translate(list(one.words))),
                optgroup=_("听起来像"),
            )
            for one in likely
        ),
        *(SelectChoice(row.code, _coded(row), optgroup=_("全部类别")) for row in offered if row.code not in codes),
    ]
    form.urgency.choices = labelled(Urgency)
    if "grid" in form:
        villages = [(str(row.id), row.name) for row in queries.villages_of_town(case.town_id)]
        form.grid.choices = options([("", forms.CHOOSE), *villages])
    if not form.is_submitted():
        form.urgency.data = str(case.urgency)
        form.case_class.data = "" if case.unsorted else case.case_class.code


def _coded(row: Any) -> str:
    return f"{row.code} {class_name(row)}"


def _page(
    case: Case, someone: Viewer, now: datetime, filled: dict[str, Any], came: Desk | None = None
) -> ResponseReturnValue:
    """Everything on the page, in a number of statements that does not grow with the steps."""
    (calendar, calendar_version), line = stamped_calendar(), queries.steps(case.id)
    standing = queries.standing_of(case, someone)
    named = Permission.SEE_REPORTER in standing.permissions
    moves = [
        move
        for move in moves_open_to(standing, now=now)
        if move.name in ACTS and (move.name != "remind" or case.state in service.REMINDABLE)
    ]
    light = light_of(due_at=case.due_at, soon_at=case.soon_at, closed=case.closed_at is not None, now=now)
    unit = LimitUnit(case.terms.limit_unit)
    buttons, facts = _buttons(case, moves, filled, someone, now), queries.facts(case, someone)
    templates = replies.offered(case, buttons, facts)
    for name, form in filled.items():
        replies.fill(form, name, templates)
    shown, seen = {button["name"] for button in buttons}, _in_sight(buttons)
    return render_template(
        "cases/show.html", case=case, problems=[
            words for name, form in filled.items() if name not in shown for words in form.form_errors
        ], facts=facts, templates=templates, steps=line, timeline_rows=_timeline(case, line), light=light, Light=Light,
        way=desk.way(came, case, someone, now),
        left=time_left(due_at=case.due_at, now=now, unit=unit, calendar=calendar),
        why=queries.explained(case, line, calendar), extra=queries.clock_of(case, line).extra,
        state=State(case.state), State=State, channel=Channel(case.channel),
        answer=Answer(case.answer) if case.answer else None, rating=Rating(case.rating) if case.rating else None,
        named=named, papers=queries.papers_by_step(case, reads_letters=named), paper_kind=PaperKind,
        prints=prints.menu(case, line, someone), dispute=case.case_class.major == DISPUTES,
        moves=buttons[:seen], other_moves=buttons[seen:],
        contact=urgent.contact_of(case, now=now, calendar=calendar), waiting=beside.waiting(case),
        urgent=urgent.of(case, now=now, calendar=calendar),
        beside=beside.of(case, someone, has_voices=facts.has_voices), class_name=class_name,
        received_on=queries.received_on(case) if case.source_no else None,
        what_happened=what_happened, roles=NAMES_OF_ROLES, backward=BACKWARD, limit_said=limit_said,
        rules_from=rules_from, calendar_version=calendar_version,
    )  # fmt: skip


def _timeline(case: Case, line: Sequence[CaseStep]) -> list[tuple[bool, Any]]:
    """The steps and the reminders in the order of time: (is a step, step or reminder)."""
    told = notices.told_about("case", case.id, [rung.name for rung in (*LADDER, STAGE_LATE)])
    entries = [(step.at, True, step) for step in line] + [(one.at, False, one) for one in told]
    return [(is_step, entry) for _at, is_step, entry in sorted(entries, key=lambda entry: (entry[0], not entry[1]))]


def _in_sight(buttons: list[dict[str, Any]]) -> int:
    """How many buttons are seen at once. Where there are many the others stand in a menu: all but the one that comes
    next and the answers to a request, or where nothing comes next the harmless ones.
    """
    return len(buttons) if len(buttons) <= FEW else sum(button["rank"] < LAST for button in buttons)


def _rank(move: Move, case: Case, first: Move | None, asked: Collection[Any]) -> int:
    """0 for what comes next, 1 for what is seen beside it: answers to a request, of an emergency the first contact."""
    pressing = move.name == "contact" and case.urgency == Urgency.CRITICAL
    beside_it = pressing or move.answers in asked or (first is None and move.name in QUIET)
    return 0 if move is first else 1 if beside_it else LAST


def _buttons(
    case: Case, moves: list[Move], filled: dict[str, Any], someone: Viewer, now: datetime
) -> list[dict[str, Any]]:
    """The open moves with their forms; a move that was refused stands open with what was typed."""
    asked = {move.answers for move in moves if move.name in REFUSALS and move.answers}
    first = primary_move(tuple(moves), answer=Answer(case.answer) if case.answer else None, asked=asked)
    ways = Ways(case, now)
    buttons = []
    for move in moves:
        name = "sort" if move.name == "accept" and case.unsorted else move.name
        form = filled.get(name) or _form(name, ACTS[name], case, someone, now, ways)
        buttons.append({
            "name": name, "label": beside.label(move, case, someone), "primary": move is first, "key": move.key or None,
            "says": translate(move.effect) if move.effect else None, "form": form, "open": name in filled,
            "url": url_for(f"cases.move_{name}", case_id=case.id),
            "rank": _rank(move, case, first, asked),
            "suggested": routing.shown(ways) if name == "dispatch" else [],
            "duties": routing.duties(ways) if name == "dispatch" else [],
            "taken": routing.taken(ways) if name == "dispatch" else [],
            "danger": move.target in (State.VOIDED, State.WITHDRAWN, State.DUPLICATE),
        })  # fmt: skip
    return sorted(buttons, key=lambda button: button["rank"])
