"""Taking a case in: first the class, then one form; solved on the spot in the same form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases import queries, service
from gridcase.cases.forms import IntakeForm, RegisterForm, SolvedForm
from gridcase.cases.models import Case, CaseClass
from gridcase.cases.queries import Entry, Likely
from gridcase.cases.rules import Answer, Channel, Rating, State
from gridcase.cases.rules.emergency import call_first
from gridcase.cases.rules.majors import MAJORS
from gridcase.cases.rules.said import limit_said
from gridcase.cases.rules.transfers import SOURCES, checked_number
from gridcase.cases.service import Intake, Transferred
from gridcase.cases.views import finding, papers
from gridcase.cases.views.alike import FEWEST, likely
from gridcase.cases.views.base import bp, class_name
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.grid.rules import GridLevel
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit

LAST_WINDOW = "window"  # in the session: where this person took the last case in
AT_WINDOWS = frozenset({None, Channel.RECEPTION.value, Channel.PROXY.value})  # None: the link names no channel
INDENT = {GridLevel.GROUP: "　", GridLevel.CELL: "　　"}


@bp.get("/new")
@needs(Permission.REGISTER_CASE)
def choose() -> ResponseReturnValue:
    """Which class: the common ones, all of them, or a search."""
    words, place = request.args.get("q", ""), queries.home_of(viewer())
    solved = bool(request.args.get("solved")) and viewer().may(Permission.SELF_SOLVE_CASE)
    keep = {key: request.args[key] for key in ("household", "lon", "lat", "channel") if request.args.get(key)}
    return render_template(
        "cases/choose.html",
        classes=queries.catalogue(words, path=place),
        suggested=[] if words.isascii() or len(words) < FEWEST else queries.suggest_classes(words, path=place),
        words=words,
        solved=solved,
        keep=keep,
        majors=MAJORS,
        class_name=class_name,
        first=call_first(words=words),
    )


@bp.route("/new/<code>", methods=["GET", "POST"])
@needs(Permission.REGISTER_CASE)
def register(code: str) -> ResponseReturnValue:
    """Register a case for others to handle."""
    someone, now, entry = viewer(), clock.now(), queries.entry_in_use(code, path=queries.home_of(viewer()))
    case_class = entry.case_class
    form = RegisterForm()
    _offer(form, someone, now)
    valid = form.is_submitted() and "another_class" not in request.form and form.validate()
    sent = papers.received(form, someone)
    if "another_class" in request.form or not form.is_submitted():
        return _page(form, entry, solved=False)
    seen = valid and form.looked.data
    same = [] if seen or _known(form) else likely(request.form, entry, someone=someone, now=now)
    if valid and sent is not None and not same:
        done = submit(form, _written(papers.along(_collect, sent)), form, case_class, actor=someone, now=now)
        if isinstance(done, Written):
            _remember(form)
            flash(_registered(done), "ok")
            return redirect(url_for(".show", case_id=done.id))
    return _page(form, entry, solved=False, same=same)


@bp.route("/new/<code>/solved", methods=["GET", "POST"])
@needs(Permission.SELF_SOLVE_CASE)
def register_solved(code: str) -> ResponseReturnValue:
    """Register and close what has been dealt with."""
    someone, now, entry = viewer(), clock.now(), queries.entry_in_use(code, path=queries.home_of(viewer()))
    case_class = entry.case_class
    form = SolvedForm()
    _offer(form, someone, now)
    form.offer_answers(anonymous=bool(form.anonymous.data), imported=False, attempts=False)
    valid, sent = form.validate_on_submit(), papers.received(form, someone)
    if valid and sent is not None:
        done = submit(form, _written(papers.along(_collect_and_solve, sent)), form, case_class, actor=someone, now=now)
        if isinstance(done, Written):
            _remember(form)
            flash(_("已登记并办结，编号 %(number)s。", number=done.number), "ok")
            return redirect(url_for(".show", case_id=done.id))
    return _page(form, entry, solved=True)


class Written(NamedTuple):
    """What is said of a case that was registered; read before the end of the transaction, not again after it."""

    id: int
    number: str
    joined: bool


def _written(do: Callable[..., Case]) -> Callable[..., Written]:
    def done(*args: Any, **given: Any) -> Written:
        case = do(*args, **given)
        return Written(case.id, case.number, case.state == State.DUPLICATE)

    return done


def _offer(form: IntakeForm, someone: Viewer, now: datetime) -> None:
    found = queries.intake_choices(someone)
    others = [] if isinstance(form, SolvedForm) else found.others  # theirs to settle, taken in at a window or not
    form.offer(
        homes=finding.own_circle(someone, now=now),
        places=[(str(row.id), INDENT.get(GridLevel(row.level), "") + row.name) for row in found.places],
        others=[(str(row.id), row.name) for row in others],
        windows=[(str(one.id), one.words) for one in found.windows],
    )
    form.windows = {str(one.id): one for one in found.windows}
    form.elsewhere = {str(row.id) for row in others}
    if "household_words" in form and not someone.may(Permission.SEE_HOUSEHOLD):
        del form.household_words
    form.ask_where()
    if request.method == "GET":
        _prefill(form, someone)


def _prefill(form: IntakeForm, someone: Viewer) -> None:
    """What the link brought along: a household, a spot on the map."""
    form.lon.data, form.lat.data = request.args.get("lon"), request.args.get("lat")
    form.channel.data = request.args.get("channel") or form.channel.data
    at_window = (request.args.get("channel") or None) in AT_WINDOWS
    if "window" in form and at_window and session.get(LAST_WINDOW) in form.windows:
        form.window.data = session[LAST_WINDOW]
    household = finding.chosen(request.args.get("household"), someone=someone)
    if household is not None and "household" in form:
        form.household.data = str(household.id)
    elif household is not None and "household_words" in form:
        form.household_words.data = household.code


def _intake(form: IntakeForm, case_class: CaseClass, someone: Viewer, now: datetime) -> Intake:
    if "household" in form:
        household = finding.chosen(form.household.data, someone=someone)
    else:
        words = form.household_words.data if "household_words" in form else None
        household = finding.searched(words, someone=someone, now=now, field="household_words")
    place_id = household.grid_id if household else int(form.grid.data or 0)
    grid = grids.by_ids([place_id]).get(place_id)
    if grid is None:
        raise Refused(N_("请选是哪一户的事，或选在哪里。"), field="grid")
    spot, channel = finding.spot(form.lon.data, form.lat.data), Channel(form.channel.data)
    transferred = None
    if form.is_transfer:
        checked_number(form.source_no.data, form.received_on.data, today=town_day(now))
        transferred = Transferred(form.source_no.data or "", form.received_on.data or town_day(now))
    return Intake(
        case_class=case_class, title=form.title.data, text=form.text.data or "", channel=channel,
        transferred=transferred,
        window=_window(form), grid=grid, household=household,
        reporter_name=form.reporter_name.data, reporter_phone=form.reporter_phone.data,
        anonymous=bool(form.anonymous.data), address=form.address.data,
        lon=spot[0] if spot else None, lat=spot[1] if spot else None,
    )  # fmt: skip


def _window(form: IntakeForm) -> queries.Window | None:
    """The window that was chosen."""
    if "window" not in form:
        return None
    chosen = form.windows.get(form.window.data or "")
    if chosen is None and form.grid.data in form.elsewhere:
        raise Refused(N_("镇里其他村的事，请选是在哪个窗口收的。"), field="window")
    return chosen


def _remember(form: IntakeForm) -> None:
    """The window of a case that was registered is the first choice of the next form."""
    if "window" in form:
        session[LAST_WINDOW] = form.window.data or ""


def _collect(form: RegisterForm, case_class: CaseClass, *, actor: Viewer, now: datetime) -> Case:
    case = service.collect(actor=actor, now=now, **_intake(form, case_class, actor, now))
    if form.same_as.data:
        first = queries.by_number(form.same_as.data, viewer=actor)
        service.link_to(case, actor=actor, now=now, first=first)
    return case


def _registered(one: Written) -> str:
    if one.joined:
        return str(_("已登记，编号 %(number)s，并入同一件事一起办。", number=one.number))
    return str(_("已登记，编号 %(number)s。", number=one.number))


def _collect_and_solve(form: SolvedForm, case_class: CaseClass, *, actor: Viewer, now: datetime) -> Case:
    helper = finding.searched(form.helper_household.data, someone=actor, now=now, field="helper_household")
    return service.collect_and_solve(
        actor=actor, now=now, result=form.result.data or "", answer=Answer(form.answer.data),
        rating=Rating(form.rating.data) if form.rating.data else None, helper_household=helper,
        policy=service.closing_policy(), **_intake(form, case_class, actor, now),
    )  # fmt: skip


def _known(form: IntakeForm) -> Case | None:
    """The case that bears the number of the other office already, where the viewer may open it."""
    if not (form.is_transfer and form.source_no.data):
        return None
    return queries.seen_by_source(viewer(), SOURCES[Channel(form.channel.data)], form.source_no.data)


def _page(form: IntakeForm, entry: Entry, *, solved: bool, same: Sequence[Likely] = ()) -> ResponseReturnValue:
    said = f"{form.title.data or ''}{form.text.data or ''}"
    return render_template(
        "cases/register.html", form=form, case_class=entry.case_class, terms=entry.terms, solved=solved,
        limit_said=limit_said, class_name=class_name, same=same, chosen=request.form.get("same_as", ""),
        known=_known(form), first=call_first(code=entry.code, urgency=entry.terms.urgency, words=said),
    )  # fmt: skip
