"""Forms of the room: shape only, choices are handed in."""

from gridcase.households.forms.homes import HomeForm, MemberForm, NewHomeForm, RelocateForm
from gridcase.households.forms.life import (
    ArrivalForm,
    BirthForm,
    DeathForm,
    DepartureForm,
    HeadForm,
    ProposalForm,
    RefusalForm,
    SplitForm,
)

__all__ = [
    "ArrivalForm",
    "BirthForm",
    "DeathForm",
    "DepartureForm",
    "HeadForm",
    "HomeForm",
    "MemberForm",
    "NewHomeForm",
    "ProposalForm",
    "RefusalForm",
    "RelocateForm",
    "SplitForm",
]
