"""The forms of the moves with their choices, as they stand on the page of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape
from wtforms.fields.choices import SelectChoice

from gridcase.cases import forms, queries
from gridcase.cases.models import Case
from gridcase.cases.rules import Rating, Urgency
from gridcase.cases.views import beside, routing
from gridcase.cases.views.acts import ACTS, Act
from gridcase.cases.views.base import class_name
from gridcase.cases.views.routing import Ways
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.worktime import LimitUnit
from gridcase.web.filters import translate
from gridcase.web.formkit import labelled, options


@dataclass(frozen=True)
class Blank:
    """The form of a move before anybody has typed, by all that decides how it looks: the fields of equal ones are drawn
    once (`drawn_once`), and made only for that."""

    name: str
    helper: bool = False  # a household that helped may be named
    anonymous: bool = False
    imported: bool = False
    limit_unit: str = ""
    handlers: tuple[tuple[str, str, str], ...] = ()  # (value, words, group)

    errors: ClassVar[dict[str, Any]] = {}
    form_errors: ClassVar[tuple[str, ...]] = ()
    blank: ClassVar[bool] = True

    @property
    def papers(self) -> bool:
        """Whether photos and papers may come along."""
        return issubclass(ACTS[self.name].form, forms.PaperFields)

    def csrf_token(self, **_given: Any) -> Markup:
        """The token as the form itself writes it."""
        name = escape(f"{self.name}-csrf_token")
        return Markup(f'<input name="{name}" type="hidden" value="{escape(generate_csrf())}">')  # noqa: S704 - escaped

    @property
    def form(self) -> Any:
        """The form itself."""
        form = ACTS[self.name].form(prefix=f"{self.name}-", formdata=None)
        _offer(form, self)
        return form


# What stands in these forms is said by the case alone.
_OF_THE_CASE = (forms.AcceptForm, forms.SortForm, forms.DispatchForm, forms.EscalateForm)


def blank_of(name: str, case: Case, someone: Viewer, ways: Ways) -> Blank:
    """What decides how the untouched form of a move looks."""
    form = ACTS[name].form
    answers, sends = issubclass(form, forms.AnswerFields), form in _SENDS
    return Blank(
        name, helper=hasattr(form, "helper_household") and someone.may(Permission.SEE_HOUSEHOLD),
        anonymous=answers and case.anonymous, imported=answers and case.source_system is not None,
        limit_unit=case.terms.limit_unit if form is forms.ExtensionForm else "",
        handlers=routing.handlers(ways, first=form is not forms.DispatchForm) if sends else (),
    )  # fmt: skip


_SENDS = (forms.DispatchForm, forms.TransferForm, forms.HelperForm)


def untouched(name: str, act: Act, case: Case, someone: Viewer, now: datetime, ways: Ways) -> Any:
    """A form nobody has typed in: a blank where it looks the same in many cases."""
    if name == "suspend" or act.form in _OF_THE_CASE:
        return form_of(name, act, case, someone, now, ways)
    return blank_of(name, case, someone, ways)


def form_of(name: str, act: Act, case: Case, someone: Viewer, now: datetime, ways: Ways | None = None) -> Any:
    """The form of a move with its choices; its fields carry the move's name, since many stand on one page."""
    form, ways = act.form(prefix=f"{name}-"), ways or Ways(case, now)
    _offer(form, blank_of(name, case, someone, ways))
    if isinstance(form, forms.AcceptForm | forms.SortForm):
        _classify(form, case)
    if isinstance(form, forms.DispatchForm):
        routing.suggest(form, ways)
    beside.prepare(name, form, case, someone, ways)
    return form


def _offer(form: Any, blank: Blank) -> None:
    """Hand a form what its blank says."""
    if isinstance(form, _SENDS):
        form.handler.choices = [
            SelectChoice(value, words, optgroup=group) if group else SelectChoice(value, words)
            for value, words, group in blank.handlers
        ]
    if isinstance(form, forms.AnswerForm | forms.SelfSolveForm):
        form.offer_answers(anonymous=blank.anonymous, imported=blank.imported, attempts=blank.name == "record_answer")
    if isinstance(form, forms.PaperFields):
        form.offer_papers()
    if isinstance(form, forms.SecondCheckForm):
        form.offer()
    if isinstance(form, forms.RatingForm):
        form.rating.choices = labelled(Rating)
    if isinstance(form, forms.ExtensionForm):
        form.amount.label.text = _AMOUNT[LimitUnit(blank.limit_unit)]()
    if "helper_household" in form and not blank.helper:
        del form.helper_household
    for field, members in forms.REASONS.items():
        if field in form:
            form[field].choices = labelled(members)


_AMOUNT = {
    LimitUnit.WORKING: lambda: _("延长几个工作日"),
    LimitUnit.NATURAL: lambda: _("延长几小时"),
    LimitUnit.DAYS: lambda: _("延长几天"),
}


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
