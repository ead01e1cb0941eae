"""The forms of the moves with their choices, as they stand on the page of a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from wtforms.fields.choices import SelectChoice

from gridcase.cases import forms, queries
from gridcase.cases.models import Case
from gridcase.cases.rules import Rating, Urgency
from gridcase.cases.rules.agenda import USUAL
from gridcase.cases.views import beside, routing
from gridcase.cases.views.acts import ACTS, Act
from gridcase.cases.views.base import class_name
from gridcase.cases.views.routing import Ways
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.worktime import LimitUnit
from gridcase.web.filters import translate
from gridcase.web.formkit import labelled

Choice = tuple[str, str, str]  # value, words, group


@dataclass(frozen=True)
class Blank:
    """The form of a move before anybody has typed, by all that decides how it looks: the fields of equal ones are drawn
    once (`drawn_lately`), and made only for that."""

    name: str
    helper: bool = False  # a household that helped may be named
    anonymous: bool = False
    imported: bool = False
    limit_unit: str = ""
    handlers: tuple[Choice, ...] = ()
    whistled: bool = False  # climbing so far needs a whistle
    units: tuple[tuple[int, str], ...] = ()  # that it can call
    classes: tuple[Choice, ...] = ()
    villages: tuple[Choice, ...] = ()
    case_class: str = ""  # chosen to begin with
    urgency: str = ""
    council: str = ""  # likewise

    errors: ClassVar[dict[str, Any]] = {}
    form_errors: ClassVar[tuple[str, ...]] = ()
    blank: ClassVar[bool] = True

    @property
    def papers(self) -> bool:
        """Whether photos and papers may come along."""
        return issubclass(ACTS[self.name].form, forms.PaperFields)

    def csrf_token(self, **_given: Any) -> Markup:
        """The token as the form itself writes it."""
        return Markup('<input name="%s-csrf_token" type="hidden" value="%s">') % (self.name, generate_csrf())

    @property
    def form(self) -> Any:
        """The form itself."""
        form = ACTS[self.name].form(prefix=f"{self.name}-", formdata=None)
        _offer(form, self)
        _begin(form, self)
        return form


def blank_of(name: str, case: Case, someone: Viewer, ways: Ways) -> Blank:
    """What decides how the untouched form of a move looks."""
    form = ACTS[name].form
    answers = issubclass(form, forms.AnswerFields)
    blank = Blank(
        name, helper=hasattr(form, "helper_household") and someone.may(Permission.SEE_HOUSEHOLD),
        anonymous=answers and case.anonymous, imported=answers and case.source_system is not None,
        limit_unit=case.terms.limit_unit if form is forms.ExtensionForm else "",
        council=case.terms.council or USUAL if form is forms.AgendaForm else "",
    )  # fmt: skip
    if form in _SENDS:
        return replace(blank, handlers=ways.listed if form is forms.DispatchForm else ways.named_first)
    if form is forms.EscalateForm:
        whistled, units = beside.called(case, someone, ways)
        return replace(blank, whistled=whistled, units=tuple((unit.id, unit.name) for unit in units))
    return _classified(blank, case) if form in _CLASSIFIES else blank


_SENDS = (forms.DispatchForm, forms.TransferForm, forms.HelperForm)
_CLASSIFIES = (forms.AcceptForm, forms.SortForm)


def untouched(name: str, act: Act, case: Case, someone: Viewer, now: datetime, ways: Ways) -> Any:
    """A form nobody has typed in: a blank, but for those that say what is so of this case alone."""
    if name in ("dispatch", "suspend") or act.form in _CLASSIFIES:
        return form_of(name, act, case, someone, now, ways)
    return blank_of(name, case, someone, ways)


def form_of(name: str, act: Act, case: Case, someone: Viewer, now: datetime, ways: Ways | None = None) -> Any:
    """The form of a move with its choices; its fields carry the move's name, since many stand on one page."""
    form, ways = act.form(prefix=f"{name}-"), ways or Ways(case, now)
    blank = blank_of(name, case, someone, ways)
    _offer(form, blank)
    if isinstance(form, forms.DispatchForm):
        routing.suggest(form, ways)
    if not form.is_submitted():
        _begin(form, blank)
        if name == "suspend":
            beside.as_asked(form, case)
    return form


