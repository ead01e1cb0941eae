"""The table of rights of the registers, a part a file: who may enter which route, and what its id names."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

PARTS: tuple[ModuleType, ...] = tuple(
    import_module(f"{__name__}.{part.name}") for part in iter_modules(__path__) if not part.name.startswith("_")
)
