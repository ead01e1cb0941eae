"""Voices (附议): who has spoken for a matter, each home or person once; what a voice hears. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gridcase.cases.rules.states import State
from gridcase.core.labels import Labelled
from gridcase.core.words import N_

MILESTONES = frozenset({2, 3, 5, 10, 20, 50, 100, 200, 500, 1000})  # at so many voices the handler is told


class News(Labelled):
    """What a voice hears of the case it has joined."""

    FEEDBACK = "feedback", N_("首件 %(to)s 有了办理结果")
    CLOSED = "closed", N_("随首件 %(to)s 办结")
    REOPENED = "reopened", N_("首件 %(to)s 已重启")
    MOVED = "moved", N_("首件改为 %(to)s")


def news_in(steps: Iterable[tuple[int, str | None, str]]) -> tuple[int, News] | None:
    """The newest step (seq, from, to) of a first case that its voices hear of."""
    found: tuple[int, News] | None = None
    for seq, before, after in steps:
        if before == after:
            continue
        if after in (State.FEEDBACK, State.CLOSED):
            found = seq, News(after)
        elif before == State.CLOSED:
            found = seq, News.REOPENED
    return found


def speaker(household_id: int | None, phone: str | None, name: str | None) -> str:
    """Who speaks: the home, else the phone, else the name; empty for who is not known."""
    if household_id is not None:
        return f"h{household_id}"
    return re.sub(r"\D", "", phone or "") or (name or "")


def counted(first: str, voices: Sequence[str]) -> list[bool]:
    """Which of these voices add a home or person, in the order they came. All who are not known count as one."""
    seen, found = {first}, []
    for voice in voices:
        found.append(voice not in seen)
        seen.add(voice)
    return found
