"""Pure rules of the room: the days of reception, the words of the doors."""

from gridcase.reception.rules.days import RULE_KEY, DayRule, Reception, quarter_of, receptions
from gridcase.reception.rules.legal import HOTLINE, INQUIRY
from gridcase.reception.rules.words import Fate, MeetingNature, Outcome, Risk

__all__ = [
    "HOTLINE",
    "INQUIRY",
    "RULE_KEY",
    "DayRule",
    "Fate",
    "MeetingNature",
    "Outcome",
    "Reception",
    "Risk",
    "quarter_of",
    "receptions",
]
