"""The ear of `tests.house.asked` misses no way to read a link."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, request

from tests.house.asked import listening

WAYS: dict[str, Callable[[], object]] = {
    "by name": lambda: request.args.get("q"),
    "by index": lambda: request.args["q"] if "q" in request.args else "",  # noqa: SIM401
    "every value": lambda: request.args.getlist("q"),
    "with the form": lambda: request.values.get("q"),
    "as a dictionary": lambda: dict(request.args),
    "flat": lambda: request.args.to_dict(),
    "pair by pair": lambda: list(request.args.items()),
    "is there any": lambda: bool(request.args),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_read_is_heard(way: str) -> None:
    app = Flask("asked")
    app.add_url_rule("/", view_func=lambda: str(WAYS[way]()))
    with listening(app) as asked:
        app.test_client().get("/")
    assert asked.any_of("q=1")


def test_what_nobody_reads_is_not_heard() -> None:
    app = Flask("asked")
    app.add_url_rule("/", view_func=lambda: request.args.get("other", "nothing"))
    with listening(app) as asked:
        app.test_client().get("/?q=1")
    assert not asked.any_of("q=2&village=")
    assert asked.any_of("q=2&other=")
