"""The review group at work: what waits, a vote on line, a meeting in three steps; then the council and the town."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import count
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission
from gridcase.core.words import N_, Text
from gridcase.grid.models import Grid
from gridcase.people import queries as people
from gridcase.people.rules import DecisionKind
from gridcase.points import queries, service
from gridcase.points.forms.review import CouncilForm, MeetingForm, TownForm, VoteForm
from gridcase.points.queries.review import SHOWN_AT_ONCE, Pending
from gridcase.points.rules import DeclarationState
from gridcase.points.rules.review import QUORUM, Verdict
from gridcase.points.service import Ruling
from gridcase.points.views.base import bp, today, village_of
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit
from gridcase.web.frame import NavItem

NAV = (
    NavItem(
        "review", N_("评议"), "points.review", "check", frozenset({Permission.REVIEW_POINTS}), 42, group="points",
        module="points",
        group_label=N_("积分"),
        pages=frozenset(
            f"points.{name}" for name in ("review", "judge", "meeting", "reviewed", "corrections", "correction")
        ),
    ),
    NavItem(
        "council", N_("评议会待评"), "points.council", "list", frozenset({Permission.KEEP_DECISIONS}), 42,
        group="points", group_label=N_("积分"), pages=frozenset({"points.council", "points.hear_council"}), work=False,
    ),
    NavItem(
        "points_town", N_("镇里审核"), "points.town", "list", frozenset({Permission.MANAGE_TOWN}), 42,
        group="points", group_label=N_("积分"), pages=frozenset({"points.town", "points.hear_town"}), work=False,
    ),
)  # fmt: skip


def _village() -> Grid:
    return village_of(queries.review.villages_to_review(viewer()))


@bp.get("/review")
@needs(Permission.REVIEW_POINTS)
def review() -> ResponseReturnValue:
    """What waits for the group, and its last meetings."""
    village = _village()
    return render_template(
        "points/review.html", village=village, villages=queries.review.villages_to_review(viewer()),
        page=queries.review.pending(viewer(), village_id=village.id, after=request.args.get("after")),
        waiting=queries.conduct.count_corrections(viewer()),
        meetings=queries.review.reviews_of(viewer(), village_id=village.id),
        members=queries.review.group_of(village.path, on=today()), quorum=QUORUM,
    )  # fmt: skip


@bp.route("/review/<int:declaration_id>", methods=["GET", "POST"])
@needs(Permission.REVIEW_POINTS)
def judge(declaration_id: int) -> ResponseReturnValue:
    """One declaration: what speaks for it, and the own vote."""
    try:
        one, row = queries.review.to_decide(declaration_id, DeclarationState.DECLARED, viewer=viewer())
    except Missing:
        return _already(declaration_id, DeclarationState.DECLARED, "points.review", N_("积分评议"))
    form = VoteForm(choice=row.mine or None)
    if form.validate_on_submit() and submit(
        form, service.vote, one.id, in_favour=form.choice.data == "for", reason=form.reason.data or "",
        actor=viewer(), now=clock.now(),
    ):  # fmt: skip
        flash(_("您的意见已记下。"), "ok")
        return redirect(url_for(".review", village=one.village_id))
    return render_template(
        "points/judge.html", form=form, row=row, photo=queries.declared.has_photo(one.id), village_id=one.village_id
    )


def _already(declaration_id: int, state: DeclarationState, back: str, words: Text) -> ResponseReturnValue:
    """Who decided it meanwhile, for whom it had waited; a stranger still gets nothing."""
    done = queries.elsewhere.declaration_done(declaration_id, state, viewer=viewer())
    return render_template("points/already.html", done=done, back=url_for(back), back_words=words)


@bp.route("/review/meeting", methods=["GET", "POST"])
@needs(Permission.REVIEW_POINTS)
def meeting() -> ResponseReturnValue:
    """The second step: who was there, and what was decided on each declaration of the list."""
    village = _village()
    rows = queries.review.pending(viewer(), village_id=village.id, size=SHOWN_AT_ONCE).rows
    members = queries.review.group_of(village.path, on=today())
    form = MeetingForm(
        members=[(one.person_id, one.name) for one in members], client_uuid=str(uuid4()), held_on=today()
    )
    left = _left_open(rows)
    if form.validate_on_submit() and form.counts(len(left)):
        passed = left if form.rest.data else set()
        done = submit(
            form, service.meet, client_uuid=form.client_uuid.data, village=village, held_on=form.held_on.data,
            present=form.present.data or [], rulings=[_ruling(row, passed) for row in rows], actor=viewer(),
            now=clock.now(),
        )  # fmt: skip
        if done and done is not True:
            return redirect(url_for(".reviewed", review_id=done.id))
    return render_template(
        "points/meeting.html", form=form, rows=_by_item(rows), village=village, verdicts=Verdict, said=request.form,
        left=sum(1 for row in rows if _may_pass_unsaid(row)),
    )  # fmt: skip


def _by_item(rows: Sequence[Pending]) -> list[tuple[str, list[tuple[int, Pending]]]]:
    """The rows under what was done, the item whose first declaration is oldest first, numbered through."""
    found: dict[str, list[Pending]] = {}
    for row in rows:
        found.setdefault(row.item, []).append(row)
    number = count(1)
    return [(item, [(next(number), row) for row in of_item]) for item, of_item in found.items()]


def _may_pass_unsaid(row: Pending) -> bool:
    """A deduction is never passed by an oversight, and what the reader would stand aside from is another's to enter."""
    return row.points > 0 and row.aside is None


