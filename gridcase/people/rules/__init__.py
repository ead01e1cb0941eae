"""Roles and rights, units, organisations, lines, certificates: pure."""

from gridcase.people.rules.bodies import THREE_IN_ONE, Absence, BodyKind, LeaderSource, PledgeReview, Tag
from gridcase.people.rules.levels import misplaced
from gridcase.people.rules.liaisons import (
    CERTIFICATE_SETTING,
    Candidate,
    MeetingKind,
    Standing,
    certificate_number,
    standing_on,
)
from gridcase.people.rules.lines import LINE_ROLES, ThreeLine
from gridcase.people.rules.roles import HOUSEHOLD_ROLES, OFFICES, ROLE_PERMISSIONS, Role, UnitKind

__all__ = [
    "CERTIFICATE_SETTING",
    "HOUSEHOLD_ROLES",
    "LINE_ROLES",
    "OFFICES",
    "ROLE_PERMISSIONS",
    "THREE_IN_ONE",
    "Absence",
    "BodyKind",
    "Candidate",
    "LeaderSource",
    "MeetingKind",
    "PledgeReview",
    "Role",
    "Standing",
    "Tag",
    "ThreeLine",
    "UnitKind",
    "certificate_number",
    "misplaced",
    "standing_on",
]
