"""Reading households: who sees which, the list, who lives in one, circles, places by day."""

from gridcase.households.queries.circles import due_in_circle, liaison_posts_of, name_circles, visits_due_by_post
from gridcase.households.queries.homes import Filters, members_of, names_of, page, place_of
from gridcase.households.queries.places import check, homes_on
from gridcase.households.queries.sight import get_household, visible

__all__ = [
    "Filters",
    "check",
    "due_in_circle",
    "get_household",
    "homes_on",
    "liaison_posts_of",
    "members_of",
    "name_circles",
    "names_of",
    "page",
    "place_of",
    "visible",
    "visits_due_by_post",
]
