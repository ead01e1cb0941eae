"""Lists in and out. What comes in is checked whole before anything is written."""

from gridcase.exchange.service.exporting import town_cases, write_cases
from gridcase.exchange.service.importing import CheckedCases, ImportReport, check_cases, take_over
from gridcase.exchange.service.reading import CaseLine, CaseTable, read_cases

__all__ = [
    "CaseLine",
    "CaseTable",
    "CheckedCases",
    "ImportReport",
    "check_cases",
    "read_cases",
    "take_over",
    "town_cases",
    "write_cases",
]
