"""Tables of the room: proposals of cells and circles."""

from gridcase.planner.models.plans import Plan, PlanRow, PlanTarget

__all__ = ["Plan", "PlanRow", "PlanTarget"]
