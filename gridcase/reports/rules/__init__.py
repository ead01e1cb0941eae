"""Forms, sheets, indicators and the day a report is made: plain Python."""

from gridcase.reports.rules.gather import gathered
from gridcase.reports.rules.indicators import Adding, Entered, plain, read_number, value_of
from gridcase.reports.rules.schedule import MOST_READERS, due, made_on
from gridcase.reports.rules.sheets import Block, Cell, Head, Line, Sheet, added
from gridcase.reports.rules.spec import (
    BELOW,
    COLUMNS,
    EVERY,
    HEAD_LENGTH,
    INDICATOR,
    MOST_PARTS,
    NOTES_LENGTH,
    ROWS,
    TITLE_LENGTH,
    Order,
    Part,
    Shape,
    Spec,
    checked,
    is_indicator,
    knows,
)

__all__ = [
    "BELOW",
    "COLUMNS",
    "EVERY",
    "HEAD_LENGTH",
    "INDICATOR",
    "MOST_PARTS",
    "MOST_READERS",
    "NOTES_LENGTH",
    "ROWS",
    "TITLE_LENGTH",
    "Adding",
    "Block",
    "Cell",
    "Entered",
    "Head",
    "Line",
    "Order",
    "Part",
    "Shape",
    "Sheet",
    "Spec",
    "added",
    "checked",
    "due",
    "gathered",
    "is_indicator",
    "knows",
    "made_on",
    "plain",
    "read_number",
    "value_of",
]
