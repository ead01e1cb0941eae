"""Keeping files: `prepare` does the slow work outside of any transaction, `keep` writes the row inside one."""

from gridcase.files.service.keeping import Prepared, check, keep, open_file, prepare, sweep

__all__ = ["Prepared", "check", "keep", "open_file", "prepare", "sweep"]
