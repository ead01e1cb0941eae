"""The small world with an object of each kind in each place, made once a worker and database."""

from __future__ import annotations

import pytest

from tests.conftest import MONDAY, Templates
from tests.factories import objects
from tests.factories.objects import Thing
from tests.factories.world import World
from tests.house import tables

Furnished = tuple[Templates, list[Thing]]
_furnished: dict[str, Furnished] = {}


@pytest.fixture(scope="session")
def furnished(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    """What is copied, and the objects in it."""
    if templates.kind not in _furnished:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GRIDCASE_NOW", MONDAY)
            made = templates.furnished(tmp_path_factory.mktemp("furnished"), _objects)
        _furnished[templates.kind] = made
    return _furnished[templates.kind]


def _objects(world: World) -> list[Thing]:
    things = objects.make(world)
    more = [thing for part in tables.PARTS for thing in part.things(world)]
    kinds = {thing.kind for thing in more} - {thing.kind for thing in things}
    return things + more + [Thing(kind, "missing", objects.MISSING_ID) for kind in sorted(kinds)]
