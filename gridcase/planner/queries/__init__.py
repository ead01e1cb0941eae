"""Reading for the planner: what a village looks like today, proposals, coverage."""
