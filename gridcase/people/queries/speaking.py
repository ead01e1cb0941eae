"""For whom somebody speaks who says yes for a home: for the own one, or from a post."""

from __future__ import annotations

from dataclasses import dataclass

from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import covers
from gridcase.core.words import N_
from gridcase.people.rules import Role

NOT_FOR_ITSELF = N_("这一户的同意要由户里自己或联户代表来登记；您只能登记不同意。")


@dataclass(frozen=True)
class Spoken:
    """From which post it is said (None: by the home itself), and whether that person hangs the lists of the place."""

    post_id: int | None
    judges: bool


def speaks_as(actor: Viewer, *, path: str, household_id: int) -> Spoken:
    """How the actor speaks for a home. Who hangs the red list must not write down that others agree to stand on it."""
    held = [
        grant
        for grant in actor.grants_with(Permission.DECLARE_POINTS)
        if covers(grant, path=path, section_id=None, household_id=household_id)
    ]
    if any(grant.role == Role.RESIDENT for grant in held) or actor.kind == "job":
        return Spoken(None, judges=False)
    gives = any(grant.path and path.startswith(grant.path) for grant in actor.grants_with(Permission.GIVE_AWARDS))
    return Spoken(next((grant.post_id for grant in held if grant.post_id is not None), None), judges=gives)
