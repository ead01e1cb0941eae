"""The base map under the town's own lines: none, unless a setting names one. Another host is named to the browser's
policy only on the page that draws it, and only where it is set."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import g

from gridcase.core.config import Config
from gridcase.core.pmtiles import archive
from gridcase.core.words import N_, Text

TIANDITU = "https://t{s}.tianditu.gov.cn"
TIANDITU_SERVERS = "01234567"
TIANDITU_LAYERS = ("vec", "cva")  # the map, and its names over it; _w: web mercator, on WGS 84 without a shift
ZOOM_MOST = 18  # the finest tiles of Tianditu; nearer, they are drawn larger


@dataclass(frozen=True)
class BaseMap:
    """What is drawn under the lines. `host` is the other server that then sees which area is looked at, if any."""

    name: Text
    tiles: tuple[str, ...]
    zoom: int = ZOOM_MOST
    servers: str = ""
    host: str = ""
    credit: str = ""


def base_map(config: Config, *, own: str) -> BaseMap | None:
    """The base map that is set; `own` is the address of the tiles of one's own file."""
    if config.map_file:
        return BaseMap(N_("本地底图"), (own,), zoom=archive(config.map_file).head.zooms[-1], credit=config.tile_credit)
    if config.tile_url:
        host = urlsplit(config.tile_url).hostname or ""
        return BaseMap(N_("底图"), (config.tile_url,), host=host, credit=config.tile_credit)
    if config.tianditu_key:
        return BaseMap(
            N_("天地图"), tuple(_tianditu(layer, config.tianditu_key) for layer in TIANDITU_LAYERS),
            servers=TIANDITU_SERVERS, host="tianditu.gov.cn", credit="© 天地图 · 国家地理信息公共服务平台",
        )  # fmt: skip
    return None


def _tianditu(layer: str, key: str) -> str:
    query = (
        f"SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
        f"&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
    )
    return f"{TIANDITU}/{layer}_w/wmts?{query}"


def sources(base: BaseMap | None) -> list[str]:
    """The origins that its pictures come from, as a policy names them; none for files of our own."""
    if base is None or not base.host:
        return []
    parts = urlsplit(base.tiles[0])
    origin = f"{parts.scheme}://{parts.netloc}"
    return [origin.replace("{s}", server) for server in base.servers] if base.servers else [origin]


def allow_pictures(base: BaseMap | None) -> None:
    """Let the page of this answer load them; no other page may."""
    g.picture_sources = sources(base)
