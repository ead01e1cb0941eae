"""Answers as the matrix reads them: what they say, without what takes the time to draw it.

A sheet of paper is its words, in plain text instead of a PDF with its letters embedded, so that a name on it is found;
an error page is which one it is and what it says, without the frame around it; and where the status is all that is
asked, the page behind it is not drawn. Who asks is looked up once an account: nothing the matrix does is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from typing import Any

import flask.templating
import pytest
from flask import get_flashed_messages

import gridcase.app
from gridcase.core import pdf_pages
from gridcase.core.paper import Block, Paper
from gridcase.core.permissions import Viewer
from gridcase.users.session import Account


class _Sheet:
    """Stands where `core.pdf_pages` draws."""

    def __init__(self, paper: Paper, _now: Any) -> None:
        self.words = [paper.office, paper.title, paper.number, paper.day]

    def add_page(self) -> None:
        """A page more looks the same."""

    def write_head(self) -> None:
        """It is in the words already."""

    def write_block(self, block: Block) -> None:
        """Everything a part of the sheet shows."""
        self.words.append(repr(astuple(block)))

    def output(self) -> bytes:
        """The file."""
        return "\n".join(self.words).encode()


def _error(template: str, *, message: str) -> str:
    """What would come out on the page: also a word an earlier step left for it."""
    return repr((template, message, get_flashed_messages()))


@dataclass
class Drawing:
    """Whether pages are drawn just now."""

    on: bool = True


@contextmanager
def plain_answers() -> Iterator[Drawing]:
    """While it lasts, papers and error pages are plain text, and what it yields turns the drawing off and on. The
    application is made inside."""
    drawing, draw, load = Drawing(), flask.templating._render, gridcase.app.load_viewer
    viewers: dict[int, Viewer] = {}

    def drawn(*page: Any) -> str:
        return draw(*page) if drawing.on else ""

    def viewer(account: Account) -> Viewer:
        user = account.viewer.user_id or 0
        if user not in viewers:
            viewers[user] = load(account)
        return viewers[user]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gridcase.app, "load_viewer", viewer)
        patch.setattr(pdf_pages, "_Sheet", _Sheet)
        patch.setattr(gridcase.app, "render_template", _error)
        patch.setattr(flask.templating, "_render", drawn)
        yield drawing
