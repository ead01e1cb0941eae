"""Photos after their item: in pieces, cut and resumed, hung once, refused for good."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from gridcase.cases.models import CaseFile
from gridcase.core.db import db
from gridcase.people.rules import Role
from gridcase.sync.models import Upload
from gridcase.sync.service import partial
from gridcase.visits.models import VisitPhoto
from tests.factories.world import World
from tests.sync.phone import ClientAs, Phone, known

PIECES = "application/offset+octet-stream"


def picture(size: tuple[int, int] = (600, 400)) -> bytes:
    """A photo as a phone would send it."""
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, "JPEG", comment=b"secret place", quality=80)
    return out.getvalue()


@pytest.fixture
def phone(client_as: ClientAs) -> Phone:
    return known(client_as, Role.LIAISON)


def send(phone: Phone, item: str, mark: str, content: bytes, start: int, end: int | None = None) -> TestResponse:
    head = {
        "Upload-Offset": str(start), "Upload-Length": str(len(content)), "X-Item": item,
        "X-Digest": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    return phone.ask("PATCH", f"photos/{mark}", data=content[start:end], content_type=PIECES, headers=head)


def at(phone: Phone, mark: str) -> int:
    answer = phone.ask("HEAD", f"photos/{mark}")
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"])


def visited(phone: Phone, world: World, **more: object) -> str:
    item = phone.visit(world.homes["circle"][0], **more)
    assert phone.send(item).status_code == 201
    return item["id"]


def count(app: Flask, model: type[object]) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(model)) or 0
        db.session.remove()
    return found


def test_a_photo_resumes_where_the_line_was_cut(app: Flask, client_as: ClientAs, phone: Phone, world: World) -> None:
    item, mark, content = visited(phone, world), str(uuid4()), picture()
    assert at(phone, mark) == 0
    assert send(phone, item, mark, content, 0, 1000).headers["Upload-Offset"] == "1000"
    assert at(phone, mark) == 1000
    wrong = send(phone, item, mark, content, 500, 900)
    assert (wrong.status_code, wrong.headers["Upload-Offset"], wrong.json["error"]) == (409, "1000", "wrong_offset")
    last = send(phone, item, mark, content, 1000)
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(content)))
    for _again in range(2):
        assert send(phone, item, mark, content, 0).status_code == 204
    assert at(phone, mark) == len(content)
    assert count(app, VisitPhoto) == 1
    client = client_as(Role.LIAISON)
    page = client.get(f"/visits/household/{world.homes['circle'][0]}").text
    assert "/visits/photo/1/small" in page
    served = client.get("/visits/photo/1")
    assert served.headers["Content-Type"] == "image/jpeg"
    assert b"secret place" not in served.data
    assert client_as(Role.DEPT).get("/visits/photo/1").status_code == 403
    with app.app_context():
        assert list(partial.lying()) == []


def test_a_whole_photo_whose_answer_was_lost_is_finished(
    app: Flask, phone: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process was killed between the last byte and hanging it up."""
    item, mark, content = visited(phone, world), str(uuid4()), picture()
    with monkeypatch.context() as patch:
        patch.setattr("gridcase.sync.api.photos._finished", lambda _row, _photo: _raise())
        with pytest.raises(RuntimeError):
            send(phone, item, mark, content, 0)
    assert count(app, VisitPhoto) == 0
    where = at(phone, mark)
    assert where == len(content) - 1
    assert send(phone, item, mark, content, where).status_code == 204
    assert count(app, VisitPhoto) == 1


def _raise() -> None:
    raise RuntimeError("killed")


def test_with_a_demand_it_hangs_on_the_case(app: Flask, phone: Phone, world: World) -> None:
    item = visited(phone, world, demand={"class": "0501", "title": "没水了", "text": ""})
    assert send(phone, item, str(uuid4()), picture(), 0).status_code == 204
    assert (count(app, CaseFile), count(app, VisitPhoto)) == (1, 0)