def _begin(form: Any, blank: Blank) -> None:
    """What stands in a form before anybody has typed."""
    if isinstance(form, _CLASSIFIES):
        form.urgency.data, form.case_class.data = blank.urgency, blank.case_class
    if isinstance(form, forms.AgendaForm):
        form.council.data = blank.council


def _choices(choices: Iterable[Choice]) -> list[SelectChoice]:
    return [SelectChoice(value, words, optgroup=group or None) for value, words, group in choices]


def _offer(form: Any, blank: Blank) -> None:
    """Hand a form what its blank says."""
    _offer_addresses(form, blank)
    _offer_words(form, blank)
    if isinstance(form, _CLASSIFIES):
        form.case_class.choices, form.urgency.choices = _choices(blank.classes), labelled(Urgency)
    if isinstance(form, forms.SortForm):
        form.grid.choices = _choices(blank.villages)
    if isinstance(form, forms.AnswerForm | forms.SelfSolveForm):
        form.offer_answers(anonymous=blank.anonymous, imported=blank.imported, attempts=blank.name == "record_answer")
    if isinstance(form, forms.PaperFields):
        form.offer_papers()
    if "helper_household" in form and not blank.helper:
        del form.helper_household
    for field, members in forms.REASONS.items():
        if field in form:
            form[field].choices = labelled(members)


def _offer_words(form: Any, blank: Blank) -> None:
    if isinstance(form, forms.SecondCheckForm):
        form.offer()
    if isinstance(form, forms.RatingForm):
        form.rating.choices = labelled(Rating)
    if isinstance(form, forms.ExtensionForm):
        form.amount.label.text = _AMOUNT[LimitUnit(blank.limit_unit)]()


def _offer_addresses(form: Any, blank: Blank) -> None:
    if isinstance(form, _SENDS):
        form.handler.choices = _choices(blank.handlers)
    if isinstance(form, forms.EscalateForm):
        form.offer(list(blank.units) if blank.whistled else None)


_AMOUNT = {
    LimitUnit.WORKING: lambda: _("延长几个工作日"),
    LimitUnit.NATURAL: lambda: _("延长几小时"),
    LimitUnit.DAYS: lambda: _("延长几天"),
}


def _classified(blank: Blank, case: Case) -> Blank:
    """The classes; what came from elsewhere has none to begin with, but needs a village. What the words sound like
    stands first, with those words; a restricted class is never suggested, nor for a restricted case."""
    entries = queries.catalogue(path=case.path)
    offered = [one.case_class for one in entries]
    if case.case_class not in offered and not case.unsorted:
        offered.insert(0, case.case_class)  # switched off since: what is under it stays under it
    likely = [] if case.restricted else queries.suggest_classes(case.title, case.text, path=case.path, known=entries)
    codes, alike, others = {one.case_class.code for one in likely}, _("听起来像"), _("全部类别")
    choose = ("", str(forms.CHOOSE), "")
    sounds = (
        _("%(name)s（因为说到：%(words)s）", name=_coded(one.case_class), words=translate(list(one.words)))
        for one in likely
    )
    classes = (
        *([choose] if case.unsorted else []),
        *((one.case_class.code, words, alike) for one, words in zip(likely, sounds, strict=True)),
        *((row.code, _coded(row), others) for row in offered if row.code not in codes),
    )
    rows = queries.villages_of_town(case.town_id) if blank.name == "sort" else ()
    return replace(
        blank, classes=classes, villages=(choose, *((str(row.id), row.name, "") for row in rows)),
        case_class="" if case.unsorted else case.case_class.code, urgency=str(case.urgency),
    )  # fmt: skip


def _coded(row: Any) -> str:
    return f"{row.code} {class_name(row)}"
