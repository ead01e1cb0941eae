"""`python -m tests.shoot [whole]`: the pictures of README, taken anew from the small (or whole) demo, into docs/images.

Needs what `make test` installs. Every picture is a palette PNG under 300 KB.
"""

from __future__ import annotations

import base64
import logging
import os
import struct
import sys
import tempfile
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from gridcase.app import create_app
from gridcase.core import clock, migrate
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.people.models import Holding, Post
from gridcase.people.rules import Role
from gridcase.seed import demo, reference
from gridcase.users import queries as users
from gridcase.users import service
from gridcase.users.models import User
from tests import provision

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
MOST_BYTES, COLOURS = 300_000, 256
MONDAY = "2026-11-23T10:20:00+08:00"
DESK, PHONE = (1440, 900, 1), (360, 740, 2)  # width, height, dots a pixel
BEFORE_CHECK = "/cases/?tab=village&state=feedback"  # a case whose timeline tells something
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@dataclass(frozen=True)
class Shot:
    """One picture: whose page, which, on what screen. `follow`: the first link with such a path is gone to."""

    name: str
    role: Role
    path: str
    screen: tuple[int, int, int]
    follow: tuple[str, ...] = ()
    locale: str = "zh-CN"
    wait: str = "main"


SHOTS = (
    Shot("work-list", Role.DISPATCHER, "/", DESK),
    Shot("case", Role.DISPATCHER, BEFORE_CHECK, DESK, follow=(r"^/cases/\d+$",)),
    Shot("map", Role.DISPATCHER, "/map/", DESK, wait=".leaflet-marker-icon"),
    Shot("figures", Role.DISPATCHER, "/dashboard/", DESK),
    Shot("today-phone", Role.LIAISON, "/visits/", PHONE),
    Shot("visit-phone", Role.LIAISON, "/visits/", PHONE, follow=(r"^/visits/log/\d+$",)),
    Shot("case-phone", Role.LIAISON, "/cases/?tab=all", PHONE, follow=(r"^/cases/\d+$",)),
    Shot("case-english", Role.DISPATCHER, BEFORE_CHECK, DESK, follow=(r"^/cases/\d+$",), locale="en"),
)


def main(*, small: bool) -> int:
    """Take all pictures; 1 when one of them is too heavy."""
    os.environ["GRIDCASE_NOW"] = MONDAY
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    IMAGES.mkdir(parents=True, exist_ok=True)
    heavy = []
    with (
        tempfile.TemporaryDirectory() as folder,
        _demo(Path(folder), small=small) as app,
        _serving(app) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=provision.chromium(), args=FLAGS)
        for shot in SHOTS:
            target = IMAGES / f"{shot.name}.png"
            target.write_bytes(_with_palette(browser, _take(browser, app, url, shot)))
            size = target.stat().st_size
            print(f"{target.name}: {size // 1000} KB", flush=True)
            heavy += [shot.name] if size > MOST_BYTES else []
        browser.close()
    for name in heavy:
        print(f"{name} is heavier than {MOST_BYTES // 1000} KB", file=sys.stderr)
    return 1 if heavy else 0


@contextmanager
def _demo(folder: Path, *, small: bool) -> Iterator[Flask]:
    """The application on the small demo."""
    config = Config(env="demo", instance=str(folder)).checked()
    migrate.upgrade(config)
    app = create_app(config)
    with app.app_context():
        with transaction():
            reference.load(actor=job("pictures"), now=clock.now())
        demo.build(actor=job("pictures"), now=clock.now(), small=small, progress=lambda _done, _of: None)
        db.session.remove()
    yield app


@contextmanager
def _serving(app: Flask) -> Iterator[str]:
    listener = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.server_port}"
    listener.shutdown()
    thread.join()
    listener.server_close()


