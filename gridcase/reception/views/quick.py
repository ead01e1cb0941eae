"""Quick answers: a line asked, a line said."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases.rules.emergency import call_first
from gridcase.core import clock
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Permission
from gridcase.people.queries import service_points
from gridcase.people.rules import PointKind
from gridcase.reception import queries, service
from gridcase.reception.forms import QuickForm
from gridcase.reception.models import QuickAnswer
from gridcase.reception.rules import INQUIRY
from gridcase.reception.views.base import (
    bp,
    class_choices,
    mark,
    own_place,
    page_of,
    place_of,
    raise_page,
    today,
)
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit


@bp.route("/quick", methods=["GET", "POST"])
@needs(Permission.REGISTER_CASE)
def quick() -> ResponseReturnValue:
    """The form, this month's count, the latest."""
    place, mine = place_of()
    form = QuickForm(client_uuid=mark(), case_class=INQUIRY)
    form.offer(class_choices(place, open_only=True), service_points.offered(place.path, {PointKind.LEGAL}))
    if form.validate_on_submit():
        row = submit(
            form, service.answer, actor=viewer(), place=place, client_uuid=form.client_uuid.data,
            question=form.question.data, reply=form.reply.data, class_code=form.case_class.data, now=clock.now(),
            not_officials=form.not_officials.data, point_id=form.point_id,
        )  # fmt: skip
        if isinstance(row, QuickAnswer):
            flash(_("记下了：%(what)s", what=row.question), "ok")
            return redirect(url_for(".quick", place=place.id))
    month = Period.of(PeriodKind.MONTH, today())
    return page_of(
        "quick", place=place, desks=mine, form=form, first=call_first(words=form.question.data or ""),
        page=queries.quick.latest(place, viewer=viewer(), after=request.args.get("after")),
        counted=queries.quick.counted(place, viewer=viewer(), since=month.begins, until=month.ends),
        at_receptions=queries.days.answered_between(place, since=month.begins, until=month.ends),
    )  # fmt: skip


@bp.route("/quick/<int:answer_id>/case", methods=["GET", "POST"])
@needs(Permission.REGISTER_CASE)
def quick_case(answer_id: int) -> ResponseReturnValue:
    """A question that needs more than a line after all."""
    row = queries.quick.get_answer(answer_id, viewer=viewer())
    place = own_place(row.place_id)
    text = f"{row.question}\n{_('当时答复：%(said)s', said=row.answer)}"
    return raise_page(row, place, back=url_for(".quick", place=place.id), title=row.question, text=text)
