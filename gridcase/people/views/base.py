"""The blueprint of the room, its entries in the navigation, and how somebody is picked by name."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Blueprint
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.masking import mask_phone
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.places import VILLAGE, cut_to
from gridcase.core.words import N_, Text
from gridcase.people import queries, service
from gridcase.people.forms import PickForm
from gridcase.people.models import Person
from gridcase.people.rules.deeds import DEEDS, OTHER_DEED
from gridcase.web.frame import NavItem

bp = Blueprint("people", __name__, url_prefix="/people")
NEW = "new"
ONE_DAY = timedelta(days=1)


def _pages(words: str) -> frozenset[str]:
    return frozenset(f"people.{word}" for word in words.split())


NAV = (
    NavItem(
        "posts", N_("岗位"), "people.posts", "people", frozenset({Permission.SEE_PLACE}), 42, group="registers",
        pages=_pages("posts post new_post edit_post appoint stand_in lines") | {"liaisons.end_post", "liaisons.vacate"},
    ),
    NavItem(
        "units", N_("站所组织"), "people.units", "unit", frozenset({Permission.SEE_PLACE}), 44, group="registers",
        pages=_pages(
            "units unit new_unit edit_unit organisations organisation new_organisation edit_organisation "
            "close_organisation add_seat end_seat"
        ) | {"liaisons.close_unit"},
    ),
    NavItem(
        "persons", N_("人员"), "people.persons", "person", frozenset({Permission.SEE_PLACE}), 45, group="registers",
        pages=_pages("persons person edit_person reveal tag untag add_pledge pledge_progress review_pledge"),
    ),
    NavItem(
        "decisions", N_("村级决议"), "people.decisions", "list",
        frozenset({Permission.SEE_PLACE, Permission.SEE_POINTS}), 47, group="points",
        pages=_pages(
            "decisions decision new_decision edit_decision take_step take_back remark decision_rules add_papers "
            "print_decision councils new_opinion covenant covenant_version new_covenant print_covenant "
            "partners new_partner end_partner honours new_honour"
        ) | {"dropping.decision", "covenant.signers", "covenant.mottoes", "covenant.motto"},
    ),
)  # fmt: skip


@bp.app_template_filter("last_day")
def last_day(value: date) -> date:
    """The last day of a span whose end is the first day after it."""
    return value - ONE_DAY


@bp.app_template_filter("deed")
def deed(action: str) -> Text:
    """What was done, in words."""
    return DEEDS.get(action, OTHER_DEED)


def today() -> date:
    """The town's day."""
    return clock.town_day(clock.now())


def village_path(path: str) -> str:
    """The village a path lies in; a place above the villages is itself."""
    return cut_to(path, VILLAGE)


def offer(form: PickForm, *, words: str, path: str) -> None:
    """Those whose whole name was typed, and the way to register somebody new."""
    found = [(str(person.id), _described(person)) for person in queries.named(words, path=village_path(path))]
    form.offer([*found, (NEW, _("登记新的一位：%(name)s", name=words))])


def _described(person: Person) -> str:
    parts = [
        person.name,
        {"m": _("男"), "f": _("女")}.get(person.gender or "", ""),
        _("%(year)s 年生", year=person.born_on.year) if person.born_on else "",
        mask_phone(person.phone) if person.phone else "",
    ]
    return " · ".join(part for part in parts if part)


def picked(form: PickForm, *, words: str, path: str, actor: Viewer, now: datetime) -> int:
    """The person chosen, registered now where it is a new one; call it inside the transaction."""
    if form.person.data != NEW:
        return int(form.person.data)
    made = service.add_person(
        actor=actor, name=words, place_path=village_path(path), now=now, gender=form.gender.data or None,
        phone=form.phone.data,
    )  # fmt: skip
    return made.id
