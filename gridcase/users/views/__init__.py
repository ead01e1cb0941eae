"""Pages of sign-in, the own password, and accounts."""

from gridcase.users.views import accounts, password, sign_in
from gridcase.users.views.base import NAV, bp

__all__ = ["NAV", "accounts", "bp", "password", "sign_in"]
