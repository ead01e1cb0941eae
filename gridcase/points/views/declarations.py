"""Declaring: a home for itself, a helper on its behalf, the village for all who took part; and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.files.rules import FileType
from gridcase.files.views import photo_sent, served
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.points import queries, service
from gridcase.points.forms.declarations import BatchForm, DeclareForm, WithdrawForm
from gridcase.points.queries.declarations import Lives
from gridcase.points.queries.declared import SHOWN_HOMES
from gridcase.points.rules.schemes import Declarer, Item, Scheme
from gridcase.points.service import BatchRow
from gridcase.points.views.base import bp, today
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit
from gridcase.web.frame import NavItem

FOUND = 12
NAV = (
    NavItem(
        "declarations", N_("申报"), "points.declarations", "plus", frozenset({Permission.DECLARE_POINTS}), 41,
        group="points", group_label=N_("积分"), module="points",
        pages=frozenset(
            f"points.{name}" for name in ("declarations", "new_declaration", "declaration", "withdraw", "batch")
        ),
    ),
)  # fmt: skip


@bp.get("/declarations")
@needs(Permission.DECLARE_POINTS)
def declarations() -> ResponseReturnValue:
    """What was declared for the viewer's homes, and how it stands."""
    waiting = request.args.get("show") == "open"
    page = queries.declared.declared(viewer(), open_only=waiting, after=request.args.get("after"))
    return render_template("points/declarations.html", page=page, waiting=waiting)


@bp.route("/declarations/new", methods=["GET", "POST"])
@needs(Permission.DECLARE_POINTS)
def new_declaration() -> ResponseReturnValue:
    """For which home, then for what, then the few lines that are asked."""
    home = _home()
    if home is None:
        return _choose_home()
    scheme = queries.scheme_of(home.village_id, on=today())
    item = scheme.items.get(request.args.get("item", "")) if scheme else None
    how = service.way_of(viewer(), home, item) if item else None
    if scheme is None or item is None or how is None:
        return render_template("points/declare_what.html", home=home, boards=_boards(home, scheme), scheme=scheme)
    return _ask(home, item, how)


def _ask(home: Household, item: Item, how: Declarer) -> ResponseReturnValue:
    lives = queries.declarations.who_lives_in([home.id], on=today())
    own = how is Declarer.SELF
    persons = [(one.person_id, _who(one, own=own)) for one in lives]
    form = DeclareForm(persons=persons, document=item.document, client_uuid=str(uuid4()), happened_on=today())
    if form.validate_on_submit():
        photo = photo_sent(form.photo)
        made = None if form.photo.errors else submit(
            form, service.declare, client_uuid=form.client_uuid.data, household_id=home.id, item_code=item.code,
            points=form.points.data, happened_on=form.happened_on.data, text=form.text.data, how=how,
            person_id=form.person_id.data or None, document_no=form.document_no.data or "", again=form.again.data,
            guardian_agreed=form.guardian_agreed.data, photo=photo, actor=viewer(), now=clock.now(),
        )  # fmt: skip
        if made and made is not True:
            _say(made, item, own=own)
            return redirect(url_for(".declaration", declaration_id=made.id))
    return render_template(
        "points/declare.html", form=form, home=home, item=item, how=how, own=own,
        child=any(one.child for one in lives),
    )  # fmt: skip


def _who(one: Lives, *, own: bool) -> str:
    """A member of a home, told from another of the same name by the year of birth."""
    name = one.name if own else mask_name(one.name)
    return _("%(name)s（%(year)s年生）", name=name, year=one.born) if one.born else name


def _say(made: Any, item: Item, *, own: bool) -> None:
    if abs(made.points) < abs(item.points) and not item.at_most:
        flash(_("这一项本期只剩 %(points)s 分，已按 %(points)s 分申报。", points=abs(made.points)), "ok")
    elif own:
        flash(_("已申报，等评议小组评议。结果会写在这里，您随时可以来看。"), "ok")
    else:
        flash(_("已申报，等评议小组评议。"), "ok")


def _home() -> Household | None:
    """The home asked for; of who has one home only, that one."""
    asked = request.args.get("home", type=int)
    if asked is None:
        served = queries.declared.homes_served(viewer())
        asked = served[0].id if len(served) == 1 else None
    if asked is None:
        return None
    return households.get_household(asked, viewer=viewer(), permission=Permission.DECLARE_POINTS)


