"""Pages of posts, units, organisations, persons, certificates and the three lines."""

from gridcase.people.views import bodies, certificates, decisions, lines, papers, persons, pledges, posts, units
from gridcase.people.views.base import NAV, bp

__all__ = [
    "NAV",
    "bodies",
    "bp",
    "certificates",
    "decisions",
    "lines",
    "papers",
    "persons",
    "pledges",
    "posts",
    "units",
]
