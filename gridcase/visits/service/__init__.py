"""Writing visits, good deeds, and signs that only named roles read."""

from gridcase.visits.service.deeds import declare_deed, note_deed
from gridcase.visits.service.photos import add_photo
from gridcase.visits.service.records import (
    Demand,
    FamilyNews,
    Paper,
    Spot,
    VisitRecord,
    log_visit,
    repoint_household,
)
from gridcase.visits.service.sheets import Line, Typed, enter_sheet
from gridcase.visits.service.signs import confirm_signs, drop_signs, forget_signs, note_signs

__all__ = [
    "Demand",
    "FamilyNews",
    "Line",
    "Paper",
    "Spot",
    "Typed",
    "VisitRecord",
    "add_photo",
    "confirm_signs",
    "declare_deed",
    "drop_signs",
    "enter_sheet",
    "forget_signs",
    "log_visit",
    "note_deed",
    "note_signs",
    "repoint_household",
]
