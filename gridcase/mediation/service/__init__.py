"""Writing mediations: one function is one thing a person does. Nothing here changes the state of the case."""

from gridcase.mediation.service.outcome import Ending, add_look, conclude, note_court, reopen, tick_look
from gridcase.mediation.service.record import (
    AGREEMENT,
    Agreement,
    Party,
    add_party,
    add_session,
    change_party,
    open_mediation,
    remove_party,
    repoint_household,
    set_frame,
    write_agreement,
)

__all__ = [
    "AGREEMENT",
    "Agreement",
    "Ending",
    "Party",
    "add_look",
    "add_party",
    "add_session",
    "change_party",
    "conclude",
    "note_court",
    "open_mediation",
    "remove_party",
    "reopen",
    "repoint_household",
    "set_frame",
    "tick_look",
    "write_agreement",
]
