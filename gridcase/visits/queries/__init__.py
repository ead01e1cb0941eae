"""Reading visits: the day of somebody who visits, and what was noted before."""

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
    open_demands,
    visits_this_month,
)
from gridcase.visits.queries.past import by_uuid, last_counted_mode, last_visit, visits_of

__all__ = [
    "CIRCLE_MOST",
    "CircleDay",
    "CircleHome",
    "Demand",
    "Last",
    "by_uuid",
    "circle_day",
    "coming_homes",
    "due_count",
    "due_homes",
    "last_counted_mode",
    "last_visit",
    "open_demands",
    "visits_of",
    "visits_this_month",
]
