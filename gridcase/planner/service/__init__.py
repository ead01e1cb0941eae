"""Writing: proposals made, confirmed, refused; reorganisation."""

from gridcase.planner.service.plans import ask, confirm, make_at_once, refuse, show, take_up_forgotten, work_out

__all__ = ["ask", "confirm", "make_at_once", "refuse", "show", "take_up_forgotten", "work_out"]
