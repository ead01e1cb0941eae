"""Reading for the planner: what a village looks like today, proposals, coverage."""

from gridcase.planner.queries.reorganise import with_former_places

__all__ = ["with_former_places"]
