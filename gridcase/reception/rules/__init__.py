"""Pure rules of the room: the days of reception, seasons and items of patrols, the words of the doors."""

from gridcase.reception.rules.days import RULE_KEY, DayRule, Reception, quarter_of, receptions
from gridcase.reception.rules.patrols import (
    PLAN_KEY,
    CheckItem,
    CheckKind,
    PatrolPlan,
    Season,
    next_check,
)
from gridcase.reception.rules.words import Fate, MeetingNature, Outcome, Risk

__all__ = [
    "PLAN_KEY",
    "RULE_KEY",
    "CheckItem",
    "CheckKind",
    "DayRule",
    "Fate",
    "MeetingNature",
    "Outcome",
    "PatrolPlan",
    "Reception",
    "Risk",
    "Season",
    "next_check",
    "quarter_of",
    "receptions",
]
