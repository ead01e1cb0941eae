"""Operations that reach into several rooms at once: closing a place, merging what was written twice."""

from gridcase.dossier.service.closing import close_grid, close_section
from gridcase.dossier.service.merging import merge_homes, merge_persons

__all__ = ["close_grid", "close_section", "merge_homes", "merge_persons"]
