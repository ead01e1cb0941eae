"""Reading for the planner: what a village looks like today, proposals, coverage."""

from gridcase.planner.queries.plans import (
    get_place,
    get_plan,
    groups_of,
    homes_of_persons,
    left_empty,
    moves,
    names_before,
    newest,
    plans_of,
    points,
    targets,
    villages,
)
from gridcase.planner.queries.today import read_village, still_true, wishes_of, work_of

__all__ = [
    "get_place",
    "get_plan",
    "groups_of",
    "homes_of_persons",
    "left_empty",
    "moves",
    "names_before",
    "newest",
    "plans_of",
    "points",
    "read_village",
    "still_true",
    "targets",
    "villages",
    "wishes_of",
    "work_of",
]
