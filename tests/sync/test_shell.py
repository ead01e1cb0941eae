"""The page of the phone's app: the same for everybody, complete without a signal, small on the wire."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from gridcase.people.rules import Role

STATIC = Path(__file__).resolve().parents[2] / "gridcase" / "web" / "static"
MODULES = sorted(path for path in (STATIC / "js" / "phone").glob("*.js") if path.name not in {"worker.js", "first.js"})
PACKED = {"Accept-Encoding": "gzip"}
MOST_BYTES = 150_000


def facts(app: Flask) -> dict[str, object]:
    """What the service worker was told."""
    text = app.test_client().get("/sw.js").text
    return {
        name: json.loads(value) for name, value in re.findall(r"^const (VERSION|FILES|SHELLS) = (.*);$", text, re.M)
    }


@pytest.mark.parametrize("path", ["/phone/", "/phone/en"])
def test_the_page_is_the_same_whoever_asks(app: Flask, client_as: Callable[[str], FlaskClient], path: str) -> None:
    nobody, somebody = app.test_client().get(path), client_as(Role.LIAISON).get(path)
    assert nobody.data == somebody.data
    assert "Set-Cookie" not in nobody.headers
    assert "csrf" not in nobody.text
    assert "nonce" not in nobody.text + nobody.headers["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", nobody.text) == []
    assert nobody.headers["Cache-Control"] == "no-cache"


def test_each_language_has_its_page(app: Flask) -> None:
    client = app.test_client()
    assert "没有信号也能记走访" in client.get("/phone/").text
    english = client.get("/phone/", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert english.location == "/phone/en"
    assert "没有信号也能记走访" in client.get("/phone/?lang=zh", headers={"Accept-Language": "en"}).text
    page = client.get("/phone/en").text
    assert "Note visits without a signal" in page
    assert re.findall(r"[一-鿿]+", page.replace("中文", "")) == []


def test_the_worker_keeps_all_that_the_page_needs(app: Flask) -> None:
    client, told = app.test_client(), facts(app)
    page = client.get(told["SHELLS"]["zh"]).text
    needed = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page)) | {
        f"/static/js/phone/{one.name}" for one in MODULES
    }
    assert needed <= set(told["FILES"])
    for path in [*told["FILES"], *told["SHELLS"].values()]:
        assert client.get(path).status_code == 200, path
    head = client.get("/sw.js").headers
    assert (head["Service-Worker-Allowed"], head["Cache-Control"]) == ("/", "no-cache")


def test_every_module_that_is_asked_for_is_there() -> None:
    names = {path.name for path in MODULES}
    for path in MODULES:
        for other in re.findall(r'from "\./([\w.]+)"', path.read_text("utf-8")):
            assert other in names, f"{path.name} asks for {other}"


def test_every_sentence_a_script_says_is_on_the_page(app: Flask) -> None:
    page = app.test_client().get("/phone/").text
    there = set(re.findall(r'data-word="([^"]+)"', page))
    said = set()
    for path in MODULES:
        said |= set(re.findall(r'(?<![.\w])say\(\s*"([\w.]+)"', path.read_text("utf-8")))
    assert said - there == set()
    pieces = set(re.findall(r'<template id="t-(\w+)"', page))
    asked = {name for path in MODULES for name in re.findall(r'\bpiece\("(\w+)"\)', path.read_text("utf-8"))}
    assert asked <= pieces


def test_scripts_hold_no_sentence_and_no_markup() -> None:
    for path in [*MODULES, STATIC / "js" / "leave.js", STATIC / "js" / "phone" / "worker.js"]:
        text = re.sub(r"//.*|/\*[\s\S]*?\*/|/\^\[一-鿿\]/", "", path.read_text("utf-8"))
        assert re.findall(r"[一-鿿]", text) == [], path.name
        assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function", text) == [], path.name


def test_another_byte_is_another_version(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    before = facts(app)["VERSION"]
    assert facts(app)["VERSION"] == before
    monkeypatch.setattr("gridcase.sync.views.shell._shell", lambda language: f"another page in {language}")
    assert facts(app)["VERSION"] != before


def test_a_first_visit_is_small(app: Flask) -> None:
    client, told = app.test_client(), facts(app)
    paths = ["/phone/", "/phone/en", "/sw.js", "/phone/manifest.webmanifest", *told["FILES"]]
    assert sum(len(client.get(path, headers=PACKED).data) for path in paths) < MOST_BYTES


def test_texts_are_packed_for_who_can_unpack_and_asked_again_by_their_mark(app: Flask) -> None:
    client = app.test_client()
    plain, packed = client.get("/static/js/phone/outbox.js"), client.get("/static/js/phone/outbox.js", headers=PACKED)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert plain.headers["ETag"] != packed.headers["ETag"]
    again = client.get("/static/js/phone/outbox.js", headers={**PACKED, "If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Encoding" not in client.get("/sign-in", headers=PACKED).headers, (
        "a page with a secret is never packed"
    )


def test_it_can_be_installed(app: Flask) -> None:
    client = app.test_client()
    about = json.loads(client.get("/phone/manifest.webmanifest").data)
    assert (about["display"], about["scope"], about["id"]) == ("standalone", "/phone/", "/phone/")
    assert client.get(about["start_url"]).status_code == 200
    for icon in about["icons"]:
        answer = client.get(icon["src"])
        assert answer.mimetype == icon["type"]
        if icon["type"] == "image/png":
            assert "{}x{}".format(*Image.open(io.BytesIO(answer.data)).size) == icon["sizes"]
    assert client.get("/phone/icon-5000.png").status_code == 404
