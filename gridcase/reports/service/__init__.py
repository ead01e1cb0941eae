"""Writing: forms, what is made of them, indicators."""

from gridcase.reports.service.forms import (
    EDITED,
    change,
    load_standards,
    make,
    read_standards,
    standards_are_current,
    withdraw,
)
from gridcase.reports.service.indicators import enter, enter_all, name_indicator, withdraw_indicator
from gridcase.reports.service.runs import AlreadyMade, end_of, hand_up, keep, let_be_made, note_export

__all__ = [
    "EDITED",
    "AlreadyMade",
    "change",
    "end_of",
    "enter",
    "enter_all",
    "hand_up",
    "keep",
    "let_be_made",
    "load_standards",
    "make",
    "name_indicator",
    "note_export",
    "read_standards",
    "standards_are_current",
    "withdraw",
    "withdraw_indicator",
]
