"""What a row of the table of moves is, and how one person stands to one case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gridcase.cases.rules.majors import ABOVE_THE_VILLAGE
from gridcase.cases.rules.states import Level, RequestKind, State
from gridcase.core.permissions import Permission
from gridcase.core.words import Text

REOPEN_WITHIN = timedelta(days=14)
EXTENSIONS = 1  # a case, where the town set nothing else


@dataclass(frozen=True)
class Move:
    """One thing a person does with a case.

    `asks` are the fields the form must have, `optional` those it may have. `not_by="handler"`: never by who
    handled it. `by_address`: only the post or unit the case is addressed to; with `or_helper` a co-handler too.
    `by_reporter`: only the villager who reported, or the post that registered it for him. `by_desk`: not by a desk
    below the one the case has climbed to. `answers`: it decides on an open request of this kind. `key` is the letter
    on the keyboard, `effect` the sentence shown before something that ends the case or touches points.
    """

    name: str
    label: Text
    sources: frozenset[State]
    target: State | None
    needs: Permission
    asks: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    not_by: str | None = None
    by_address: bool = False
    or_helper: bool = False
    by_reporter: bool = False
    by_desk: bool = False
    answers: RequestKind | None = None
    primary: bool = False
    key: str = ""
    effect: Text | None = None


@dataclass(frozen=True)
class Standing:
    """How one person stands to one case. `permissions` are those held over this very case.

    `is_handler`: this person worked on the result. `answered`: the villager's word, or why there is none, is
    recorded. `second_check_due`: it was drawn for a second check that nobody has made yet. `is_helper`: works for a
    post or unit that helps. `level`: the desk the case has climbed to, `reach`: the highest desk this person sits at.
    `requests`: the kinds asked for and not decided, `own_requests`: those this very person asked for. `must_report`:
    called by the whistle and not there yet. `rates_units`, `rates_whistle`: owes a word on the other side.
    `contact_waits`: nobody has spoken with the villager yet, and the clock of the first contact runs. `on_agenda`: a
    council is to talk it over and has not yet; known only of who keeps the councils.
    """

    state: State
    permissions: frozenset[Permission]
    is_addressed: bool = False
    is_handler: bool = False
    is_reporter: bool = False
    answered: bool = False
    second_check_due: bool = False
    closed_at: datetime | None = None
    reopen_within: timedelta = REOPEN_WITHIN
    is_helper: bool = False
    level: Level | None = None
    reach: Level = Level.COUNTY
    requests: frozenset[RequestKind] = frozenset()
    own_requests: frozenset[RequestKind] = frozenset()
    extensions: int = 0
    extensions_allowed: int = EXTENSIONS
    restricted: bool = False
    must_report: bool = False
    rates_units: bool = False
    rates_whistle: bool = False
    contact_waits: bool = False
    on_agenda: bool = False


def may_mediate(standing: Standing, *, class_code: str, elsewhere: bool, opened: bool = False) -> bool:
    """Who keeps the record: whom the case was sent to; while it is with nobody else, or once he has opened it, whoever
    leads the cell, section or village. What is about the village's own officials is never mediated there.

    `elsewhere`: the case was sent to a post or unit that is not this person's.
    """
    if standing.is_addressed and Permission.HANDLE_CASE in standing.permissions:
        return True
    leads = {Permission.ACCEPT_CASE, Permission.SELF_SOLVE_CASE} <= standing.permissions
    return leads and (opened or not elsewhere) and class_code not in ABOVE_THE_VILLAGE
