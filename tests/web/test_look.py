"""The look keeps its promises: colours that can be read in every mode, nothing inline, no other host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOKENS = (ROOT / "gridcase/web/static/css/tokens.css").read_text("utf-8")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

TONES = ("danger", "warning", "ok")
# (text, ground): every pairing the style sheets make. Shapes that carry meaning need 3:1 (WCAG 1.4.11).
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-soft", "accent") for ground in ("paper", "sheet", "sunken")),
    *((ink, "accent-soft") for ink in ("ink", "accent-strong", "ink-soft")),
    *((tone, ground) for tone in ("danger", "warning", "ok") for ground in ("paper", "sheet", f"{tone}-soft")),
    *((tone, "accent-soft") for tone in (*TONES, "closed")),
    *(("ink", f"{tone}-soft") for tone in (*TONES, "closed")),
    *(("closed", ground) for ground in ("sheet", "paper", "closed-soft")),
    *(("accent-ink", ground) for ground in ("accent", "accent-strong")),
    *((ink, ground) for ink in ("bar-ink", "bar-soft") for ground in ("bar", "bar-field")),
    ("ink", "mark"),
    ("seal", "sheet"),
]
SHAPES = [("line-strong", "sheet"), ("line-strong", "paper"), ("focus", "sheet"), ("focus", "paper")]


def modes() -> Iterator[tuple[str, dict[str, str], float]]:
    """Every set of colours a reader can get, laid over the base set, and the contrast it promises."""
    blocks = re.findall(r"(?:@media ([^{]+)\{\s*)?(:root(?:\[[^]]+\],\s*:root\.elder)?) \{([^}]*)\}", TOKENS)
    sets: dict[tuple[str, bool], dict[str, str]] = {}
    for media, selector, body in blocks:
        colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", body))
        if len(colours) < 5:
            continue
        way = "asked" if "prefers-contrast" in media else "chosen" if "data-contrast" in selector else "plain"
        sets[way, "dark" in media] = colours
    light, dark = sets["plain", False], {**sets["plain", False], **sets["plain", True]}
    yield "light", light, 4.5
    yield "dark", dark, 4.5
    for way in ("asked", "chosen"):
        yield f"light, high contrast {way}", {**light, **sets[way, False]}, 7.0
        yield f"dark, high contrast {way}", {**dark, **sets[way, False], **sets[way, True]}, 7.0


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, 0 to 1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("name", "colours", "least"), [pytest.param(*mode, id=mode[0].replace(" ", "-")) for mode in modes()]
)
def test_text_can_be_read_on_its_grounds(name: str, colours: dict[str, str], least: float) -> None:
    wanted = [(pair, least) for pair in TEXT] + [(pair, 3.0) for pair in SHAPES]
    weak = [
        f"{name}: {ink} on {ground} {contrast(colours[ink], colours[ground]):.2f} < {ratio}"
        for (ink, ground), ratio in wanted
        if contrast(colours[ink], colours[ground]) < ratio
    ]
    assert weak == []


def test_both_ways_to_high_contrast_give_the_same_colours() -> None:
    found = {name: colours for name, colours, _least in modes()}
    for light in ("light", "dark"):
        assert found[f"{light}, high contrast asked"] == found[f"{light}, high contrast chosen"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_holds_nothing_the_content_policy_would_block(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
    assert not re.search(r"""\sstyle\s*=\s*["']""", text), "inline style"
    assert not re.search(r"""\son[a-z]+\s*=\s*["']""", text), "inline event handler"
    assert "javascript:" not in text
    for tag in re.findall(r"<(?:script|style)\b[^>]*>", text):
        kept = path.parent.name == "phone" and "src=" in tag  # that page is kept on phones, and a kept nonce is none
        assert kept or "csp_nonce()" in tag, tag
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""", text), "another host"
