"""Who is looking, without a request."""

from __future__ import annotations

from gridcase.app import with_places
from gridcase.core import clock
from gridcase.core.permissions import Viewer
from gridcase.users import queries as users
from gridcase.users.models import User


def viewer_from(user: User) -> Viewer:
    """The viewer of an account with the places of its posts, as a request would load it."""
    return with_places(users.viewer_of(user, now=clock.now()))
