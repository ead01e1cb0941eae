"""Writing: proposals made, confirmed, refused; reorganisation."""

from gridcase.planner.service.reorganise import confirm, may_confirm, settle_day, withdraw

__all__ = ["confirm", "may_confirm", "settle_day", "withdraw"]
