"""What becomes of each row: new, changed, ended, the same, or wrong; one check a register."""

from __future__ import annotations

from collections.abc import Mapping

from gridcase.exchange.service.checking.base import Check
from gridcase.exchange.service.checking.bodies import OrganisationsCheck
from gridcase.exchange.service.checking.circles import CirclesCheck, NominationsCheck
from gridcase.exchange.service.checking.homes import HouseholdsCheck, MembersCheck
from gridcase.exchange.service.checking.places import PlacesCheck, SectionsCheck, UnitsCheck
from gridcase.exchange.service.checking.posts import LiaisonsCheck, PostsCheck

CHECKS: Mapping[str, type[Check]] = {
    "places": PlacesCheck,
    "sections": SectionsCheck,
    "units": UnitsCheck,
    "posts": PostsCheck,
    "liaisons": LiaisonsCheck,
    "households": HouseholdsCheck,
    "members": MembersCheck,
    "organisations": OrganisationsCheck,
    "circles": CirclesCheck,
    "nominations": NominationsCheck,
}

__all__ = ["CHECKS", "Check"]
