"""Pure rules of the planner: cells and circles proposed, and what can be kept at all; changes of them."""
