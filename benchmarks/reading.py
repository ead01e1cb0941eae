"""The pages people open all day, search, figures and the reading interface, each beside its floor."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient
from sqlalchemy import select

from benchmarks.floors import Floor
from benchmarks.ground import Ground
from benchmarks.line import Line, compared, statements
from benchmarks.timing import side_by_side
from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.core.paging import encode_mark
from gridcase.grid import queries as grids
from gridcase.seed.scale import texts

DESK = "dispatcher"
DEEP = 0.9  # of the list's depth


def pages(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """Pages by a signed-in account, with the SQL statements each takes."""
    desk, liaison = ground.client(DESK), ground.client("liaison")
    deep, case = _next_page(desk, "/cases/?tab=all"), f"/cases/{floor.case}"
    for measure, client, path, beside in (
        ("case list, page 1", desk, "/cases/?tab=village", "/list"),
        ("case list, all, page 2", desk, deep, "/list"),
        ("case list of a liaison", liaison, "/cases/?tab=village", "/list"),
        ("case detail", desk, case, "/one"),
        ("case detail beside a list", desk, case, "/list"),
        ("figures", desk, "/dashboard/", "/counts"),
        ("map page", desk, "/map/", "/list"),
        ("a page with next to nothing", desk, "/account/password", "/list"),
    ):
        yield from _asked(ground, floor, measure, client, path, beside, seconds)


def reading(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """The same cases as JSON: the first page, one far down, one case."""
    desk = ground.client(DESK)
    for measure, path, beside in (
        ("JSON list", "/api/cases/?tab=village", "/json_rows"),
        ("JSON list, deep", f"/api/cases/?tab=all&after={_deep_mark(ground, floor)}", "/json_rows"),
        ("JSON detail", f"/api/cases/{floor.case}", "/json_one"),
        ("JSON with nothing", "/api/sync/session", "/json_one"),
    ):
        yield from _asked(ground, floor, measure, desk, path, beside, seconds)


def searching(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """The search page for words of two and of four characters, common ones and rare ones in turn."""
    client, coined, lines = ground.client(DESK), texts.coined(), {}
    two = [*texts.THINGS[:3], *[word for word in coined if len(word) == 2][:6]]
    pairs = [f"{a}{b}" for a in texts.THINGS[:3] for b in texts.TROUBLES[:2] if len(a + b) == 4]
    four = [*pairs[:3], *[word for word in coined if len(word) == 4][:6]]
    for length, words in ((2, two), (4, four)):
        name = f"search, {length} characters"
        lines[length] = compared(name, side_by_side(
            _all(client, [f"/search?q={quote(word)}" for word in words]), _times(floor.page("/list"), len(words)),
            seconds=seconds, watch=floor.watch,
        ), each=len(words))  # fmt: skip
        yield lines[length]
        backend, many = floor.database(), _all(client, [f"/search?q={quote(word)}" for word in words])
        many()
        yield Line(f"{name}, in the database", (floor.database() - backend) * 1000 / len(words) + 1e-6, "ms")
    yield Line("search, 2 characters by 4", lines[2].value / lines[4].value, "times")


def locating(ground: Ground, floor: Floor, seconds: float) -> Iterator[Line]:
    """From a point to its cell, as the intake asks it."""
    at = floor.rows(f"SELECT ST_X(geom), ST_Y(geom) FROM case_point WHERE case_id = {floor.case}")[0]
    village = floor.rows(f"SELECT path FROM grid WHERE id = {floor.village}")[0][0]

    def job() -> None:
        with ground.app.app_context():
            assert grids.cell_at(float(at[0]), float(at[1]), village_path=village) is not None
            db.session.remove()

    yield compared("point to grid", side_by_side(job, floor.page("/hello"), seconds=seconds, watch=floor.watch))


def _asked(
    ground: Ground, floor: Floor, measure: str, client: FlaskClient, path: str, beside: str, seconds: float
) -> Iterator[Line]:  # fmt: skip
    pair = side_by_side(get(client, path), floor.page(beside), seconds=seconds, watch=floor.watch)
    yield compared(measure, pair)
    with statements(ground) as counted:
        get(client, path)()
    yield Line(f"{measure}, SQL statements", len(counted), "statements")


def get(client: FlaskClient, path: str) -> Callable[[], Any]:
    """Ask for a page that must be there."""

    def ask() -> Any:
        response = client.get(path)
        assert response.status_code == 200, f"{path}: {response.status}"
        return response

    return ask


def _all(client: FlaskClient, paths: list[str]) -> Callable[[], None]:
    def ask() -> None:
        for path in paths:
            get(client, path)()

    return ask


def _times(job: Callable[[], object], times: int) -> Callable[[], None]:
    def many() -> None:
        for _ in range(times):
            job()

    return many


def _next_page(client: FlaskClient, path: str) -> str:
    """The address of the second page, as the first one links it."""
    html = client.get(path).get_data(as_text=True)
    found = re.search(r'href="([^"]*after=[^"]+)"', html)
    assert found is not None, "the list has no second page"
    return found[1].replace("&amp;", "&")


def _deep_mark(ground: Ground, floor: Floor) -> str:
    """The mark of a row nine tenths down the list of the desk's town."""
    own = Case.town_id == floor.town
    with ground.app.app_context():
        count = db.session.query(Case).filter(own).count()
        newest = select(Case.registered_at, Case.id).where(own).order_by(Case.registered_at.desc(), Case.id.desc())
        row = db.session.execute(newest.offset(int(count * DEEP)).limit(1)).one()
        db.session.remove()
    return encode_mark([row.registered_at.isoformat(), row.id])
