"""A village's scheme as its people read it; drafts, their items, and the decision that puts one in force."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.people import queries as people
from gridcase.people.rules import DecisionKind
from gridcase.points import queries, service
from gridcase.points.forms.schemes import (
    SOURCES,
    DraftForm,
    ForceForm,
    ItemForm,
    SettingsForm,
    VetoKindsForm,
    weights_form,
)
from gridcase.points.models import SchemeVersion
from gridcase.points.rules import Item, Module, Scheme, compare, warnings
from gridcase.points.views.base import bp, today, village_of
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import options, submit
from gridcase.web.frame import NavItem

READS = (Permission.SEE_POINTS, Permission.SET_SCHEME)
PAGES = frozenset(
    f"points.{name}"
    for name in (
        "scheme", "scheme_new", "scheme_version", "scheme_settings", "scheme_item", "scheme_item_new",
        "scheme_vetoes", "scheme_weights", "scheme_force", "scheme_poster", "scheme_compare", "scheme_trial", "modules",
    )
)  # fmt: skip
NAV = (
    NavItem(
        "scheme", N_("积分方案"), "points.scheme", "settings", frozenset(READS), 46, group="points",
        group_label=N_("积分"), pages=PAGES, work=False,
    ),
    NavItem(
        "recommend", N_("推荐示例"), "points.recommend", "settings",
        frozenset({Permission.MANAGE_TOWN, Permission.MANAGE_COUNTY}), 46, group="points", group_label=N_("积分"),
        pages=frozenset({"points.recommend"}), work=False,
    ),
)  # fmt: skip


@bp.get("/scheme")
@needs(*READS)
def scheme() -> ResponseReturnValue:
    """What a village gives points for today."""
    villages = queries.scheme_villages(viewer())
    if not villages:
        return render_template("points/none.html")
    village = village_of(villages)
    if Module.POINTS not in queries.modules_on(village.path, on=today()):
        return render_template("points/closed.html", village=village, villages=villages, sets=_sets(village))
    return render_template(
        "points/scheme.html", village=village, villages=villages, scheme=queries.scheme_of(village.id, on=today()),
        versions=queries.versions_of(village.id), today=today(), sets=_sets(village),
        draft=queries.draft_of(village.id) if _sets(village) else None,
        budget=queries.budget_of(village.id, on=today()),
    )  # fmt: skip


def _sets(village: Grid) -> bool:
    return any(
        grant.path and village.path.startswith(grant.path) for grant in viewer().grants_with(Permission.SET_SCHEME)
    )


@bp.route("/scheme/new", methods=["GET", "POST"])
@needs(Permission.SET_SCHEME)
def scheme_new() -> ResponseReturnValue:
    """Start a draft."""
    village = queries.village_to_set(request.args.get("village", type=int), viewer=viewer())
    running, wanted = queries.scheme_of(village.id, on=today()), queries.recommended(village.path, on=today())
    form = DraftForm(data={"source": service.CURRENT if running else wanted})
    form.source.choices = options(
        (key, words) for key, words in SOURCES.items() if running is not None or key != service.CURRENT
    )
    if form.validate_on_submit():
        made = submit(form, service.draft, village, source=form.source.data, actor=viewer(), now=clock.now())
        if isinstance(made, SchemeVersion):
            flash(_("草案已备好。每一项都能改，定下前村民看不到。"), "ok")
            return redirect(url_for(".scheme_version", version_id=made.id))
    return render_template(
        "points/scheme_new.html", form=form, village=village, presets=queries.presets(), wanted=wanted
    )


@bp.get("/scheme/<int:version_id>")
@needs(*READS)
def scheme_version(version_id: int) -> ResponseReturnValue:
    """One version: a draft to work on, or what was in force."""
    version, village = _version(version_id)
    shown = queries.read(version)
    if version.valid_from is not None:
        return render_template(
            "points/scheme_past.html", scheme=shown, village=village, today=today(), sets=_sets(village),
            decision=people.passed_decision(
                version.decision_id or 0, village_id=village.id, kind=DecisionKind.SCHEME, on=version.valid_from
            ),
        )  # fmt: skip
    preset = queries.presets().get(version.preset)
    return render_template(
        "points/scheme_draft.html", scheme=shown, village=village, left_out=preset.left_out if preset else (),
        warnings={code: warnings(item) for code, item in shown.items.items()},
        running=queries.scheme_of(village.id, on=today()),
    )  # fmt: skip


def _version(version_id: int) -> tuple[SchemeVersion, Grid]:
    version = queries.version_for(version_id, viewer=viewer())
    return version, queries.village(version.village_id)


def _draft(version_id: int) -> tuple[SchemeVersion, Grid]:
    version = queries.draft_to_set(version_id, viewer=viewer())
    return version, queries.village(version.village_id)


@bp.route("/scheme/<int:version_id>/settings", methods=["GET", "POST"])
@needs(Permission.SET_SCHEME)
def scheme_settings(version_id: int) -> ResponseReturnValue:
    """Name, notice, base points, the year's end, the month's limit."""
    version, village = _draft(version_id)
    form = SettingsForm(obj=version)
    form.offer()
    if not form.is_submitted():
        form.seen.data = fingerprint(version, service.SETTINGS)
    if form.validate_on_submit() and submit(
        form, service.edit, version, service.Settings(**form.values), actor=viewer(), now=clock.now(),
        seen=form.seen.data,
    ):  # fmt: skip
        flash(_("已保存。"), "ok")
        return redirect(url_for(".scheme_version", version_id=version_id))
    return render_template("points/scheme_settings.html", form=form, scheme=version, village=village)


@bp.route("/scheme/<int:version_id>/items/new", methods=["GET", "POST"])
@needs(Permission.SET_SCHEME)
def scheme_item_new(version_id: int) -> ResponseReturnValue:
    """A new item."""
    first = {"who": ["C"], "approval": "G", "account": "merit", "board": request.args.get("board", "")}
    return _edit_item(version_id, None, ItemForm(data=first), None)


@bp.route("/scheme/<int:version_id>/items/<code>", methods=["GET", "POST"])
@needs(Permission.SET_SCHEME)
def scheme_item(version_id: int, code: str) -> ResponseReturnValue:
    """One item of a draft."""
    version, _village = _draft(version_id)
    item = queries.read(version).items.get(code)
    if item is None:
        flash(_("草案里已经没有这一项了，请回到草案看一看。"), "warning")
        return redirect(url_for(".scheme_version", version_id=version_id))
    form = ItemForm(data=vars(item) | {"who": list(item.who), "cap_per": item.cap_per or ""})
    return _edit_item(version_id, code, form, item)


def _edit_item(version_id: int, code: str | None, form: ItemForm, item: Item | None) -> ResponseReturnValue:
    version, village = _draft(version_id)
    shown = queries.read(version)
    form.offer([(board.code, board.name) for board in shown.boards.values()])
    row = queries.item_row(version_id, code) if code is not None else None
    if row is not None and not form.is_submitted():
        form.seen.data = fingerprint(row, service.ITEM_FIELDS)
    if form.validate_on_submit() and submit(
        form, service.save_item, version, code, form.item, actor=viewer(), now=clock.now(), seen=form.seen.data
    ):
        _say_saved(form.item)
        return redirect(url_for(".scheme_version", version_id=version_id))
    return render_template(
        "points/scheme_item.html", form=form, scheme=shown, village=village, item=item,
        warnings=warnings(item) if item and not form.is_submitted() else [],
    )  # fmt: skip


def _say_saved(item: Item) -> None:
    flash(_("“%(name)s”已保存。", name=item.name), "ok")
    for text in warnings(item):
        flash(translate(text), "warning")


@bp.post("/scheme/<int:version_id>/items/<code>/drop")
@needs(Permission.SET_SCHEME)
def scheme_item_drop(version_id: int, code: str) -> ResponseReturnValue:
    """Take an item out of a draft."""
    version, _village = _draft(version_id)
    form = DraftForm()
    submit(form, service.drop_item, version, code, actor=viewer(), now=clock.now())
    for words in form.form_errors:
        flash(words, "error")
    if not form.form_errors:
        flash(_("这一项已从草案里删去。"), "ok")
    return redirect(url_for(".scheme_version", version_id=version_id))


@bp.post("/scheme/<int:version_id>/drop")
@needs(Permission.SET_SCHEME)
def scheme_drop(version_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    version, village = _draft(version_id)
    submit(DraftForm(), service.drop_draft, version, actor=viewer(), now=clock.now())
    flash(_("草案已删去，施行中的方案不变。"), "ok")
    return redirect(url_for(".scheme", village=village.id))


@bp.route("/scheme/<int:version_id>/vetoes", methods=["GET", "POST"])
@needs(Permission.SET_SCHEME)
def scheme_vetoes(version_id: int) -> ResponseReturnValue:
    """Which vetoes a draft holds."""
    version, village = _draft(version_id)
    kinds = dict(queries.standard_vetoes()) | dict(queries.read(version).vetoes)
    form = VetoKindsForm(data={"codes": [code for code, kind in kinds.items() if kind.on]})
    form.codes.choices = options((code, kind.name) for code, kind in kinds.items())
    if form.validate_on_submit() and submit(
        form, service.set_vetoes, version, form.codes.data or [], actor=viewer(), now=clock.now()
    ):
        flash(_("已保存。"), "ok")
        return redirect(url_for(".scheme_version", version_id=version_id))
    return render_template(
        "points/scheme_vetoes.html",
        form=form,
        scheme=version,
        village=village,
        kinds=kinds,
        scheme_vetoes=queries.read(version).vetoes,
    )


@bp.route("/scheme/<int:version_id>/weights", methods=["GET", "POST"])
@needs(Permission.SET_SCHEME)
def scheme_weights(version_id: int) -> ResponseReturnValue:
    """What each class weighs in the index shown beside the sums."""
    version, village = _draft(version_id)
    shown = queries.read(version)
    form = weights_form(shown.boards.values())
    if not form.is_submitted():
        form.seen.data = service.weights_seen(shown)
    if form.validate_on_submit() and submit(
        form, service.set_weights, version, form.weights, actor=viewer(), now=clock.now(), seen=form.seen.data
    ):
        flash(_("权重已保存。"), "ok")
        return redirect(url_for(".scheme_version", version_id=version_id))
    return render_template("points/scheme_weights.html", form=form, scheme=shown, village=village)


@bp.route("/scheme/<int:version_id>/force", methods=["GET", "POST"])
@needs(Permission.SET_SCHEME)
def scheme_force(version_id: int) -> ResponseReturnValue:
    """By a decision of the village, from a day on."""
    version, village = _draft(version_id)
    used = queries.carrying(village.id)
    passed = people.passed_decisions(village.id, kind=DecisionKind.SCHEME, on=today())
    found = [one for one in passed if one.id not in used]
    form = ForceForm(data={"on": today()})
    form.decision.choices = options((str(one.id), f"{one.number} {one.title}") for one in found)
    if form.validate_on_submit() and submit(
        form, service.put_in_force, version, decision_id=int(form.decision.data), on=form.on.data, actor=viewer(),
        now=clock.now(),
    ):  # fmt: skip
        flash(_("新方案已定下，到施行那天自动生效。"), "ok")
        return redirect(url_for(".scheme", village=village.id))
    return render_template(
        "points/scheme_force.html", form=form, scheme=queries.read(version), village=village, decisions=found,
        late=queries.changes_since_vote(version.id, [one.id for one in found]),
    )  # fmt: skip


@bp.get("/scheme/<int:version_id>/poster")
@needs(*READS)
def scheme_poster(version_id: int) -> ResponseReturnValue:
    """The rules as a village puts them on its wall."""
    version, village = _version(version_id)
    return render_template("points/scheme_poster.html", scheme=queries.read(version), village=village)


@bp.get("/scheme/<int:version_id>/compare")
@needs(*READS)
def scheme_compare(version_id: int) -> ResponseReturnValue:
    """What a version says otherwise than the one before it (or another of the village)."""
    version, village = _version(version_id)
    with_id = request.args.get("with", type=int) or _before(version)
    if with_id is None:
        return redirect(url_for(".scheme_version", version_id=version_id))
    other, other_village = _version(with_id)
    if other_village.id != village.id:
        raise Missing
    old, new = queries.read(other), queries.read(version)
    return render_template(
        "points/scheme_compare.html",
        old=old,
        new=new,
        village=village,
        found=compare(old, new),
        boards=_boards(old, new),
    )


def _before(version: SchemeVersion) -> int | None:
    rows = [row for row in queries.versions_of(version.village_id) if row.number < version.number]
    return rows[0].id if rows else None


def _boards(old: Scheme, new: Scheme) -> dict[str, str]:
    return {board.code: board.name for board in (*old.boards.values(), *new.boards.values())}
