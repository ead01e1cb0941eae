"""Operations on a home that reach into several rooms at once."""

from gridcase.dossier.service.merging import merge_homes, merge_persons

__all__ = ["merge_homes", "merge_persons"]
