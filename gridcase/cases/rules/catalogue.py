"""What a place may set for a class: county all of it within the law, village only what is stricter. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from gridcase.cases.rules.majors import ABOVE_THE_VILLAGE, MAJORS, UNSORTED_CLASS
from gridcase.core.errors import Refused
from gridcase.core.words import N_
from gridcase.core.worktime import LimitUnit
from gridcase.people.rules import FOUR_COUNCILS
from gridcase.points.rules import CASE_RULES

HELPERS_RULES = frozenset({"K2", "K4"})  # for who lent a hand; the others are for who reported
REPORTERS_RULES = frozenset(CASE_RULES) - HELPERS_RULES
VILLAGE_FIELDS = ("contact_limit", "limit", "department", "enabled")
FIRST_OWN, LAST_OWN = 51, 99  # the minor numbers of classes that counties add
PETITION = "1005"
MAJOR_OF_PERSONS = "03"
# Reports about persons, and petitions: no points, whatever a county wishes (decisions.md).
NEVER_POINTS = frozenset({"0905", PETITION})
# Regulation on petition work, articles 22, 23 and 34: days of the calendar.
PETITION_CONTACT, PETITION_LIMIT = 15, 60
MOST = {LimitUnit.WORKING: 2000, LimitUnit.NATURAL: 8760, LimitUnit.DAYS: 365}
CANNOT_GO = N_("这类事必须随时能报，不能停用。")
_ROUGHLY = {LimitUnit.WORKING: 3.0, LimitUnit.NATURAL: 1.0, LimitUnit.DAYS: 24.0}  # natural hours: 8 W are a day


@dataclass(frozen=True)
class Terms:
    """The rules of a class as one value; the names are those of the columns."""

    urgency: int
    contact_limit: float
    contact_unit: str
    limit: float
    limit_unit: str
    level: str
    department: str
    reporter_rule: str | None
    helper_rule: str | None
    restricted: bool
    common: bool
    enabled: bool
    open_condition: str
    close_condition: str
    evidence_hint: str
    council: str | None = None

    @classmethod
    def of(cls, row: Any) -> Self:
        """The rules a row of the database holds."""
        return cls(**{one.name: getattr(row, one.name) for one in fields(cls)})

    def values(self) -> dict[str, Any]:
        """By column."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def unlike(self, other: Terms) -> tuple[str, ...]:
        """The names of what differs."""
        return tuple(one.name for one in fields(self) if getattr(self, one.name) != getattr(other, one.name))


def stays_restricted(code: str) -> bool:
    """Classes of persons and complaints about officials: no place opens them."""
    return code[:2] == MAJOR_OF_PERSONS or code in ABOVE_THE_VILLAGE


def checked(terms: Terms, *, code: str) -> Terms:
    """The rules of a county, or `Refused` beside the field with the reason."""
    if code == UNSORTED_CLASS:
        raise Refused(N_("未分类不是一个类别，不能设置。"))
    _check_limits(terms, code)
    if not terms.department:
        raise Refused(N_("请填主办单位，例如水利站。"), field="department")
    if not terms.enabled and stays_restricted(code):
        raise Refused(CANNOT_GO, field="enabled")
    if stays_restricted(code) and not terms.restricted:
        raise Refused(N_("这类事涉及具体的人，只能限定可见，不能放开。"), field="restricted")
    _check_points(terms, code)
    _check_council(terms, code)
    return terms


def _check_limits(terms: Terms, code: str) -> None:
    for name, unit_name in (("contact_limit", "contact_unit"), ("limit", "limit_unit")):
        unit, amount = LimitUnit(getattr(terms, unit_name)), getattr(terms, name)
        if not 0 < amount <= MOST[unit]:
            raise Refused(N_("须大于 0，不超过 %(most)s %(unit)s。", most=MOST[unit], unit=unit.label), field=name)
    if _rough(terms.contact_limit, terms.contact_unit) > _rough(terms.limit, terms.limit_unit):
        raise Refused(N_("首次联系不能晚于办结，请改短。"), field="contact_limit")
    if code != PETITION:
        return
    if terms.limit_unit != LimitUnit.DAYS or terms.limit > PETITION_LIMIT:
        raise Refused(N_("《信访工作条例》第三十四条：自受理之日起 60 日内办结。请填天数，不超过 60。"), field="limit")
    if terms.contact_unit != LimitUnit.DAYS or terms.contact_limit > PETITION_CONTACT:
        raise Refused(N_("《信访工作条例》第二十三条：15 日内书面告知。请填天数，不超过 15。"), field="contact_limit")


