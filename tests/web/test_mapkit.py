"""Folium inside our pages: our files, our nonce, numbers only."""

from __future__ import annotations

import re

import folium
import folium.plugins
import pytest

from gridcase.web import mapkit
from gridcase.web.mapkit import Layer, UnknownAsset, base_map, render

SQUARE = '{"type":"Polygon","coordinates":[[[112.6,28.4],[112.7,28.4],[112.7,28.5],[112.6,28.4]]]}'
HOST = re.compile(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", re.IGNORECASE)


def drawn() -> mapkit.MapParts:
    return render(base_map([Layer("village", [(7, SQUARE)])], name="town")).with_nonce("n0nce")


def test_nothing_points_to_another_host() -> None:
    parts = drawn()
    for part in (parts.header, parts.body, parts.script):
        assert not HOST.search(part)
    assert "/static/vendor/leaflet-" in parts.header
    assert "jquery" not in parts.header
    assert "bootstrap" not in parts.header


def test_every_script_and_style_carries_the_nonce() -> None:
    parts = drawn()
    opened = re.findall(r"<(?:script|style)[^>]*>", parts.header + parts.script)
    assert len(opened) == 4
    assert all('nonce="n0nce"' in tag for tag in opened)
    assert mapkit.NONCE not in parts.header + parts.script


def test_the_page_around_the_map_stays_ours() -> None:
    header = drawn().header
    assert "viewport" not in header  # Folium's would forbid to pinch
    assert "html, body" not in header
    assert not re.search(r"#map\s*\{", header)


def test_links_carry_their_hash() -> None:
    links = [line for line in drawn().header.splitlines() if "/static/vendor/" in line]
    assert len(links) == 2
    assert all('integrity="sha384-' in line for line in links)


def test_an_unknown_plugin_is_refused() -> None:
    base = base_map([], name="town")
    folium.plugins.Fullscreen().add_to(base)
    with pytest.raises(UnknownAsset, match="Control"):
        render(base)


def test_tiles_of_another_host_are_refused() -> None:
    base = base_map([], name="town")
    folium.TileLayer("https://tiles.example.org/{z}/{x}/{y}.png", attr="x").add_to(base)
    with pytest.raises(UnknownAsset, match="tiles"):
        render(base)


def test_what_needs_jquery_is_refused() -> None:
    base = base_map([Layer("village", [(7, SQUARE)])], name="town")
    base.keep_in_front(next(child for child in base._children.values() if isinstance(child, folium.GeoJson)))
    with pytest.raises(UnknownAsset):
        render(base)


def test_served_plugins_come_from_us() -> None:
    base = base_map([], name="town")
    folium.plugins.MarkerCluster().add_to(base)
    header = render(base).header
    assert "leaflet.markercluster-1.5.3" in header
    assert "cdnjs" not in header


@pytest.mark.parametrize(
    "geometry",
    [
        '{"type":"Polygon","coordinates":[[["${window.x=1}",28.4],[112.7,28.4]]]}',
        '{"type":"Point","coordinates":[112.6,28.4]}',
        '{"type":"Polygon","coordinates":[[[true,28.4]]]}',
    ],
)
def test_only_polygons_of_numbers_enter(geometry: str) -> None:
    with pytest.raises(ValueError, match="polygon of numbers"):
        base_map([Layer("village", [(7, geometry)])], name="town")


def test_other_members_of_a_geometry_are_left_behind() -> None:
    sly = SQUARE[:-1] + ',"name":"${window.x=1}"}'
    assert "window.x" not in render(base_map([Layer("village", [(7, sly)])], name="town")).script


@pytest.mark.parametrize("name", ["a b", "${x}", ""])
def test_a_layer_has_a_plain_name(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a layer"):
        base_map([Layer(name, [(7, SQUARE)])], name="town")


def test_rendering_twice_says_the_same() -> None:
    assert drawn() == drawn()


def test_a_map_without_outlines_still_stands() -> None:
    script = render(base_map([Layer("village", [])], name="town", centre=(28.4, 112.6))).script
    assert "[28.4, 112.6]" in script
    assert "fitBounds" not in script
