"""Writing at the doors: every demand becomes a case by `cases.service.collect`, and the row at the door names it."""

from gridcase.reception.service.days import put_down, rotate, set_day_rule
from gridcase.reception.service.meetings import add_outcome, hold_meeting
from gridcase.reception.service.patrols import Found, check, raise_clue, set_patrol_plan
from gridcase.reception.service.quick import answer
from gridcase.reception.service.raising import Told, raise_for
from gridcase.reception.service.visitors import Visit, receive, repoint_household

__all__ = [
    "Found",
    "Told",
    "Visit",
    "add_outcome",
    "answer",
    "check",
    "hold_meeting",
    "put_down",
    "raise_clue",
    "raise_for",
    "receive",
    "repoint_household",
    "rotate",
    "set_day_rule",
    "set_patrol_plan",
]
