"""Writing places, sections, outlines and settings: one function is one thing a person does."""

from gridcase.grid.service.outlines import draw_outline, keep_draft, set_outline, take_over
from gridcase.grid.service.places import (
    EDITED,
    add_grid,
    add_place,
    add_resource,
    close_grid,
    edit_grid,
    end_resource,
    level_below,
    set_lines,
)
from gridcase.grid.service.sections import SECTION_EDITED, add_section, close_section, rename_section
from gridcase.grid.service.settings import set_naming, set_setting, set_sizes

__all__ = [
    "EDITED",
    "SECTION_EDITED",
    "add_grid",
    "add_place",
    "add_resource",
    "add_section",
    "close_grid",
    "close_section",
    "draw_outline",
    "edit_grid",
    "end_resource",
    "keep_draft",
    "level_below",
    "rename_section",
    "set_lines",
    "set_naming",
    "set_outline",
    "set_setting",
    "set_sizes",
    "take_over",
]
