"""Forty files through the front door: none of what they hid comes out again, and nothing is served as a page."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from gridcase.cases.models import Case, CaseFile
from gridcase.cases.rules import Channel
from gridcase.core.config import Config
from gridcase.core.db import db
from gridcase.people.rules import Role
from tests.factories.pages import body
from tests.factories.world import World
from tests.files.corpus import CANARY, corpus, exif, jpeg, picture

As = Callable[[Role], FlaskClient]
TYPES = {"jpeg": "image/jpeg", "png": "image/png", "pdf": "application/pdf"}


def register(client: FlaskClient, world: World, *files: tuple[str, bytes], home: int | None = None) -> object:
    """A case taken in with these files; the home of the circle unless another is named."""
    return client.post(
        "/cases/new/0503",
        data={
            "title": "桥边的路塌了一块", "household": str(home or world.homes["circle"][0]), "channel": Channel.VISIT,
            "grid": "", "looked": "1", "papers": [(io.BytesIO(content), name) for name, content in files],
        },
        content_type="multipart/form-data",
    )  # fmt: skip


def test_photo_corpus(world: World, client_as: As, app: Flask, config: Config) -> None:
    liaison = client_as(Role.LIAISON)
    files = corpus()
    assert len(files) == 40
    assert sum(CANARY in sent.content for sent in files) >= 30, "the rest carry it packed, or are too large"
    served = refused = 0
    for sent in files:
        answer = register(liaison, world, (sent.name, sent.content))
        if sent.taken is None:
            assert answer.status_code == 200, sent.name  # type: ignore[attr-defined]
            assert sent.name in body(answer), sent.name
            refused += 1
            continue
        assert answer.status_code == 302, (sent.name, body(answer))  # type: ignore[attr-defined]
        address = answer.location  # type: ignore[attr-defined]
        for page in (f"{address}/files/1", f"{address}/files/1/small"):
            got = liaison.get(page)
            if sent.taken == "pdf" and page.endswith("small"):
                assert got.status_code == 404
                continue
            assert got.status_code == 200, sent.name
            assert CANARY not in got.data, sent.name
            assert got.headers["X-Content-Type-Options"] == "nosniff"
            assert got.headers["Content-Type"] == TYPES["jpeg" if page.endswith("small") else sent.taken]
            assert "sandbox" in got.headers["Content-Security-Policy"]
            assert got.headers["Content-Disposition"].startswith("attachment" if sent.taken == "pdf" else "inline")
            if sent.taken != "pdf":
                shown = Image.open(io.BytesIO(got.data))
                assert max(shown.size) <= 1600
                assert not shown.getexif()
                assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}, sent.name
            served += 1
    assert (served, refused) == (24 * 2 + 2, 14)
    for path in (config.folder / "files").rglob("*"):
        assert not path.is_file() or CANARY not in path.read_bytes(), path


def test_a_turned_photo_stands_upright(world: World, client_as: As) -> None:
    liaison = client_as(Role.LIAISON)
    address = register(liaison, world, ("a.jpg", jpeg(picture((320, 200)), exif=exif(upright=6)))).location  # type: ignore[attr-defined]
    assert Image.open(io.BytesIO(liaison.get(f"{address}/files/1").data)).size == (200, 320)


def test_a_photo_opens_only_where_its_case_does(world: World, client_as: As, app: Flask) -> None:
    desk = client_as(Role.DISPATCHER)
    data = {
        "title": "路坏了", "channel": "phone", "grid": str(world.grids["village_b"]), "looked": "1",
        "papers": [(io.BytesIO(jpeg()), "a.jpg")],
    }  # fmt: skip
    address = desk.post("/cases/new/0503", data=data, content_type="multipart/form-data").location
    first = desk.get(f"{address}/files/1")
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "private, no-cache"
    tag = {"If-None-Match": first.headers["ETag"]}
    assert desk.get(f"{address}/files/1", headers=tag).status_code == 304
    for role in (Role.LIAISON, Role.VILLAGE_HEAD):
        for page in ("files/1", "files/1/small"):
            assert client_as(role).get(f"{address}/{page}", headers=tag).status_code == 404
    assert desk.get(f"{address}/files/2").status_code == 404
    assert app.test_client().get(f"{address}/files/1").status_code in {302, 401}


def test_a_restricted_case_leaves_nothing_on_the_device(world: World, client_as: As) -> None:
    desk = client_as(Role.DISPATCHER)
    data = {
        "title": "反映作风", "channel": "phone", "grid": str(world.grids["village_a"]),
        "papers": [(io.BytesIO(jpeg()), "a.jpg")],
    }  # fmt: skip
    address = desk.post("/cases/new/1004", data=data, content_type="multipart/form-data").location
    got = desk.get(f"{address}/files/1")
    assert got.headers["Cache-Control"] == "no-store"
    assert "ETag" not in got.headers
    assert client_as(Role.VILLAGE_HEAD).get(f"{address}/files/1").status_code == 404


def test_what_arrived_stays_with_a_form_that_is_shown_again(world: World, client_as: As, app: Flask) -> None:
    liaison = client_as(Role.LIAISON)
    data = {"title": "", "household": str(world.homes["circle"][0]), "channel": "visit", "grid": ""}
    page = liaison.post(
        "/cases/new/0503", data={**data, "papers": [(io.BytesIO(jpeg()), "a.jpg"), (io.BytesIO(b"x"), "b.txt")]},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert "b.txt：只收照片" in body(page)
    token = page.text.split('name="papers-kept"')[1].split('value="')[1].split('"')[0]
    answer = liaison.post("/cases/new/0503", data={**data, "title": "路坏了", "looked": "1", "papers-kept": token})
    assert liaison.get(f"{answer.location}/files/1").status_code == 200
    # Another person's token, or one made up, brings nothing along.
    other = client_as(Role.DISPATCHER).post(
        "/cases/new/0503",
        data={
            "title": "路坏了", "channel": "phone", "grid": str(world.grids["village_a"]), "looked": "1",
            "papers-kept": [token, "made-up"],
        },
    )  # fmt: skip
    with app.app_context():
        case_id = int(other.location.rsplit("/", 1)[1])
        assert db.session.scalars(select(CaseFile).where(CaseFile.case_id == case_id)).all() == []
        db.session.remove()


@pytest.mark.parametrize("count", [7])
def test_too_many_at_once_are_told(world: World, client_as: As, count: int) -> None:
    files = [(f"{n}.jpg", jpeg(picture((100 + n, 80)))) for n in range(count)]
    assert "一次最多传 6 个文件" in body(register(client_as(Role.LIAISON), world, *files))


def test_the_page_shows_them_under_their_step(world: World, client_as: As, app: Flask) -> None:
    liaison = client_as(Role.LIAISON)
    address = register(liaison, world, ("a.jpg", jpeg()), ("a again.jpg", jpeg())).location  # type: ignore[attr-defined]
    page = liaison.get(address).text
    assert page.count("/files/1/small") == 1
    assert "/files/2" not in page, "the same photo twice hangs once"
    done = liaison.post(
        f"{address}/comment",
        data={"comment-note": "补充来信", "comment-papers_kind": "letter", "comment-papers_caption": "王家的信",
              "comment-papers": [(io.BytesIO(jpeg(picture((90, 90)))), "letter.jpg")]},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert done.status_code == 302
    assert "王家的信" in body(liaison.get(address))
    with app.app_context():
        case = db.session.get_one(Case, int(address.rsplit("/", 1)[1]))
        assert case.number
        db.session.remove()
