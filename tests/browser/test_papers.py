"""Photos on a phone and at the desk: made small before they leave, kept when the form comes back, shown in place."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Page, expect

from gridcase.people.rules import Role
from tests.browser.conftest import DESK, PHONE, Watch
from tests.factories.world import World
from tests.files.corpus import exif, jpeg

Open = Callable[..., Page]


def large() -> bytes:
    """A photo that weighs something: 2400 x 1800 pixels that do not compress."""
    made = jpeg(Image.effect_noise((2400, 1800), 60).convert("RGB"), quality=90, exif=exif(gps=True))
    assert len(made) > 1_000_000
    return made


def sent(name: str, content: bytes) -> dict[str, object]:
    """A file as somebody chooses it."""
    return {"name": name, "mimeType": "image/jpeg" if name.endswith("jpg") else "text/plain", "buffer": content}


def test_photos_are_made_small_kept_and_shown(page_as: Open, world: World, watch: Watch) -> None:
    matters = ((PHONE, "0503", "山脚的挡墙裂开了"), (DESK, "0504", "村口的路灯不亮"))  # nothing alike in between
    for number, (viewport, code, title) in enumerate(matters):
        page = page_as(Role.LIAISON, viewport=viewport)
        page.goto(f"/cases/new/{code}")
        page.locator("[data-papers] summary").click()
        photo_as_taken = large()
        page.set_input_files("#papers", [sent("road.jpg", photo_as_taken), sent("list.txt", b"no photo")])  # type: ignore[list-item]
        expect(page.locator("[data-papers] [data-file-name]")).to_contain_text("road.jpg")
        size = page.evaluate("document.querySelector('#papers').files[0].size")
        assert size < len(photo_as_taken) * 0.6, "made smaller before it is sent"
        page.select_option("#household", str(world.homes["circle"][number]))
        page.fill("#title", title)
        page.select_option("#channel", "visit")
        page.locator(".submit-row button").click()
        fold = page.locator("[data-papers]")
        expect(fold).to_contain_text("list.txt：只收照片")
        expect(fold).to_contain_text("已收到，不用再选")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], "no sideways scroll"
        page.locator(".submit-row button").click()
        expect(page.locator(".flash")).to_contain_text("已登记，编号")
        photo = page.locator(".paper-photo img")
        expect(photo).to_be_visible()
        photo.scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
        assert photo.evaluate("image => image.naturalWidth") == 240
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], "no sideways scroll"
    assert (watch.foreign, watch.errors) == ([], [])
