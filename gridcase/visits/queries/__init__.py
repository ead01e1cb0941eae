"""Reading visits: the day of somebody who visits, and what was noted before."""

from gridcase.visits.queries import sheets, signs
from gridcase.visits.queries.day import (
    CIRCLE_MOST,
    CircleDay,
    CircleHome,
    Demand,
    Last,
    circle_day,
    coming_homes,
    due_count,
    due_homes,
    is_first,
    last_of,
    not_met,
    open_demands,
    own_circle,
    visits_this_month,
)
from gridcase.visits.queries.deeds import deed_by_uuid, deed_to_declare, good_deeds
from gridcase.visits.queries.past import by_uuid, errands_of, last_counted_mode, last_visit, visits_of
from gridcase.visits.queries.photos import get_photo, photos_of

__all__ = [
    "CIRCLE_MOST",
    "CircleDay",
    "CircleHome",
    "Demand",
    "Last",
    "by_uuid",
    "circle_day",
    "coming_homes",
    "deed_by_uuid",
    "deed_to_declare",
    "due_count",
    "due_homes",
    "errands_of",
    "get_photo",
    "good_deeds",
    "is_first",
    "last_counted_mode",
    "last_of",
    "last_visit",
    "not_met",
    "open_demands",
    "own_circle",
    "photos_of",
    "sheets",
    "signs",
    "visits_of",
    "visits_this_month",
]
