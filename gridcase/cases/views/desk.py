"""The list one came from: it stands in the link of a case (`list=`), so that one comes back to it as it was, knows how
far one is, and goes on to the next case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import flash, request, url_for
from flask_babel import gettext as _

from gridcase.cases import queries
from gridcase.cases.models import Case
from gridcase.cases.queries import COUNT_CAP, WORKED, Filters, Tab
from gridcase.cases.rules import Light, State
from gridcase.cases.rules.majors import MAJORS
from gridcase.cases.rules.routing import next_of
from gridcase.core.permissions import Permission, Viewer

MOST_DONE = 999
_ANY = 2_000_000_011  # stands for the number of a case in an address


@dataclass(frozen=True)
class Desk:
    """A list that is worked through: its filter, and how many of it are done."""

    filters: Filters
    done: int = 0

    @property
    def mark(self) -> str:
        """What stands in the link."""
        return written(self.filters, self.done)

    @property
    def back(self) -> str:
        """The list as it was left."""
        return list_url(written(self.filters))

    def row(self, someone: Viewer, now: datetime) -> list[int]:
        """The cases of the list now, in its order, up to a hundred."""
        return queries.row_of(someone, self.filters, now=now)

    def onward(self, case_id: int, before: list[int], someone: Viewer, now: datetime) -> str | None:
        """Where one goes after a move: to the next case when this one has left a list one works through, to the list
        when it was the last; None while the case still stands in it."""
        if self.filters.tab not in WORKED or case_id not in before:
            return None
        after = self.row(someone, now)
        if case_id in after:
            return None
        following = next_of(before, after, case_id)
        if following is None:
            flash(_("这一批都办完了。"), "ok")
            return self.back
        return link(following, Desk(self.filters, min(self.done + 1, MOST_DONE)))


@dataclass(frozen=True)
class Way:
    """For the page: the way back, and where in the list one is; `place` and `total` None when the case stands in it no
    more, or too far down."""

    name: Tab
    mark: str
    back: str
    place: int | None = None
    total: str | None = None
    before: str | None = None
    after: str | None = None


def came_from(someone: Viewer) -> Desk | None:
    """The list named in the link or sent along with a form; None without one."""
    asked = dict(parse_qsl(request.values.get("list", "")[:600]))
    if not asked:
        return None
    done = asked.get("done", "")
    return Desk(read(asked, someone), int(done) if done.isascii() and done.isdigit() and len(done) < 4 else 0)


def link(case_id: int, came: Desk | None) -> str:
    """The page of a case, with the list one came from."""
    return url_for("cases.show", case_id=case_id, list=came.mark if came else None)


def links(endpoint: str, mark: str) -> Callable[[int], str]:
    """The same for every row of a list, made from one: `url_for` takes longer than all the rest of a row."""
    before, _any, after = url_for(endpoint, case_id=_ANY, list=mark).partition(str(_ANY))
    return lambda case_id: f"{before}{case_id}{after}"


def list_url(query: str) -> str:
    """The list under a filter as `written` puts it."""
    values: dict[str, Any] = dict(parse_qsl(query))
    return url_for("cases.index", **values)


def way(came: Desk | None, case: Case, someone: Viewer, now: datetime) -> Way | None:
    """What the page says of the list."""
    if came is None:
        return None
    row = came.row(someone, now)
    if case.id not in row:
        return Way(came.filters.tab, came.mark, came.back)
    at, total = row.index(case.id), came.done + len(row)
    return Way(
        came.filters.tab, came.mark, came.back, came.done + at + 1,
        f"{COUNT_CAP}+" if len(row) > COUNT_CAP else str(total),
        link(row[at - 1], came) if at else None, link(row[at + 1], came) if at + 1 < len(row) else None,
    )  # fmt: skip


def read(asked: Mapping[str, str], someone: Viewer) -> Filters:
    """A filter out of a link; what makes no sense does not narrow."""
    tabs, words, village = queries.tabs_for(someone), asked.get("q", "")[:60], asked.get("village", "")
    return Filters(
        tab=next((tab for tab in tabs if tab == asked.get("tab")), Tab.ALL if words.strip() else _first(someone)),
        state=asked.get("state", "") if asked.get("state") in list(State) else "",
        village_id=int(village) if village.isascii() and village.isdigit() and len(village) < 10 else None,
        major=asked.get("major", "") if asked.get("major") in MAJORS else "",
        light=asked.get("light", "") if asked.get("light") in list(Light) else "",
        words=words,
    )


def written(filters: Filters, done: int = 0) -> str:
    """A filter as it stands in a link, always written the same way."""
    parts = {
        "tab": filters.tab.value, "state": filters.state, "village": filters.village_id, "major": filters.major,
        "light": filters.light, "q": filters.words.strip(), "done": done,
    }  # fmt: skip
    return urlencode({key: value for key, value in parts.items() if value})


def _first(someone: Viewer) -> Tab:
    """What the list opens with: what waits for this viewer, where anything can."""
    own = (Permission.ACCEPT_CASE, Permission.DISPATCH_CASE, Permission.HANDLE_CASE, Permission.ANSWER_CASE)
    return Tab.MINE if any(someone.may(permission) for permission in own) else Tab.VILLAGE
