"""Reading households: who sees which, the list, who lives in one, circles, places by day, a family's life."""

from gridcase.households.queries.circles import (
    due_in_circle,
    has_liaison,
    liaison_posts_of,
    name_circles,
    visits_due_by_post,
)
from gridcase.households.queries.families import (
    Trusted,
    changes_of,
    circles_of,
    count_named,
    count_open,
    get_change,
    kinships_of,
    nominated_by,
    open_changes,
    places_of,
    successor_of,
    trusted_in,
)
from gridcase.households.queries.homes import Filters, members_of, names_of, page, place_of
from gridcase.households.queries.members import (
    adults_named,
    away_of,
    fate_of,
    home_of,
    lines_of_home,
    member_of,
)
from gridcase.households.queries.places import check, homes_on
from gridcase.households.queries.sight import anywhere, by_code, due, due_day, get_household, standing, visible

__all__ = [
    "Filters",
    "Trusted",
    "adults_named",
    "anywhere",
    "away_of",
    "by_code",
    "changes_of",
    "check",
    "circles_of",
    "count_named",
    "count_open",
    "due",
    "due_day",
    "due_in_circle",
    "fate_of",
    "get_change",
    "get_household",
    "has_liaison",
    "home_of",
    "homes_on",
    "kinships_of",
    "liaison_posts_of",
    "lines_of_home",
    "member_of",
    "members_of",
    "name_circles",
    "names_of",
    "nominated_by",
    "open_changes",
    "page",
    "place_of",
    "places_of",
    "standing",
    "successor_of",
    "trusted_in",
    "visible",
    "visits_due_by_post",
]
