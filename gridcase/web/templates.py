"""How Jinja is set up here."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class Templates(Environment):
    """Flask's environment. A template's globals are one dict, made when it is loaded: Jinja's chain of two is walked in
    Python at every page and at every import of a macro."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template: those of the application, all of them known before the first page."""
        return {**self.globals, **(d or {})}
