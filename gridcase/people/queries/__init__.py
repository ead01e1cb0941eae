"""Reading persons, posts, units and the three lines; the grants of a person's posts."""

from gridcase.people.queries.lines import LeaderRow, leaders_without_line, villages_without_fulltime
from gridcase.people.queries.posts import (
    HANDLER_ROLES,
    UNIT_SCOPED,
    get_post,
    get_unit,
    grant_of,
    holders_of,
    posts_at,
    posts_held_by,
    units_for,
    valid_on,
)

__all__ = [
    "HANDLER_ROLES",
    "UNIT_SCOPED",
    "LeaderRow",
    "get_post",
    "get_unit",
    "grant_of",
    "holders_of",
    "leaders_without_line",
    "posts_at",
    "posts_held_by",
    "units_for",
    "valid_on",
    "villages_without_fulltime",
]
