"""The working set: what a phone takes into a valley without signal, and nothing that should not lie on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from gridcase.bulletin import queries as bulletin
from gridcase.bulletin.queries import ToTell
from gridcase.cases import queries as cases
from gridcase.cases.rules.catalogue import stays_restricted
from gridcase.checks import queries as checks
from gridcase.checks.rules import HomeList
from gridcase.core.clock import town_day
from gridcase.core.permissions import Viewer
from gridcase.core.words import Text
from gridcase.sync.queries.items import confirmed
from gridcase.sync.rules import FORMS
from gridcase.visits import queries as visits
from gridcase.visits.queries.day import CircleHome, Demand
from gridcase.visits.rules import Errand

Say = Callable[[Text], str]


def working_set(viewer: Viewer, *, now: datetime, say: Say, english: bool) -> dict[str, Any]:
    """The set without the moment it was made at: two of the same content are equal."""
    today = town_day(now)
    day = visits.circle_day(viewer, on=today, now=now)
    return {
        "form": max(FORMS),
        "user": account(viewer),
        "counts": {"visits_month": day.visits_month, "due": day.due},
        "homes": [_home(home) for home in day.homes],
        "demands": [_demand(demand, say) for demand in day.demands],
        "classes": _classes(viewer, english),
        "errands": [{"code": one, "name": say(one.label), "class": one.class_code} for one in Errand],
        "notices": [_notice(one) for one in bulletin.to_tell(viewer, today)],
        "checks": [_check(one, say, english) for one in checks.lists_of(viewer, on=today)],
        "confirmed": [
            {"item": row.uuid, "state": row.state, "at": row.received_at.isoformat()}
            for row in confirmed(viewer.user_id or 0)
        ],
    }


def account(viewer: Viewer) -> dict[str, Any]:
    """An account as its phone shows it."""
    place = next((grant.title for grant in viewer.grants if grant.title), "")
    return {"id": viewer.user_id, "name": viewer.name, "place": place}


def _home(home: CircleHome) -> dict[str, Any]:
    last = home.last
    return {
        "id": home.id, "code": home.code, "name": home.name, "address": home.address, "tier": home.tier,
        "absent": home.absent, "last_on": _day(home.last_on), "due_on": _day(home.due_on),
        "first_visit": home.first_visit, "lon": home.lon, "lat": home.lat,
        "last": last and {
            "mode": last.mode, "met": last.met, "state": last.state, "ticks": list(last.ticks), "purpose": last.purpose,
        },
    }  # fmt: skip


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _demand(demand: Demand, say: Say) -> dict[str, Any]:
    return {
        "id": demand.id, "number": demand.number, "title": demand.title, "home": demand.home,
        "state": say(demand.state.label), "light": demand.light, "left": say(demand.left),
    }  # fmt: skip


def _notice(one: ToTell) -> dict[str, Any]:
    return {
        "id": one.id, "title": one.title, "text": one.text, "until": one.until.isoformat(), "homes": one.homes,
        "told": list(one.heard),
    }  # fmt: skip


def _check(one: HomeList, say: Say, english: bool) -> dict[str, Any]:
    items = [{"key": item.code, "name": item.en if english else item.zh} for item in one.items]
    return {"kind": one.kind, "name": say(one.kind.label), "items": items, "until": one.until.isoformat()}


def _classes(viewer: Viewer, english: bool) -> list[dict[str, Any]]:
    return [
        {
            "code": one.code, "name": one.case_class.en if english else one.case_class.zh, "common": one.terms.common,
            "restricted": one.terms.restricted or stays_restricted(one.code),
        }
        for one in cases.catalogue(path=cases.home_of(viewer))
    ]  # fmt: skip
