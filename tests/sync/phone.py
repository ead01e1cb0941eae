"""A phone as the server meets it: made known with a session, then nothing but its token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gridcase.core import clock

ClientAs = Callable[[str], FlaskClient]


@dataclass
class Phone:
    """One phone of one account. `slow` is how far its clock is behind."""

    app: Flask
    made: dict[str, Any]
    slow: timedelta = field(default_factory=timedelta)

    @property
    def auth(self) -> dict[str, str]:
        """What every request carries."""
        return {"Authorization": f"Bearer {self.made['token']}"}

    def ask(self, method: str, path: str, **more: Any) -> TestResponse:
        """One request without any cookie."""
        headers = {**self.auth, **more.pop("headers", {})}
        return self.app.test_client(use_cookies=False).open(f"/api/sync/{path}", method=method, headers=headers, **more)

    def now(self) -> datetime:
        """The phone's own clock."""
        return clock.now() - self.slow

    def visit(self, home: int, *, ago: timedelta = timedelta(minutes=10), **more: Any) -> dict[str, Any]:
        """A visit as it lies in the outbox."""
        at = (self.now() - ago).isoformat()
        body = {"visited_at": at, "mode": "home", "met": 2, "state": "safe", "purpose": "care", "ticks": ["water"]}
        return self.item("visit", home, body | more, made_at=at)

    def item(self, kind: str, home: int | None, body: dict[str, Any], *, made_at: str | None = None) -> dict[str, Any]:
        """Any item."""
        made_at = made_at or self.now().isoformat()
        return {"id": str(uuid4()), "kind": kind, "form": 1, "made_at": made_at, "home": home, "body": body}

    def send(self, item: dict[str, Any], *, to: str = "items") -> TestResponse:
        """Hand an item in, with the time of sending as this phone has it."""
        return self.ask("POST", to, json={"sent_at": self.now().isoformat(), **item})


def known(client_as: ClientAs, role: str, *, slow: timedelta | None = None) -> Phone:
    """A new phone of a role's account."""
    client = client_as(role)
    answer = client.post("/api/sync/devices", json={"label": f"{role}的手机"})
    assert answer.status_code == 201, answer.text
    return Phone(client.application, answer.json, slow or timedelta())
