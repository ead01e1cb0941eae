"""What can only be decided where the whole picture is known: whether a place is free to be closed."""

from __future__ import annotations

from datetime import date, datetime

from gridcase.core.clock import town_day
from gridcase.core.permissions import Viewer
from gridcase.dossier import queries
from gridcase.grid import service as grids
from gridcase.grid.models import Grid, Section


def close_grid(grid: Grid, *, actor: Viewer, on: date, now: datetime) -> None:
    """Close a place that holds no homes, open cases or posts any more; `Refused` says what it still holds."""
    grids.close_grid(grid, actor=actor, on=on, held=queries.held_by(grid, today=town_day(now)), now=now)


def close_section(section: Section, *, actor: Viewer, on: date, now: datetime) -> None:
    """Close a section that holds no posts and homes any more; `Refused` says what it still holds."""
    grids.close_section(
        section, actor=actor, on=on, held=queries.held_by_section(section, today=town_day(now)), now=now
    )
