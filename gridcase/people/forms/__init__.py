"""Forms of posts, organisations, persons and certificates."""

from gridcase.people.forms.bodies import OrganisationForm, SeatForm, UnitForm
from gridcase.people.forms.covenants import (
    CovenantForm,
)
from gridcase.people.forms.decisions import (
    DecisionPapersForm,
    DecisionRulesForm,
    OpinionForm,
    ProposeForm,
    RemarkForm,
    StepForm,
    WordsForm,
)
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
from gridcase.people.forms.standing import (
    HonourForm,
    PartnerForm,
)

__all__ = [
    "AppointForm",
    "CovenantForm",
    "DayForm",
    "DecisionPapersForm",
    "DecisionRulesForm",
    "EditPostForm",
    "ElectionForm",
    "HonourForm",
    "NewPostForm",
    "OathForm",
    "OpinionForm",
    "OrganisationForm",
    "PartnerForm",
    "PersonForm",
    "PickForm",
    "PledgeForm",
    "ProgressForm",
    "ProposeForm",
    "RemarkForm",
    "RevealForm",
    "ReviewForm",
    "RevokeForm",
    "SeatForm",
    "StandInForm",
    "StepForm",
    "TagForm",
    "UnitForm",
    "UntagForm",
    "WordsForm",
]
