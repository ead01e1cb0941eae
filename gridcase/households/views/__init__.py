"""Pages that change a household: its register, a family's life, its care tier."""

from gridcase.households.views.base import bp

__all__ = ["bp"]
