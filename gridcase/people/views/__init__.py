"""Pages of posts, units, organisations, persons, certificates and the three lines."""

from gridcase.people.views import (
    bodies,
    certificates,
    councils,
    covenants,
    decisions,
    lines,
    papers,
    persons,
    pledges,
    posts,
    standing,
    units,
)
from gridcase.people.views.base import NAV, bp

__all__ = [
    "NAV",
    "bodies",
    "bp",
    "certificates",
    "councils",
    "covenants",
    "decisions",
    "lines",
    "papers",
    "persons",
    "pledges",
    "posts",
    "standing",
    "units",
]