def _take(browser: Browser, app: Flask, url: str, shot: Shot) -> bytes:
    width, height, dots = shot.screen
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=dots, locale=shot.locale, base_url=url
    )
    context.add_cookies([_cookie(app, url, shot)])
    page = context.new_page()
    page.goto(shot.path)
    for pattern in shot.follow:
        page.goto(_first_link(page, pattern))
    page.wait_for_selector(shot.wait)
    page.wait_for_load_state("networkidle")
    taken = page.screenshot()
    context.close()
    return taken


def _first_link(page: Page, pattern: str) -> str:
    """The path of the first link of this shape on the page."""
    found = page.evaluate(
        "pattern => [...document.querySelectorAll('main a[href]')].map(a => new URL(a.href).pathname)"
        ".find(path => new RegExp(pattern).test(path))",
        pattern,
    )
    if found is None:
        raise LookupError(f"{page.url} has no link like {pattern}")
    return str(found)


def _cookie(app: Flask, url: str, shot: Shot) -> dict[str, str]:
    """A session of the demo account that holds such a post."""
    policy = service.SignInPolicy(5, timedelta(minutes=15), timedelta(hours=12), 19456)
    with app.app_context():
        user = db.session.scalars(
            select(User)
            .join(Holding, Holding.person_id == User.person_id)
            .join(Post, Post.id == Holding.post_id)
            .where(User.demo, Post.role == shot.role)
            .order_by(User.id)
        ).first()
        if user is None:
            raise LookupError(f"the demo has no account for {shot.role}")
        now = clock.now()
        with transaction():
            actor = users.viewer_of(user, now=now)
            token = service.open_session(user, actor=actor, now=now, policy=policy)
        db.session.remove()
    locale = "en" if shot.locale == "en" else "zh_Hans_CN"
    signing = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return {
        "name": "gridcase",
        "value": signing.dumps({"_user_id": token, "_fresh": True, "locale": locale}),
        "url": url,
    }


# --- palette PNG: a third of the weight. The browser decodes, numpy counts colours, zlib packs.

_DECODE = """async data => {
  const image = await createImageBitmap(await (await fetch("data:image/png;base64," + data)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const bytes = context.getImageData(0, 0, image.width, image.height).data;
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) {
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  }
  return [image.width, image.height, btoa(text)];
}"""


def _with_palette(browser: Browser, png: bytes) -> bytes:
    page = browser.new_page()
    width, height, data = page.evaluate(_DECODE, base64.b64encode(png).decode())
    page.close()
    pixels = np.frombuffer(base64.b64decode(data), np.uint8).reshape(-1, 4)[:, :3].astype(np.int32)
    packed, place, count = np.unique(
        pixels[:, 0] << 16 | pixels[:, 1] << 8 | pixels[:, 2], return_inverse=True, return_counts=True
    )
    colours = np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=1)
    palette = colours if len(colours) <= COLOURS else _palette(colours, count)
    nearest = np.concatenate(
        [((part[:, None, :] - palette[None]) ** 2).sum(axis=2).argmin(axis=1) for part in np.array_split(colours, 64)]
    )
    rows = nearest[place].astype(np.uint8).reshape(height, width)
    return _png(rows, palette.astype(np.uint8))


def _palette(colours: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Half the places for the most frequent colours, half for the means of the fullest boxes of the rest."""
    order = np.argsort(count)[::-1]
    frequent, rest = order[: COLOURS // 2], order[COLOURS // 2 :]
    _boxes, inside = np.unique((colours[rest] >> 4) @ np.array([256, 16, 1]), return_inverse=True)
    weight = np.bincount(inside, weights=count[rest])
    means = np.stack(
        [np.bincount(inside, weights=colours[rest, part] * count[rest]) / weight for part in range(3)], axis=1
    )
    fullest = np.argsort(weight)[::-1][: COLOURS - len(frequent)]
    return np.concatenate([colours[frequent], means[fullest].round().astype(colours.dtype)])


def _png(rows: np.ndarray, palette: np.ndarray) -> bytes:
    height, width = rows.shape
    lines = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1)  # each line begins with its filter: none
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", palette.tobytes()),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    sys.exit(main(small="whole" not in sys.argv))
