"""Tables of persons, posts, organisations and liaison representatives."""

from gridcase.people.models.bodies import Organisation, PersonTag, Pledge, PledgeItem, Seat
from gridcase.people.models.decisions import Decision, DecisionStep
from gridcase.people.models.liaisons import CardConsent, Certificate, FirstVisit
from gridcase.people.models.posts import Holding, Person, Post, Unit

__all__ = [
    "CardConsent",
    "Certificate",
    "Decision",
    "DecisionStep",
    "FirstVisit",
    "Holding",
    "Organisation",
    "Person",
    "PersonTag",
    "Pledge",
    "PledgeItem",
    "Post",
    "Seat",
    "Unit",
]