def _rough(amount: float, unit: str) -> float:
    return amount * _ROUGHLY[LimitUnit(unit)]


def _check_council(terms: Terms, code: str) -> None:
    if terms.council is None:
        return
    if terms.restricted or stays_restricted(code):
        raise Refused(N_("限定可见的类别不请四会出面，请选“不指明”。"), field="council")
    if terms.council not in FOUR_COUNCILS:
        raise Refused(N_("请选四会之一，或“不指明”。"), field="council")


def _check_points(terms: Terms, code: str) -> None:
    for name in ("reporter_rule", "helper_rule"):
        if getattr(terms, name) is None:
            continue
        if terms.restricted or stays_restricted(code):
            raise Refused(N_("限定可见的类别不记积分，请选“不记分”。"), field=name)
        if code == PETITION:
            raise Refused(N_("信访不与积分挂钩，请选“不记分”。"), field=name)
        if code in NEVER_POINTS:
            raise Refused(N_("反映别人的事不记积分，请选“不记分”。"), field=name)


def checked_in_village(terms: Terms, above: Terms, *, code: str) -> Terms:
    """The rules of a village: what stands above, with shorter limits, its own unit, or switched off."""
    if code in ABOVE_THE_VILLAGE:  # it is what they are about
        raise Refused(N_("反映干部和村务的事由镇级以上定，村里不能改。"))
    if not terms.enabled and (stays_restricted(code) or code == PETITION):
        raise Refused(CANNOT_GO, field="enabled")
    if not above.enabled and terms.enabled:
        raise Refused(N_("县里已停用这个类别，村里不能启用。"), field="enabled")
    for name, unit_name in (("contact_limit", "contact_unit"), ("limit", "limit_unit")):
        unit, most = LimitUnit(getattr(above, unit_name)), getattr(above, name)
        amount = getattr(terms, name)
        if amount <= 0:
            raise Refused(N_("须大于 0。"), field=name)
        if amount > most:
            raise Refused(
                N_("村里只能缩短时限：县里定的是 %(most)s %(unit)s。", most=f"{most:g}", unit=unit.label), field=name
            )
    if _rough(terms.contact_limit, above.contact_unit) > _rough(terms.limit, above.limit_unit):
        raise Refused(N_("首次联系不能晚于办结，请改短。"), field="contact_limit")
    if not terms.department:
        raise Refused(N_("请填主办单位，例如水利站。"), field="department")
    return replace(above, **{name: getattr(terms, name) for name in VILLAGE_FIELDS})


def rebased(own: Mapping[str, Any], old_units: Mapping[str, str], above: Terms) -> Terms:
    """What a village's own decisions make of new rules above it: a limit counted otherwise than before, or no longer
    shorter, is the one above; whatever is switched off above is off."""
    kept = {}
    for name, unit in (("contact_limit", "contact_unit"), ("limit", "limit_unit")):
        same = old_units[unit] == getattr(above, unit)
        if name in own and same and own[name] < getattr(above, name):
            kept[name] = own[name]
    if "department" in own:
        kept["department"] = own["department"]
    if own.get("enabled") is False:
        kept["enabled"] = False
    made = replace(above, **kept)
    if _rough(made.contact_limit, made.contact_unit) > _rough(made.limit, made.limit_unit):
        made = replace(made, contact_limit=above.contact_limit, limit=above.limit)
    return made


def next_own_code(major: str, taken: Collection[str]) -> str:
    """The number of a class that a county adds under a major class."""
    if major not in MAJORS:
        raise Refused(N_("请选一个大类。"), field="major")
    for minor in range(FIRST_OWN, LAST_OWN + 1):
        if f"{major}{minor}" not in taken:
            return f"{major}{minor}"
    raise Refused(N_("这个大类下的自设编号已用完，请换一个大类，或改用已有的类别。"), field="major")
