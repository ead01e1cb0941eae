"""Outlines drawn, typed and read from files through their pages; a home's pin and the cell it falls into."""

from __future__ import annotations

import io
import json
import re
from datetime import date

import pytest
from flask import Flask

from gridcase.core.db import db
from gridcase.core.geo_datum import wgs84_to_gcj02
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.people.rules import Role
from tests.dossier.test_grids import TODAY, ClientAs, text_of
from tests.factories.world import ORIGIN, SIZE, World


def ring_at(x: float, y: float, size: float = 0.004) -> list[list[float]]:
    west, south = ORIGIN[0] + x, ORIGIN[1] + y
    return [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]


def test_an_outline_is_drawn_and_typed(app: Flask, client_as: ClientAs, world: World) -> None:
    manager, cell = client_as(Role.TOWN_MANAGER), world.grids["village_a_cell_1"]
    page = manager.get(f"/grids/{cell}/outline").text
    assert "corner_lon-0" in page, "without JavaScript the corners can be typed"
    drawn = json.dumps({"type": "Polygon", "coordinates": [ring_at(0, 0)]})
    assert manager.post(f"/grids/{cell}/outline", data={"geojson": drawn, "datum": "wgs84"}).status_code == 302
    typed = {
        f"corner_{part}-{n}": str(point[i])
        for n, point in enumerate(ring_at(0, 0)[:4])
        for i, part in enumerate(("lon", "lat"))
    }
    assert manager.post(f"/grids/{cell}/outline", data={**typed, "datum": "wgs84"}).status_code == 302
    with app.app_context():
        kept = grids.outline_of(cell)
        db.session.remove()
    assert kept is not None
    assert kept.source == "drawn"
    assert len(kept.polygons[0][0]) == 5


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "三个角点"),
        ({"geojson": "{"}, "GeoJSON"),
        ({"geojson": '{"type":"Point","coordinates":[112.6,28.4]}'}, "认不出"),
        ({"geojson": json.dumps({"type": "Polygon", "coordinates": [ring_at(3, 3)]})}, "本县范围"),
        ({"corner_lon-0": "一百一十二", "corner_lat-0": "28"}, "要填数字"),
    ],
)
def test_a_drawing_that_is_none_is_refused(client_as: ClientAs, world: World, sent: dict[str, str], words: str) -> None:
    path = f"/grids/{world.grids['village_a_cell_1']}/outline"
    answer = client_as(Role.TOWN_MANAGER).post(path, data={**sent, "datum": "wgs84"})
    assert answer.status_code == 200
    assert words in answer.text


def test_a_far_off_outline_is_kept_with_a_warning(client_as: ClientAs, world: World) -> None:
    path = f"/grids/{world.grids['village_a_cell_1']}/outline"
    manager, far = client_as(Role.TOWN_MANAGER), json.dumps({"type": "Polygon", "coordinates": [ring_at(0.03, 0)]})
    assert manager.post(path, data={"geojson": far, "datum": "wgs84"}).status_code == 302
    assert "请核对坐标系" in text_of(manager, f"/grids/{world.grids['village_a_cell_1']}")


def test_a_file_is_read_looked_at_and_taken_over(app: Flask, client_as: ClientAs, world: World) -> None:
    manager, village = client_as(Role.TOWN_MANAGER), world.grids["village_a"]
    shifted = [list(wgs84_to_gcj02(x, y)) for x, y in ring_at(0, 0, SIZE / 2)]
    features = [
        {"type": "Feature", "properties": {"网格编码": code}, "geometry": {"type": "Polygon", "coordinates": [shifted]}}
        for code in ("990101100201Z01-001", "别处")
    ]
    data = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    sent = manager.post(f"/grids/{village}/import", data={"file": (io.BytesIO(data), "网格.geojson")})
    assert sent.status_code == 302
    draft = sent.location
    assert "先选定坐标系" in text_of(manager, draft)
    wrong = text_of(manager, f"{draft}?datum=wgs84")
    assert "离得太远" in wrong
    assert "换成这个坐标系再看" in wrong
    right = manager.get(f"{draft}?datum=gcj02").text
    assert "离得太远" not in right
    assert re.findall(r'name="take" value="(\d+)" checked', right) == ["1"]
    assert "没有对应的网格" in right
    none = manager.post(draft, data={"datum": "gcj02", "column": "网格编码"})
    assert "至少勾选一个" in none.text
    done = manager.post(draft, data={"datum": "gcj02", "column": "网格编码", "take": "1", "accuracy_m": "5"})
    assert done.status_code == 302
    page = text_of(manager, f"/grids/{world.grids['village_a_cell_1']}")
    assert "精度约 5 米" in page
    assert "网格.geojson" in page
    assert manager.get(draft).status_code == 404
    bad = manager.post(f"/grids/{village}/import", data={"file": (io.BytesIO(b"x"), "a.txt")})
    assert "认不出这个文件" in bad.text
    assert client_as(Role.COUNTY_MANAGER).get(draft).status_code == 404


def test_a_pin_is_moved_and_the_home_follows_when_asked(app: Flask, client_as: ClientAs, world: World) -> None:
    home, head = world.homes["village_a"][0], client_as(Role.VILLAGE_HEAD)
    path = f"/households/{home}/pin"
    assert "一致" in text_of(head, path)
    spot = wgs84_to_gcj02(ORIGIN[0] + 0.75 * SIZE, ORIGIN[1] + 0.25 * SIZE)
    sent = {"lon": str(spot[0]), "lat": str(spot[1]), "datum": "gcj02"}
    assert head.post(path, data=sent).status_code == 302
    page = text_of(head, path)
    assert "图上落在第2网格，现在登记在第1网格" in page
    early = head.post(f"{path}/move", data={"on": "2020-01-01"})
    assert "不能早于 2026年1月1日" in early.text
    assert head.post(f"{path}/move", data={"on": "2026-11-10"}).status_code == 302
    with app.app_context():
        village = db.session.get_one(Grid, world.grids["village_a"])
        of = {
            day: {row[0]: row[1] for row in db.session.execute(households.homes_on(village.path, on=day))}[home]
            for day in (date(2026, 11, 9), date(2026, 11, 10))
        }
        kept = households.place_of(home)
        db.session.remove()
    assert of == {
        date(2026, 11, 9): world.grids["village_a_cell_1"], date(2026, 11, 10): world.grids["village_a_cell_2"],
    }  # fmt: skip
    assert kept == pytest.approx((ORIGIN[0] + 0.75 * SIZE, ORIGIN[1] + 0.25 * SIZE), abs=1e-6)
    assert "一致" in text_of(head, path)


def test_a_pin_far_away_is_refused_and_one_outside_is_reported(client_as: ClientAs, world: World) -> None:
    path, head = f"/households/{world.homes['village_a'][0]}/pin", client_as(Role.VILLAGE_HEAD)
    swapped = head.post(path, data={"lon": "28.45", "lat": "112.6", "datum": "wgs84"})
    assert "本县范围" in swapped.text
    assert (
        head.post(path, data={"lon": str(ORIGIN[0] - 0.01), "lat": str(ORIGIN[1]), "datum": "wgs84"}).status_code == 302
    )
    assert "轮廓以外" in text_of(head, path)
    assert client_as(Role.LIAISON).get(path).status_code == 403
    foreign = f"/households/{world.homes['village_b'][0]}/pin"
    assert head.get(foreign).status_code == 404
    assert head.post(f"{foreign}/move", data={"on": TODAY}).status_code == 404
