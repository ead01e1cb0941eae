"""What a role sees first: its work, never a page of settings."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from gridcase.people.rules import Role


@pytest.mark.parametrize(
    ("role", "first"),
    [(Role.LIAISON, "/visits/"), (Role.DISPATCHER, "/cases/"), (Role.COUNTY_MANAGER, "/dashboard/")],
)
def test_the_first_page_is_work(client_as: Callable[[Role], FlaskClient], role: Role, first: str) -> None:
    assert client_as(role).get("/").location == first
