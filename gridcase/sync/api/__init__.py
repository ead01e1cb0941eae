"""The interface of the device: every route here asks for its token and looks at no session."""

from gridcase.sync.api import items, openapi, photos, sealed
from gridcase.sync.api.base import bp

__all__ = ["bp", "items", "openapi", "photos", "sealed"]
