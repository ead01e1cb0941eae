"""x"""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.factories.world import World


def test_smoke(client_as: Callable[[str], FlaskClient], world: World) -> None:
    for role in ("town_manager", "village_head", "county_manager", "section_leader", "grid_leader", "deputy"):
        c = client_as(role)
        for path in (
            "/grids/",
            "/grids/?level=cell",
            "/grids/?q=sh",
            "/grids/?q=上河",
            "/grids/?q=9901",
            "/grids/?line=party",
            "/grids/?on=2025-01-01",
            "/grids/sections",
        ):
            r = c.get(path)
            print(role, path, r.status_code, len(r.text))
            assert r.status_code == 200
        for key in ("village_a", "village_a_cell_1", "town"):
            for tail in (
                "",
                "/print",
                "/edit",
                "/add",
                "/lines",
                "/sizes",
                "/naming",
                "/outline",
                "/import",
                "/close",
                "/resources/add",
                "/sections/add",
            ):
                r = c.get(f"/grids/{world.grids[key]}{tail}")
                print(role, key, tail, r.status_code)
        r = c.get(f"/households/{world.homes['circle'][0]}/pin")
        print(role, "pin", r.status_code)
