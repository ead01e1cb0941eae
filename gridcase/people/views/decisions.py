"""What the village decided: the list, a proposal, one decision with its steps and the one that comes next."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.audit import queries as audit
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.people import queries, service
from gridcase.people.forms import (
    DecisionPapersForm,
    DecisionRulesForm,
    ProposeForm,
    RemarkForm,
    StepForm,
    WordsForm,
)
from gridcase.people.models import Decision
from gridcase.people.rules import (
    QUORUM_NAMES,
    QUORUMS,
    Assembly,
    DecisionKind,
    DecisionStepKind,
    Quorum,
    Rules,
    Share,
    Step,
    next_step,
    quorum_name,
    step_words,
    steps_of,
)
from gridcase.people.views.base import bp, today
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import BaseForm, submit

READS = queries.READS
KEEP = Permission.KEEP_DECISIONS


@bp.get("/decisions")
@needs(*READS)
def decisions() -> ResponseReturnValue:
    """Decisions and opinions, the newest first."""
    someone, asked = viewer(), request.args
    villages = queries.villages_reading(someone)
    village = next((one for one in villages if one.id == asked.get("village", type=int)), None)
    kind, words = asked.get("kind", ""), asked.get("q", "").strip()[:40]
    kind = kind if kind in list(DecisionKind) else ""
    page = queries.decisions(
        someone, village_id=village.id if village else None, kind=kind, words=words, after=asked.get("after")
    )
    return render_template(
        "people/decisions.html", page=page, kinds=DecisionKind, kind=kind, offered=queries.kinds_read(someone),
        words=words, villages=villages, village=village, following=following,
        kept={k: v for k, v in asked.items() if k != "after" and v},
    )  # fmt: skip


def following(kind: str, step: str) -> DecisionStepKind | None:
    """The step after one; None after the last."""
    order = steps_of(kind)
    place = order.index(DecisionStepKind(step)) + 1
    return order[place] if place < len(order) else None


@bp.route("/decisions/new", methods=["GET", "POST"])
@needs(KEEP)
def new_decision() -> ResponseReturnValue:
    """The party branch proposes: first the village, where there are several."""
    someone = viewer()
    villages = grids.villages_of(someone, permission=KEEP)
    asked = request.args.get("village", type=int) or (villages[0].id if len(villages) == 1 else None)
    village = next((one for one in villages if one.id == asked), None)
    if village is None:
        offered = [(one.id, one.name) for one in villages]
        return render_template("people/choose_village.html", offered=offered, target="people.new_decision")
    form = ProposeForm(held_on=today(), kind=request.args.get("kind", ""))
    form.offer()
    if form.validate_on_submit():
        made = submit(form, _propose, form, village, actor=someone, now=clock.now())
        if isinstance(made, Decision):
            flash(_("已登记，编号 %(number)s。下一步：两委商议。", number=made.number))
            return redirect(url_for(".decision", decision_id=made.id))
    return render_template("people/decision_form.html", form=form, village=village, one=None)


def _propose(form: ProposeForm, village: Grid, *, actor: Viewer, now: datetime) -> Decision:
    return service.propose(
        actor=actor, village=village, kind=DecisionKind(form.kind.data), title=form.title.data, text=form.text.data,
        collected=form.collected.data or "", held_on=form.held_on.data, now=now,
    )  # fmt: skip


@bp.get("/decisions/<int:decision_id>")
@needs(*READS)
def decision(decision_id: int) -> ResponseReturnValue:
    """One decision."""
    return show(queries.decision_for(decision_id, viewer=viewer()))


def show(found: Decision, **filled: BaseForm) -> ResponseReturnValue:
    """Its page; `filled` are forms that were refused, shown open with what was typed."""
    someone, day = viewer(), today()
    keeps = queries.may_keep(someone, found.path) and found.dropped_at is None
    step = next_step(found.kind, found.steps) if keeps else None
    rules = queries.decision_rules(found.path, on=day)
    if step is not None and "step" not in filled:
        filled["step"] = _blank(found, step, rules, day)
    return render_template(
        "people/decision.html", one=found, kind=DecisionKind(found.kind), Steps=DecisionStepKind, Assembly=Assembly,
        step=step, step_words=step_words, keeps=keeps, rules=rules, quorum=_quorum(found, step, rules), filled=filled,
        quorums={one: rules.quorums[one] for one in Assembly},
        village=grids.ancestors(found.path)[-1], body=queries.get_organisation(found.organisation_id or 0),
        voted=any(one.step == DecisionStepKind.VOTE for one in found.steps),
        papers=found.papers if someone.may(Permission.SEE_PLACE) else [], paper_form=DecisionPapersForm(formdata=None),
        may_remark=queries.may_remark(someone, found.path), remark_form=RemarkForm(formdata=None),
        deeds=audit.history_of("decision", found.id) if keeps else [],
    )  # fmt: skip


def _quorum(found: Decision, step: DecisionStepKind | None, rules: Rules) -> Quorum | None:
    name = quorum_name(found.kind, step, None) if step else None
    return rules.quorums[name] if name else None


def _blank(found: Decision, step: DecisionStepKind, rules: Rules, day: date) -> StepForm:
    """The form of the next step; what was counted last time at such a meeting is filled in."""
    form = StepForm(
        formdata=None, held_on=day, until=day + timedelta(days=rules.notice_days),
        entitled=queries.last_entitled(found.village_id, str(step)), assembly=str(Assembly.REPRESENTATIVES),
    )  # fmt: skip
    form.offer(step)
    return form


@bp.post("/decisions/<int:decision_id>/step")
@needs(KEEP)
def take_step(decision_id: int) -> ResponseReturnValue:
    """The next step was taken."""
    found = queries.decision_for(decision_id, viewer=viewer(), permission=KEEP)
    asked = request.form.get("step")  # of the page as it was opened: somebody may have taken that step meanwhile
    step = next((one for one in DecisionStepKind if one == asked), None) or next_step(found.kind, found.steps)
    if step is None:
        return show(found)
    form = StepForm()
    form.offer(step)
    if form.validate_on_submit() and submit(form, _take, found, step, form, actor=viewer(), now=clock.now()):
        flash(_said(found))
        return redirect(url_for(".decision", decision_id=found.id))
    return show(found, step=form)


def _take(found: Decision, step: DecisionStepKind, form: StepForm, *, actor: Viewer, now: datetime) -> Any:
    asked = form.data
    assembly = asked.get("assembly")
    return service.record_step(
        found,
        Step(
            step, asked["held_on"], asked.get("entitled"), asked.get("present"), asked.get("in_favour"),
            Assembly(assembly) if assembly else None, asked.get("until"), asked.get("note") or "",
        ),
        actor=actor, now=now,
    )  # fmt: skip


def _said(found: Decision) -> str:
    after = next_step(found.kind, found.steps)
    if after is None:
        return _("已登记，各步都齐了。")
    if after is DecisionStepKind.RESULT:
        return _("已登记，决议通过并公开。办完以后公开实施结果。")
    return _("已登记。下一步：%(step)s。", step=translate(after.label))


@bp.post("/decisions/<int:decision_id>/back")
@needs(KEEP)
def take_back(decision_id: int) -> ResponseReturnValue:
    """The last step was entered wrongly."""
    found, form = queries.decision_for(decision_id, viewer=viewer(), permission=KEEP), BaseForm()
    if form.validate_on_submit() and submit(form, service.take_back, found, actor=viewer(), now=clock.now()):
        flash(_("已撤回这一步，可以重新登记。"))
        return redirect(url_for(".decision", decision_id=found.id))
    return show(found, back=form)


@bp.route("/decisions/<int:decision_id>/edit", methods=["GET", "POST"])
@needs(KEEP)
def edit_decision(decision_id: int) -> ResponseReturnValue:
    """Change the words before they are voted on."""
    found = queries.decision_for(decision_id, viewer=viewer(), permission=KEEP)
    form = WordsForm(
        title=found.title, text=found.text, collected=found.collected,
        seen=fingerprint(found, service.DECISION_EDITED),
    )  # fmt: skip
    if form.validate_on_submit() and submit(
        form, service.edit_decision, found, actor=viewer(), title=form.title.data, text=form.text.data,
        collected=form.collected.data or "", seen=form.seen.data, now=clock.now(),
    ):  # fmt: skip
        flash(_("已保存。"))
        return redirect(url_for(".decision", decision_id=found.id))
    return render_template("people/decision_form.html", form=form, village=None, one=found)


@bp.post("/decisions/<int:decision_id>/remarks")
@needs(Permission.OBJECT_POINTS)
def remark(decision_id: int) -> ResponseReturnValue:
    """The village's supervisor says something about it."""
    found = queries.decision_for(decision_id, viewer=viewer(), permission=Permission.OBJECT_POINTS)
    form = RemarkForm()
    if form.validate_on_submit() and submit(
        form, service.remark, found, actor=viewer(), text=form.text.data, now=clock.now()
    ):
        flash(_("监督意见已记下，村里和镇里都能看到。"))
        return redirect(url_for(".decision", decision_id=found.id, _anchor="remarks"))
    return show(found, remark=form)


