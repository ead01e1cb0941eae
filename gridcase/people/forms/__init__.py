"""Forms of posts, organisations, persons and certificates."""

from gridcase.people.forms.bodies import OrganisationForm, SeatForm, UnitForm
from gridcase.people.forms.liaisons import ElectionForm, OathForm, RevokeForm
from gridcase.people.forms.persons import (
    PersonForm,
    PledgeForm,
    ProgressForm,
    RevealForm,
    ReviewForm,
    TagForm,
    UntagForm,
)
from gridcase.people.forms.posts import AppointForm, DayForm, EditPostForm, NewPostForm, PickForm, StandInForm

__all__ = [
    "AppointForm",
    "DayForm",
    "EditPostForm",
    "ElectionForm",
    "NewPostForm",
    "OathForm",
    "OrganisationForm",
    "PersonForm",
    "PickForm",
    "PledgeForm",
    "ProgressForm",
    "RevealForm",
    "ReviewForm",
    "RevokeForm",
    "SeatForm",
    "StandInForm",
    "TagForm",
    "UnitForm",
    "UntagForm",
]
