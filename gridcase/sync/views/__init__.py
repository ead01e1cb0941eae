"""What the phone asks for with its signed-in session, the own phones, and the page of items handed over."""

from gridcase.sync.views import devices, handed
from gridcase.sync.views.base import bp

__all__ = ["bp", "devices", "handed"]
