"""Lists in and out. What comes in is checked whole before anything is written."""

from gridcase.exchange.service.exporting import export_cases
from gridcase.exchange.service.importing import ImportReport, import_cases
from gridcase.exchange.service.reading import CaseLine, CaseTable, read_cases

__all__ = ["CaseLine", "CaseTable", "ImportReport", "export_cases", "import_cases", "read_cases"]
