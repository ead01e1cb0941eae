"""Taking in what phones hand in: one item, one transaction, one row."""

from gridcase.sync.service.taking import Answered, IdReused, Sender, take

__all__ = ["Answered", "IdReused", "Sender", "take"]