def _choose_home() -> ResponseReturnValue:
    words = request.args.get("q", "")
    served = queries.declared.homes_served(viewer())
    search = len(served) > SHOWN_HOMES
    homes: Sequence[Any] = served
    if search:
        homes = households.homes_named(viewer(), words, limit=FOUND) if words else []
    return render_template("points/declare_home.html", homes=homes, search=search, words=words)


def _boards(home: Household, scheme: Scheme | None) -> list[tuple[str, list[Item]]]:
    """What the viewer may declare for this home, by class, in the order of the card; deductions come last."""
    found: dict[str, list[Item]] = {}
    for item in sorted(scheme.items.values(), key=lambda one: one.deduction) if scheme else []:
        if service.way_of(viewer(), home, item) is None or scheme is None:
            continue
        board = scheme.boards.get(item.board)
        name = _("扣分") if item.deduction else (board.name if board else item.board)
        found.setdefault(name, []).append(item)
    return list(found.items())


@bp.get("/declarations/<int:declaration_id>")
@needs(Permission.SEE_POINTS)
def declaration(declaration_id: int) -> ResponseReturnValue:
    """Where a declaration stands, and why the home got what it got."""
    found = queries.declared.explained(declaration_id, viewer=viewer())
    mine = viewer().may(Permission.DECLARE_POINTS)
    return render_template("points/declaration.html", one=found, row=found.row, form=WithdrawForm(), mine=mine)


@bp.post("/declarations/<int:declaration_id>/withdraw")
@needs(Permission.DECLARE_POINTS)
def withdraw(declaration_id: int) -> ResponseReturnValue:
    """Take a declaration back while nobody has decided."""
    one = queries.declared.declaration(declaration_id, viewer=viewer(), permission=Permission.DECLARE_POINTS)
    form = WithdrawForm()
    if form.validate_on_submit():
        if submit(form, service.withdraw, one, actor=viewer(), now=clock.now()):
            flash(_("已撤回。"), "ok")
        else:
            flash(" ".join(form.form_errors), "error")
    return redirect(url_for(".declaration", declaration_id=declaration_id))


@bp.get("/declarations/<int:declaration_id>/photo")
@needs(Permission.SEE_POINTS)
def declaration_photo(declaration_id: int) -> ResponseReturnValue:
    """The photo that goes with a declaration."""
    stored = queries.declared.photo(declaration_id, viewer=viewer())
    return served(stored.digest, FileType(stored.type))


# --- the village for many


@bp.route("/declarations/batch", methods=["GET", "POST"])
@needs(Permission.BATCH_POINTS)
def batch() -> ResponseReturnValue:
    """A check or an activity of a cell: tick the homes, declare them in one step."""
    cells = queries.declared.cells_of(viewer())
    cell = next((one for one in cells if one.id == request.args.get("cell", type=int)), None)
    scheme = queries.scheme_of(cell.village_id or 0, on=today()) if cell else None
    items = [one for one in scheme.items.values() if not one.deduction and Declarer.CADRE in one.who] if scheme else []
    item = next((one for one in items if one.code == request.args.get("item")), None)
    if cell is None or item is None:
        return render_template("points/batch_what.html", cells=cells, cell=cell, items=items)
    homes = queries.declared.homes_of_cell(viewer(), cell)
    form = BatchForm(
        homes=[(one.id, f"{mask_name(one.head_name)} · {one.code[-7:]}") for one in homes],
        client_uuid=str(uuid4()), happened_on=today(),
    )  # fmt: skip
    if form.validate_on_submit() and (done := _declare_many(form, cell, item)):
        return render_template("points/batch_done.html", done=done, item=item, cell=cell, names={
            one.id: mask_name(one.head_name) for one in homes
        })  # fmt: skip
    return render_template("points/batch.html", form=form, cell=cell, item=item)


def _declare_many(form: BatchForm, cell: Grid, item: Item) -> Any:
    return submit(
        form, service.declare_batch, village_id=cell.village_id, item_code=item.code,
        rows=[BatchRow(one) for one in form.homes.data or []], happened_on=form.happened_on.data, text=form.text.data,
        source_kind="roster", source_id=form.client_uuid.data, actor=viewer(), now=clock.now(),
    )  # fmt: skip
