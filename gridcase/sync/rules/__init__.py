"""What an item may be, when it counts, and how a locked one is opened. Pure."""

from gridcase.sync.rules.bodies import Body, CaseBody, ChangeBody, DeedBody, ToldBody, VisitBody
from gridcase.sync.rules.items import FORMS, BadFields, Item, Kind, content_hash, read_item
from gridcase.sync.rules.limits import Counter
from gridcase.sync.rules.outcomes import ItemState, NotTaken, Reason
from gridcase.sync.rules.times import Times, put_right

__all__ = [
    "FORMS",
    "BadFields",
    "Body",
    "CaseBody",
    "ChangeBody",
    "Counter",
    "DeedBody",
    "Item",
    "ItemState",
    "Kind",
    "NotTaken",
    "Reason",
    "Times",
    "ToldBody",
    "VisitBody",
    "content_hash",
    "put_right",
    "read_item",
]
