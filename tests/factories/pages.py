"""What tests of pages share: the words a reader sees, and the statements a request costs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import event

from gridcase.core.db import db


def body(page: Any) -> str:
    """The visible words of a page's main part."""
    text = page.text
    main = text[text.index("<main") : text.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def statements(app: Flask, act: Callable[[], object]) -> list[str]:
    """What a request sends to the database, besides opening transactions."""
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sent
