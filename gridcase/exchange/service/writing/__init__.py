"""Staged rows into the registers: one writer a register, a handful of statements a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gridcase.exchange.service.writing.base import Batch
from gridcase.exchange.service.writing.bodies import write_organisations
from gridcase.exchange.service.writing.circles import write_circles, write_nominations
from gridcase.exchange.service.writing.homes import write_households, write_members
from gridcase.exchange.service.writing.places import write_places, write_sections, write_units
from gridcase.exchange.service.writing.posts import write_posts

WRITERS: Mapping[str, Callable[[Batch], None]] = {
    "places": write_places,
    "sections": write_sections,
    "units": write_units,
    "posts": write_posts,
    "liaisons": write_posts,
    "households": write_households,
    "members": write_members,
    "organisations": write_organisations,
    "circles": write_circles,
    "nominations": write_nominations,
}

__all__ = ["WRITERS", "Batch"]
