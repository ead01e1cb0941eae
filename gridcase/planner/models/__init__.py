"""Tables of the room: proposals of cells and circles, changes of them."""

from gridcase.planner.models.proposals import Plan, PlanRow, PlanTarget
from gridcase.planner.models.reorganise import GridLineage, HandoverItem, HandoverSheet, PostChange, Reorganisation

__all__ = [
    "GridLineage",
    "HandoverItem",
    "HandoverSheet",
    "Plan",
    "PlanRow",
    "PlanTarget",
    "PostChange",
    "Reorganisation",
]
