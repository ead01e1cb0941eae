"""What may go wrong in a way a user should read."""

from __future__ import annotations

from gridcase.core.words import Text


class GridcaseError(Exception):
    """Base of the errors this system raises on purpose."""


class Refused(GridcaseError):
    """A request that cannot be done as asked: `text` says what to do, `field` names the form field it belongs to."""

    def __init__(self, text: Text, *, field: str | None = None) -> None:
        super().__init__(str(text))
        self.text = text
        self.field = field


class Missing(GridcaseError):
    """Not there, or not there for this viewer: both answer alike (404)."""


class Forbidden(GridcaseError):
    """The viewer holds no post that may do this (403)."""

    def __init__(self, text: Text | None = None) -> None:
        self.text = text
        super().__init__(str(text or ""))


class SetupProblem(GridcaseError):
    """The installation itself is wrong; the sentence says what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text
