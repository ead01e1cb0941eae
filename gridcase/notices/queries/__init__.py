"""Reading: the inbox, the channels and what waits in them."""

from gridcase.notices.queries.channels import (
    Queue,
    given_up_under,
    kept_too_long,
    leaving_by,
    of_person,
    of_places,
    one_of_person,
    one_of_place,
    places_for,
    queues_of,
    queues_under,
    shut_channels,
    stale_channels,
)
from gridcase.notices.queries.inbox import (
    Heard,
    Telling,
    about,
    get_notice,
    heard,
    inbox,
    told_about,
    unread_about,
    unread_count,
    was_told,
)

__all__ = [
    "Heard", "Queue", "Telling", "about", "get_notice", "given_up_under", "heard", "inbox", "kept_too_long",
    "leaving_by", "of_person", "of_places", "one_of_person", "one_of_place", "places_for", "queues_of", "queues_under",
    "shut_channels", "stale_channels", "told_about", "unread_about", "unread_count", "was_told",
]  # fmt: skip
