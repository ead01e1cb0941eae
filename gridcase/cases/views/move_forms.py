"""The forms of the moves with their choices, as they stand on the page of a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from gridcase.cases import forms, queries
from gridcase.cases.models import Case
from gridcase.cases.rules import Urgency
from gridcase.cases.views import beside, routing
from gridcase.cases.views.acts import Act
from gridcase.cases.views.base import class_name
from gridcase.cases.views.routing import Ways
from gridcase.core.permissions import Permission, Viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import labelled, options


def form_of(name: str, act: Act, case: Case, someone: Viewer, now: datetime, ways: Ways | None = None) -> Any:
    """The form of a move with its choices; its fields carry the move's name, since many stand on one page."""
    form, ways = act.form(prefix=f"{name}-"), ways or Ways(case, now)
    if isinstance(form, forms.AcceptForm | forms.SortForm):
        _classify(form, case)
    if isinstance(form, forms.DispatchForm | forms.TransferForm | forms.HelperForm):
        routing.offer(form, ways)
    if isinstance(form, forms.AnswerForm | forms.SelfSolveForm):
        form.offer_answers(
            anonymous=case.anonymous, imported=case.source_system is not None, attempts=name == "record_answer"
        )
    if isinstance(form, forms.PaperFields):
        form.offer_papers()
    if isinstance(form, forms.SecondCheckForm):
        form.offer()
    beside.prepare(name, form, case, someone, ways)
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
