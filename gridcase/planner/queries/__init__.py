"""Reading for the planner: what a village looks like today, proposals, coverage."""

from gridcase.planner.queries.reorganise import with_former_places
from gridcase.planner.queries.work import OpenWork, open_work

__all__ = ["OpenWork", "open_work", "with_former_places"]
