"""Tables of persons, posts, organisations and liaison representatives."""

from gridcase.people.models.bodies import Organisation, PersonTag, Pledge, PledgeItem, Seat
from gridcase.people.models.councils import Partner, VillageHonour
from gridcase.people.models.covenant import Covenant, CovenantSignature, FamilyMotto
from gridcase.people.models.decisions import Decision, DecisionPaper, DecisionRemark, DecisionStep
from gridcase.people.models.liaisons import CardConsent, Certificate, FirstVisit
from gridcase.people.models.posts import Holding, Person, Post, Unit
from gridcase.people.models.service_points import ServicePoint

__all__ = [
    "CardConsent",
    "Certificate",
    "Covenant",
    "CovenantSignature",
    "Decision",
    "DecisionPaper",
    "DecisionRemark",
    "DecisionStep",
    "FamilyMotto",
    "FirstVisit",
    "Holding",
    "Organisation",
    "Partner",
    "Person",
    "PersonTag",
    "Pledge",
    "PledgeItem",
    "Post",
    "Seat",
    "ServicePoint",
    "Unit",
    "VillageHonour",
]
