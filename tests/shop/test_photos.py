"""A photo of goods: on the shelf for who reads pictures, missed by nobody where there is none."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from gridcase.audit import queries as audit
from gridcase.core.db import db
from gridcase.people.rules import Role
from tests.factories import shop as factory
from tests.factories.world import World
from tests.files.corpus import jpeg

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ClientAs = Callable[[Role | str], FlaskClient]
SOAP = {"name": "洗衣粉", "unit": "袋", "kind": "daily", "target": "all", "points": "8", "low_at": "5", "on_shelf": "y"}


@pytest.fixture
def shop(app: Flask, world: World) -> int:
    """A shop of village A with rice that nobody photographed."""
    with app.app_context():
        made = factory.open_shop(world.grids["village_a"], now=NOW)
        factory.shelve(made, 3, now=NOW)
        number = made.id
        db.session.remove()
    return number


def sent(content: bytes, name: str = "p.jpg", **more: str) -> dict[str, object]:
    return {**SOAP, **more, "photo": (io.BytesIO(content), name)}


def test_on_the_shelf_with_its_name_and_nothing_of_the_camera(app: Flask, client_as: ClientAs, shop: int) -> None:
    keeper, villager, shelf = client_as(Role.SHOP_KEEPER), client_as(Role.RESIDENT), f"/shop/{shop}"
    assert "goods-photo" not in villager.get(shelf).text, "no photo, and a shelf all the same"
    exif = Image.Exif()
    exif[0x010F] = "CAMERA-MAKER"
    answer = keeper.post(f"{shelf}/goods/new", data=sent(jpeg(Image.new("RGB", (900, 600), "teal"), exif=exif)))
    assert answer.status_code == 302
    goods = int(answer.location.rpartition("=")[2])
    assert f'/shop/goods/{goods}/photo/small?v=1" alt="洗衣粉"' in villager.get(shelf).text
    for url, size in ((f"/shop/goods/{goods}/photo", (900, 600)), (f"/shop/goods/{goods}/photo/small", (240, 160))):
        got = villager.get(url)
        assert got.content_type == "image/jpeg"
        assert b"CAMERA-MAKER" not in got.data
        assert Image.open(io.BytesIO(got.data)).size == size
    edit = f"/shop/goods/{goods}/edit"
    assert "去掉照片" in keeper.get(edit).text
    assert keeper.post(edit, data=sent(jpeg(), points="9")).status_code == 302
    assert f'/shop/goods/{goods}/photo/small?v=2"' in villager.get(shelf).text, "another one takes its place"
    assert keeper.post(edit, data={**SOAP, "points": "9", "no_photo": "y"}).status_code == 302
    assert "goods-photo" not in villager.get(shelf).text
    assert villager.get(f"/shop/goods/{goods}/photo").status_code == 404
    with app.app_context():
        deeds = [row.action for row in audit.history_of("shop", shop)]
        db.session.remove()
    assert deeds.count("shop.goods_photo") == 3


def test_what_is_no_photo_is_said_beside_its_field(client_as: ClientAs, shop: int) -> None:
    keeper = client_as(Role.SHOP_KEEPER)
    for content, words in ((b"%PDF-1.4\n%%EOF", "这里只收照片"), (b"<html>", "只收照片")):
        assert words in keeper.post(f"/shop/{shop}/goods/new", data=sent(content)).text
    assert "洗衣粉" not in keeper.get(f"/shop/{shop}/stock").text, "nothing was written"


def test_no_photo_for_who_does_not_reach_the_shop(client_as: ClientAs, app: Flask, world: World) -> None:
    with app.app_context():
        elsewhere = factory.open_shop(world.grids["far_town"], now=NOW)
        goods = factory.shelve(elsewhere, 0, now=NOW).id
        db.session.remove()
    assert client_as(Role.RESIDENT).get(f"/shop/goods/{goods}/photo").status_code == 404
    assert client_as(Role.AUDITOR).get(f"/shop/goods/{goods}/photo/small").status_code == 403