def _left_open(rows: Sequence[Pending]) -> set[int]:
    """The declarations on the page as it was sent about which it says nothing, and that "the rest" may speak for."""
    shown = set(request.form.getlist("row", type=int))
    return {
        row.id
        for row in rows
        if row.id in shown and _may_pass_unsaid(row) and not request.form.get(f"verdict-{row.id}")
    }


def _ruling(row: Pending, passed: Collection[int]) -> Ruling:
    """What the page's fields say of one declaration; nothing said leaves it for the next time."""
    said = request.form.get(f"verdict-{row.id}", "")
    verdict = Verdict(said) if said in set(Verdict) else Verdict.PASS if row.id in passed else Verdict.LATER
    against = request.form.get(f"against-{row.id}", type=int) or 0
    return Ruling(row.id, verdict, against, request.form.get(f"reason-{row.id}", ""))


@bp.get("/review/meeting/<int:review_id>")
@needs(Permission.REVIEW_POINTS)
def reviewed(review_id: int) -> ResponseReturnValue:
    """The third step: the sheet of what a meeting decided, to hang out and to file."""
    found = queries.review.get_review(review_id, viewer=viewer())
    village = village_of([one for one in queries.review.villages_to_review(viewer()) if one.id == found.village_id])
    return render_template(
        "points/reviewed.html", review=found, village=village, rows=queries.review.decided_at(found),
        present=queries.review.present_at(found),
    )  # fmt: skip


# --- the council, the town


@bp.get("/council")
@needs(Permission.KEEP_DECISIONS)
def council() -> ResponseReturnValue:
    """What the moral council has to say a word on."""
    page = queries.review.waiting(viewer(), DeclarationState.COUNCIL, after=request.args.get("after"))
    return render_template(
        "points/waiting.html", page=page, title=N_("待道德评议会评议"), endpoint="points.hear_council"
    )


@bp.route("/council/<int:declaration_id>", methods=["GET", "POST"])
@needs(Permission.KEEP_DECISIONS)
def hear_council(declaration_id: int) -> ResponseReturnValue:
    """Enter the council's opinion on one declaration."""
    try:
        one, row = queries.review.to_decide(declaration_id, DeclarationState.COUNCIL, viewer=viewer())
    except Missing:
        return _already(declaration_id, DeclarationState.COUNCIL, "points.council", N_("待道德评议会评议"))
    found = people.passed_decisions(one.village_id, kind=DecisionKind.COUNCIL, on=today(), body=service.COUNCIL)
    form = CouncilForm(decisions=[(made.id, f"{made.number} {made.title}") for made in found], points=abs(row.points))
    if form.validate_on_submit():
        asked = form.points.data if row.at_most else None
        points = -asked if asked is not None and row.points < 0 else asked
        if submit(
            form, service.hear_council, one.id, decision_id=form.decision_id.data, granted=form.granted.data == "yes",
            points=points, reason=form.reason.data or "", actor=viewer(), now=clock.now(),
        ):  # fmt: skip
            flash(_("道德评议会的意见已记下。"), "ok")
            return redirect(url_for(".council"))
    return render_template("points/hear.html", form=form, row=row, council=True, decisions=found)


@bp.get("/town")
@needs(Permission.MANAGE_TOWN)
def town() -> ResponseReturnValue:
    """What waits for the town's word."""
    page = queries.review.waiting(viewer(), DeclarationState.TOWN, after=request.args.get("after"))
    return render_template("points/waiting.html", page=page, title=N_("待镇里审核"), endpoint="points.hear_town")


@bp.route("/town/<int:declaration_id>", methods=["GET", "POST"])
@needs(Permission.MANAGE_TOWN)
def hear_town(declaration_id: int) -> ResponseReturnValue:
    """The town approves, or says why not."""
    try:
        one, row = queries.review.to_decide(declaration_id, DeclarationState.TOWN, viewer=viewer())
    except Missing:
        return _already(declaration_id, DeclarationState.TOWN, "points.town", N_("待镇里审核"))
    form = TownForm()
    if form.validate_on_submit() and submit(
        form, service.hear_town, one.id, granted=form.granted.data == "yes", reason=form.reason.data or "",
        actor=viewer(), now=clock.now(),
    ):  # fmt: skip
        flash(_("审核意见已记下。"), "ok")
        return redirect(url_for(".town"))
    return render_template("points/hear.html", form=form, row=row, council=False, decisions=[])