def test_before_its_item_it_is_told_to_wait(app: Flask, phone: Phone, world: World) -> None:
    answer = send(phone, str(uuid4()), str(uuid4()), picture(), 0)
    assert (answer.status_code, answer.json["error"]) == (404, "no_item")
    assert count(app, Upload) == 0


def test_somebody_elses_item_and_photo_are_not_there(client_as: ClientAs, phone: Phone, world: World) -> None:
    item, mark, content = visited(phone, world), str(uuid4()), picture()
    send(phone, item, mark, content, 0, 1000)
    other = known(client_as, Role.VILLAGE_HEAD)
    assert send(other, item, str(uuid4()), content, 0).status_code == 404
    assert at(other, mark) == 0
    assert send(other, item, mark, content, 1000).status_code == 409
    assert at(phone, mark) == 1000


@pytest.mark.parametrize("content", [b"GIF89a" + b"x" * 200, b"%PDF-1.4\n%%EOF\n", b"\xff\xd8\xff broken"])
def test_what_is_no_photo_is_refused_for_good(app: Flask, phone: Phone, world: World, content: bytes) -> None:
    item, mark = visited(phone, world), str(uuid4())
    first = send(phone, item, mark, content, 0)
    assert first.status_code == 409
    assert (first.json["state"], first.json["reason"], first.json["id"]) == ("refused", "photo", mark)
    assert send(phone, item, mark, content, 0).data == first.data
    assert count(app, VisitPhoto) == 0


def test_bytes_that_do_not_add_up_start_again(app: Flask, phone: Phone, world: World) -> None:
    item, mark, content = visited(phone, world), str(uuid4()), picture()
    spoiled = b"\0" * 10 + content[10:]
    head = {"Upload-Offset": "0", "Upload-Length": str(len(content)), "X-Item": item}
    head["X-Digest"] = hashlib.sha256(content).hexdigest()
    answer = phone.ask("PATCH", f"photos/{mark}", data=spoiled, content_type=PIECES, headers=head)
    assert (answer.status_code, answer.json["error"], answer.headers["Upload-Offset"]) == (409, "broken", "0")
    assert send(phone, item, mark, content, 0).status_code == 204
    assert count(app, VisitPhoto) == 1


def test_six_photos_an_item_and_ten_megabytes_each(app: Flask, phone: Phone, world: World) -> None:
    item, content = visited(phone, world), picture(size=(80, 60))
    for number in range(6):
        assert send(phone, item, str(uuid4()), content + bytes([number]), 0).status_code in (204, 409)
    seventh = send(phone, item, str(uuid4()), content, 0)
    assert (seventh.status_code, seventh.json["reason"]) == (409, "photo")
    large = send(phone, item, str(uuid4()), b"x" * (10 * 1024 * 1024 + 1), 0, 5)
    assert large.status_code == 413


def test_the_same_mark_for_another_photo(phone: Phone, world: World) -> None:
    item, mark, content = visited(phone, world), str(uuid4()), picture()
    send(phone, item, mark, content, 0, 1000)
    answer = send(phone, item, mark, picture(), 1000)
    assert (answer.status_code, answer.json["error"]) == (422, "id_reused")


BAD_HEADS: list[Callable[[dict[str, str]], dict[str, str]]] = [
    lambda head: head | {"Upload-Offset": "-1"},
    lambda head: head | {"Upload-Length": "0"},
    lambda head: head | {"Upload-Length": "9" * 40},
    lambda head: head | {"X-Item": "../../etc/passwd"},
    lambda head: head | {"X-Digest": "x"},
]


@pytest.mark.parametrize("spoil", BAD_HEADS)
def test_heads_that_say_nothing(phone: Phone, spoil: Callable[[dict[str, str]], dict[str, str]]) -> None:
    head = {"Upload-Offset": "0", "Upload-Length": "5", "X-Item": str(uuid4()), "X-Digest": "0" * 64}
    answer = phone.ask("PATCH", f"photos/{uuid4()}", data=b"abc", content_type=PIECES, headers=spoil(head))
    assert answer.status_code == 400
    assert phone.ask("PATCH", f"photos/{uuid4()}", data=b"abc", headers=head).status_code == 415
