"""Papers of a decision on their way in and out, and the notice to hang out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.errors import Refused
from gridcase.core.paper import Block, Fields, Paper, Seal, Table, Words
from gridcase.core.pdf import write_pdf
from gridcase.core.permissions import Permission
from gridcase.files import service as files
from gridcase.files.rules import AT_ONCE, LARGEST, FileType
from gridcase.files.service import Prepared
from gridcase.files.views import served
from gridcase.grid import queries as grids
from gridcase.people import queries, service
from gridcase.people.forms import DecisionPapersForm
from gridcase.people.models import Decision, DecisionStep
from gridcase.people.rules import DecisionKind, DecisionStepKind, step_words
from gridcase.people.views.base import bp
from gridcase.people.views.decisions import KEEP, READS, show
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date, translate
from gridcase.web.formkit import submit
from gridcase.web.respond import pdf_file


@bp.post("/decisions/<int:decision_id>/papers")
@needs(KEEP)
def add_papers(decision_id: int) -> ResponseReturnValue:
    """Photos and papers are added."""
    found = queries.decision_for(decision_id, viewer=viewer(), permission=KEEP)
    form = DecisionPapersForm()
    sent = _received(form) if form.validate_on_submit() else []
    words, now = form.caption.data or "", clock.now()
    done = submit(form, service.attach, found, sent, actor=viewer(), caption=words, now=now) if sent else None
    if done:
        flash(_("材料已存好。"))
        return redirect(url_for(".decision", decision_id=found.id, _anchor="papers"))
    if not form.papers.errors and not form.form_errors:
        form.papers.errors = [_("请先选文件。")]
    return show(found, papers=form)


def _received(form: DecisionPapersForm) -> list[Prepared]:
    """What was sent, checked and put away; what was wrong is said beside the field. Slow, so never in a transaction."""
    found: list[Prepared] = []
    sent = [one for one in request.files.getlist(form.papers.name) if one.filename]
    wrong = [_("一次最多 %(n)s 个文件，请重新选。", n=AT_ONCE)] if len(sent) > AT_ONCE else []
    for one in [] if wrong else sent:
        try:
            found.append(files.prepare(one.stream.read(LARGEST + 1)))
        except Refused as refusal:
            wrong.append(_("%(name)s：%(why)s", name=(one.filename or "")[-60:], why=translate(refusal.text)))
    form.papers.errors = wrong
    return [] if wrong else found


@bp.get("/decisions/<int:decision_id>/papers/<int:seq>")
@needs(Permission.SEE_PLACE)
def decision_paper(decision_id: int, seq: int) -> ResponseReturnValue:
    """A photo in the page, a paper as a download."""
    row = queries.paper_for(decision_id, seq, viewer=viewer())
    return served(row.stored.digest, FileType(row.stored.type), name=f"{decision_id}-{seq}")


@bp.get("/decisions/<int:decision_id>/notice")
@needs(*READS)
def print_decision(decision_id: int) -> ResponseReturnValue:
    """The notice, ready to print, seal and hang out."""
    found = queries.decision_for(decision_id, viewer=viewer())
    if not _voted(found):
        flash(_("还没有表决，表决通过以后可以打印公告。"), "warning")
        return redirect(url_for(".decision", decision_id=found.id))
    return render_template(
        "people/decision_print.html", one=found, paper=notice_paper(found),
        pdf_url=url_for(".decision_pdf", decision_id=found.id),
    )  # fmt: skip


@bp.get("/decisions/<int:decision_id>/notice.pdf")
@needs(*READS)
def decision_pdf(decision_id: int) -> ResponseReturnValue:
    """The same as a file."""
    found = queries.decision_for(decision_id, viewer=viewer())
    if not _voted(found):
        return redirect(url_for(".print_decision", decision_id=found.id))
    return pdf_file(write_pdf(notice_paper(found), now=clock.now()), name=f"decision-{found.number}")


def _voted(found: Decision) -> bool:
    return any(step.step == DecisionStepKind.VOTE for step in found.steps)


def notice_paper(found: Decision) -> Paper:
    """What was decided, how it came about, how long it hangs, where to object."""
    village = grids.ancestors(found.path)[-1].name
    body = queries.get_organisation(found.organisation_id or 0)
    office = body.name if body else _("%(village)s村民委员会", village=village)
    hung = next((one for one in found.steps if one.step == DecisionStepKind.PUBLISH), None)
    heads = [_("步骤"), _("日期"), _("应到"), _("实到"), _("同意")]
    rows = [_row(found.kind, one) for one in found.steps if one.step not in {"publish", "result"}]
    blocks: list[Block] = [
        Fields([[(_("事项"), found.title)], [(_("类别"), translate(DecisionKind(found.kind).label))]]),
        Words(found.text, _("意见") if body else _("决议内容")),
        *([Words(found.collected, _("征求意见情况"))] if found.collected else []),
        Table(heads, rows, (5, 4, 2, 2, 2)),
    ]
    if body is None:
        blank = _("　　年　月　日")
        start, end = (show_date(hung.held_on), show_date(hung.until)) if hung else (blank, blank)
        days = _("公开期：%(start)s 至 %(end)s。", start=start, end=end)
        blocks.append(Words(days + _("有意见的，请在公开期内向村务监督委员会或村民委员会反映。")))
    day = show_date(hung.held_on) if hung else (show_date(found.passed_on) if body else _("　　年　月　日"))
    title = _("意见书") if body else _("决议公告")
    return Paper(office, title, found.number, "", [*blocks, Seal(office, _("（盖章）"), day)], number_label=_("编号："))


def _row(kind: str, one: DecisionStep) -> list[str]:
    counts = (one.entitled, one.present, one.in_favour)
    return [
        translate(step_words(kind, one.step, one.assembly)),
        show_date(one.held_on),
        *("—" if n is None else str(n) for n in counts),
    ]
