"""What a phone takes along, whose home was whose, what was handed in already."""

from gridcase.sync.queries.handed import authors, handed_for, kept_item, one_handed, restricted
from gridcase.sync.queries.items import by_uuid, confirmed, old_answers
from gridcase.sync.queries.sealed import kept_count, kept_of, one_kept, sealed
from gridcase.sync.queries.sight import Right, ever_had, homes_known, right_over, viewer_on
from gridcase.sync.queries.uploads import upload
from gridcase.sync.queries.working_set import account, working_set

__all__ = [
    "Right",
    "account",
    "authors",
    "by_uuid",
    "confirmed",
    "ever_had",
    "handed_for",
    "homes_known",
    "kept_count",
    "kept_item",
    "kept_of",
    "old_answers",
    "one_handed",
    "one_kept",
    "restricted",
    "right_over",
    "sealed",
    "upload",
    "viewer_on",
    "working_set",
]
