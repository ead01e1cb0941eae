"""The three lines: through whom a home's word reaches the grid; a grid leader should hold one of them. Pure."""

from __future__ import annotations

from gridcase.core.labels import Labelled
from gridcase.core.words import N_
from gridcase.people.rules.roles import Role


class ThreeLine(Labelled):
    """Party contact, deputy of the people's congress, head of the centre household."""

    PARTY = "party", N_("联系党员")
    DEPUTY = "deputy", N_("人大代表")
    CENTER = "center", N_("中心户长")


# The centre household head is the liaison representative, whatever the village calls the post.
LINE_ROLES = {ThreeLine.PARTY: Role.PARTY_CONTACT, ThreeLine.DEPUTY: Role.DEPUTY, ThreeLine.CENTER: Role.LIAISON}
