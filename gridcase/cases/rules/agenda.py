"""A case on the agenda of a council: what can come of it. Pure; it moves no state and no clock."""

from __future__ import annotations

from datetime import date, timedelta

from gridcase.core.errors import Refused
from gridcase.core.labels import Labelled
from gridcase.core.words import N_
from gridcase.people.rules import BodyKind

USUAL = BodyKind.DELIBERATION  # where the class names no council: what concerns all is talked over here
FARTHEST = timedelta(days=366)
WHY_LENGTH, AGREED_LENGTH = 200, 1000


class AgendaOutcome(Labelled):
    """What a council made of a case."""

    AGREED = "agreed", N_("商定了怎么办")
    ASSEMBLY = "assembly", N_("提交村民会议或代表会议决定")
    NOT_TAKEN = "not_taken", N_("没有列入讨论")
    LATER = "later", N_("这次没有商量，改日再列")


def waits(outcome: str | None, *, decided: bool) -> bool:
    """Whether a council, or the assembly it was handed to, still has its word to say."""
    return outcome is None or (outcome == AgendaOutcome.ASSEMBLY and not decided)


def check_day(planned_on: date, *, today: date) -> None:
    """A council meets today or later, within a year."""
    if planned_on < today:
        raise Refused(N_("商量的日子须在今天或以后。"), field="planned_on")
    if planned_on > today + FARTHEST:
        raise Refused(N_("请填一年以内的日子。"), field="planned_on")
