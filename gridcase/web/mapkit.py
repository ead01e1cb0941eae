"""Folium inside our own pages: its three pieces with our files and our nonce, and nothing from any other host.

Folium writes text into JavaScript template literals and links a dozen files of other hosts, so two things hold here:
only ids and numbers go into a map (names and texts come by the page's own fetch and are set as text), and every file a
map asks for is looked up by its name; one that nobody decided about is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import folium
import orjson
from branca.element import CssLink, Element, Figure, JavascriptLink
from markupsafe import Markup, escape

from gridcase.web.assets import vendor_url

# Folium's names for files, and ours for the same. Leaflet 1.9.4 stands in for 1.9.3, markercluster 1.5.3 for 1.1.0.
SERVED = {
    "leaflet": "leaflet/dist/leaflet.js",
    "leaflet_css": "leaflet/dist/leaflet.css",
    "markerclusterjs": "leaflet.markercluster/dist/leaflet.markercluster.js",
    "markerclustercss": "leaflet.markercluster/dist/MarkerCluster.css",
    "markerclusterdefaultcss": "leaflet.markercluster/dist/MarkerCluster.Default.css",
    "leaflet-heat.js": "leaflet.heat/dist/leaflet-heat.js",
}
# Files that only Folium's own markers and popups need, which are not used here.
DROPPED = frozenset({
    "jquery", "bootstrap", "bootstrap_css", "glyphicons_css", "awesome_markers", "awesome_markers_font_css",
    "awesome_markers_css", "awesome_rotate_css", "meta_http",
})  # fmt: skip

NONCE = "NONCE-OF-THIS-ANSWER"
ZOOM_MOST = 19  # without tiles nobody else says how far one may zoom, and markercluster asks
WHOLE_COUNTRY = (35.0, 104.0)  # latitude, longitude: where a map without any outline begins

_VIEWPORT = re.compile(r"<meta\s[^>]*viewport[^>]*>")
# Folium styles `html, body` and any `#map` of the page around it: that page is ours.
_PAGE_STYLE = re.compile(r"<style>\s*(?:html, body|#map)\s*\{[^}]*\}\s*</style>")
_OPENING = re.compile(r"<(script|style)>")
_FOREIGN = re.compile(r"""["'(=]\s*(?:https?:)?//[a-z0-9]""", re.IGNORECASE)
_JQUERY = re.compile(r"\$[.(]")


class UnknownAsset(RuntimeError):
    """A map asks for a file that is neither served by us nor known to be needless: decide in this module first."""


@dataclass(frozen=True)
class Layer:
    """Outlines drawn alike: `name` (small letters) is their CSS class, `shapes` are (id, GeoJSON geometry as text)."""

    name: str
    shapes: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class MapParts:
    """What a page embeds: links and styles for its head, the map's place, and the script for its end."""

    header: Markup
    body: Markup
    script: Markup

    def with_nonce(self, nonce: str) -> MapParts:
        """The same parts, allowed to run in the answer that has this nonce; parts can be kept, a nonce cannot."""
        return MapParts(*(part.replace(NONCE, escape(nonce)) for part in (self.header, self.body, self.script)))


def base_map(layers: Sequence[Layer], *, name: str, centre: tuple[float, float] | None = None) -> folium.Map:
    """A map without tiles, fitted to its outlines; `map_<name>` in the page's script.

    `centre` is (latitude, longitude) in degrees, used where there is no outline. ValueError for anything in a
    shape that is not a number.
    """
    base = folium.Map(
        location=centre or WHOLE_COUNTRY,
        zoom_start=14 if centre else 4,
        tiles=None,
        zoom_control=False,  # drawn by the page, in the reader's language
        maxZoom=ZOOM_MOST,
        zoomSnap=0.25,  # no tile asks for whole steps, so the outlines can fill the frame
    )
    base._id = name
    for layer in layers:
        if layer.shapes:
            _outlines(layer).add_to(base)
    if any(layer.shapes for layer in layers):
        (south, west), (north, east) = base.get_bounds()
        fit = folium.FitBounds([[south or 0, west or 0], [north or 0, east or 0]])
        fit.options["animate"] = False  # a pin opened while the first view still glides would fold up again
        base.add_child(fit)
    return base


def _outlines(layer: Layer) -> folium.GeoJson:
    if not layer.name.isidentifier():
        raise ValueError(f"{layer.name!r} is no name of a layer")
    style = {"className": f"area area-{layer.name}", "weight": 1}
    features = [
        {"type": "Feature", "id": int(key), "properties": {}, "geometry": _geometry(text)} for key, text in layer.shapes
    ]
    drawn = folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        style_function=lambda _feature: style,
        interactive=False,
    )
    drawn._id = layer.name
    return drawn


def _geometry(text: str) -> dict[str, Any]:
    found = orjson.loads(text)
    if found["type"] not in {"Polygon", "MultiPolygon"} or not _numbers(found["coordinates"]):
        raise ValueError("an outline is a polygon of numbers")
    return {"type": found["type"], "coordinates": found["coordinates"]}


def _numbers(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_numbers, value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def render(drawing: folium.Map) -> MapParts:
    """The pieces of a finished map. `UnknownAsset` when it would load or call what is not ours."""
    figure = drawing.get_root()
    if not isinstance(figure, Figure):
        raise TypeError("a map stands in a figure")
    for child in list(figure._children.values()):
        child.render()
    header = [_head_item(name, item) for name, item in figure.header._children.items()]
    parts = MapParts(
        header=_trusted("\n".join(filter(None, header))),
        body=_trusted(figure.html.render().strip()),
        script=_trusted(f'<script nonce="{NONCE}">\n{figure.script.render().strip()}\n</script>'),
    )
    for part in (parts.header, parts.body, parts.script):
        if found := _FOREIGN.search(part) or _JQUERY.search(part):
            raise UnknownAsset(f"the map would reach for {part[found.start() : found.end() + 60]!r}")
    return parts


def _trusted(made: str) -> Markup:
    return Markup(made)  # noqa: S704 - Folium's own templates around numbers: `base_map` lets nothing else in


def _head_item(name: str, item: Element) -> str:
    if name in DROPPED:
        return ""
    if isinstance(item, JavascriptLink | CssLink):
        if name not in SERVED:
            raise UnknownAsset(f"the map asks for {name!r} ({item.url}), which gridcase does not serve")
        return _link(SERVED[name])
    text = _PAGE_STYLE.sub("", _VIEWPORT.sub("", item.render()))
    return _OPENING.sub(rf'<\1 nonce="{NONCE}">', text).strip()


def _link(name: str) -> str:
    file = vendor_url(name)
    if name.endswith(".css"):
        return f'<link rel="stylesheet" href="{file.url}" integrity="{file.integrity}">'
    return f'<script src="{file.url}" integrity="{file.integrity}" nonce="{NONCE}"></script>'