@bp.route("/decisions/rules", methods=["GET", "POST"])
@needs(KEEP)
def decision_rules() -> ResponseReturnValue:
    """How many must come and agree, in a village or a whole town."""
    places = queries.keeping_places(viewer())
    asked = request.args.get("at", type=int)
    at = next((one for one in places if one.id == asked), places[0] if places else None)
    if at is None:
        raise Missing
    rules = queries.decision_rules(at.path, on=today())
    form = DecisionRulesForm(notice_days=rules.notice_days, **_shares(rules))
    form.offer()
    if form.validate_on_submit() and submit(form, _set_rules, form, at, actor=viewer(), now=clock.now()):
        flash(_("已保存，从今天起按新的规定算。"))
        return redirect(url_for(".decision_rules", at=at.id))
    return render_template(
        "people/decision_rules.html", form=form, at=at, offered=places, rules=rules, names=QUORUM_NAMES, law=QUORUMS
    )


def _shares(rules: Rules) -> dict[str, str]:
    return {
        f"{what}_{key}": str(getattr(one, what)) for key, one in rules.quorums.items() for what in ("present", "favour")
    }


def _set_rules(form: DecisionRulesForm, at: Grid, *, actor: Viewer, now: datetime) -> Any:
    quorums = {
        key: Quorum(Share(form[f"present_{key}"].data), Share(form[f"favour_{key}"].data), one.of_entitled)
        for key, one in QUORUMS.items()
    }
    rules = Rules(quorums, form.notice_days.data)
    return service.set_decision_rules(actor=actor, place=at, rules=rules, now=now)
