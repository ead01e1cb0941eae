"""Files of outlines: GeoJSON, or a zipped shapefile. What cannot be read is refused in words. Pure.

Coordinates of a projection (3-degree Gauss-Krueger) come out as degrees of its datum; where a file does not say its
datum, `datum` is None and somebody has to be asked.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import shapefile

from gridcase.core.errors import Refused
from gridcase.core.late import Late
from gridcase.core.text import clean_line
from gridcase.core.words import N_, Text
from gridcase.grid.rules.datums import Datum, Point

if TYPE_CHECKING:
    import pyproj
else:
    pyproj = Late("pyproj")

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_UNPACKED = 30 * 1024 * 1024
MOST_MEMBERS, MOST_FEATURES, MOST_CORNERS = 40, 500, 60_000
LONGEST_VALUE, MOST_COLUMNS = 60, 40
_PARTS = (".shp", ".dbf", ".shx", ".prj", ".cpg")
# What the reader of shapefiles meets in files that are cut, mixed up or made to mislead.
_UNREADABLE = (
    shapefile.ShapefileException, shapefile.GeoJSON_Error, shapefile.PossiblyCorruptFileHeader, struct.error,
    ValueError, LookupError, TypeError, OSError, AttributeError, OverflowError, MemoryError, EOFError,
)  # fmt: skip
Polygons = list[list[list[Point]]]


@dataclass(frozen=True)
class Feature:
    """One shape of a file: its columns as text, its polygons in degrees of the file's datum."""

    columns: Mapping[str, str]
    polygons: Polygons


@dataclass(frozen=True)
class ShapeFile:
    """What a file holds; `notes` say what was concluded while reading."""

    features: Sequence[Feature]
    datum: Datum | None
    notes: Sequence[Text] = ()


@dataclass(frozen=True)
class _Said:
    datum: Datum | None
    transformer: pyproj.Transformer | None
    notes: tuple[Text, ...] = ()


def read(data: bytes, *, near_lon: float | None) -> ShapeFile:
    """Read a file of outlines. `near_lon`: degrees east of the place, to find the meridian of a projection that the
    file does not name. `Refused` (field "file") for everything that cannot be taken over."""
    if not data:
        raise _refused(N_("文件是空的，请换一个。"))
    if len(data) > LARGEST_FILE:
        raise _refused(N_("文件超过 %(size)s MB，请按村分开导出后再传。", size=LARGEST_FILE // 1024 // 1024))
    if data.startswith(b"PK\x03\x04"):
        found, said = _read_shapefile(data)
    elif data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        found, said = _read_geojson(data)
    else:
        raise _refused(N_("认不出这个文件，请上传 GeoJSON（.geojson、.json）或打包成 .zip 的 shapefile。"))
    if not found:
        raise _refused(N_("文件里没有图形。"))
    return _in_degrees(found, said, near_lon)


def _refused(text: Text) -> Refused:
    return Refused(text, field="file")


# --- GeoJSON


def _read_geojson(data: bytes) -> tuple[list[Feature], _Said]:
    try:
        whole = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise _refused(N_("GeoJSON 不完整或格式有误（第 %(line)s 行），请重新导出。", line=error.lineno)) from error
    if not isinstance(whole, dict):
        raise _refused(N_("文件里没有图形。"))
    raw = _features_in(whole)
    if len(raw) > MOST_FEATURES:
        raise _too_many()
    said = _crs_of(_named_crs(whole))
    return [_feature(one, number) for number, one in enumerate(raw, start=1)], said


def _features_in(whole: dict[str, Any]) -> list[Any]:
    kind = whole.get("type")
    if kind == "FeatureCollection":
        listed = whole.get("features")
        if not isinstance(listed, list):
            raise _refused(N_("GeoJSON 里没有 features 一项，请重新导出。"))
        return listed
    if kind == "Feature":
        return [whole]
    if kind in ("Polygon", "MultiPolygon"):
        return [{"type": "Feature", "properties": {}, "geometry": whole}]
    if kind == "Topology":
        raise _refused(N_("这是 TopoJSON，请导出为 GeoJSON。"))
    raise _refused(N_("认不出这个 JSON：它不是 GeoJSON。"))


def _named_crs(whole: dict[str, Any]) -> str:
    crs = whole.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else ""


def _feature(one: Any, number: int) -> Feature:
    geometry = one.get("geometry") if isinstance(one, dict) else None
    if not isinstance(geometry, dict):
        raise _refused(N_("第 %(number)s 个图形没有几何，请改正后再传。", number=number))
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise _wrong_kind(number, str(kind)[:20])
    parts: Any = [coordinates] if kind == "Polygon" else coordinates
    try:
        polygons = [[[_point(point) for point in ring] for ring in polygon] for polygon in parts]
        if not polygons or any(not polygon or any(len(ring) < 3 for ring in polygon) for polygon in polygons):
            raise ValueError("no shape")
    except (TypeError, ValueError, LookupError, OverflowError) as error:
        raise _refused(N_("第 %(number)s 个图形的坐标有误，请改正后再传。", number=number)) from error
    return Feature(_columns(one.get("properties")), polygons)


def _point(value: Any) -> Point:
    x, y = value[0], value[1]
    if isinstance(x, bool) or isinstance(y, bool) or not isinstance(x, int | float) or not isinstance(y, int | float):
        raise TypeError("no number")
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError("no finite number")
    return float(x), float(y)


def _columns(properties: Any) -> dict[str, str]:
    if not isinstance(properties, dict):
        return {}
    flat = [(key, value) for key, value in properties.items() if isinstance(value, str | int | float)]
    return {clean_line(str(key))[:LONGEST_VALUE]: _text(value) for key, value in flat[:MOST_COLUMNS]}


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a code kept as a number
    return clean_line(str(value))[:LONGEST_VALUE]


def _wrong_kind(number: int, kind: str) -> Refused:
    return _refused(N_("第 %(number)s 个图形是 %(kind)s，轮廓要用面（Polygon）。", number=number, kind=kind))


def _too_many() -> Refused:
    return _refused(N_("图形超过 %(most)s 个，请按村分开导出后再传。", most=MOST_FEATURES))


# --- shapefile


def _read_shapefile(data: bytes) -> tuple[list[Feature], _Said]:
    parts = _unpack(data)
    encoding = _encoding_of(parts)
    try:
        with shapefile.Reader(
            shp=io.BytesIO(parts[".shp"]), dbf=io.BytesIO(parts[".dbf"]),
            shx=io.BytesIO(parts[".shx"]) if ".shx" in parts else None, encoding=encoding, encodingErrors="replace",
        ) as reader:  # fmt: skip
            if reader.shapeTypeName.rstrip("ZM") != "POLYGON":
                raise _wrong_kind(1, reader.shapeTypeName)
            if len(reader) > MOST_FEATURES:
                raise _too_many()
            raw = [
                {"geometry": dict(item.shape.__geo_interface__), "properties": item.record.as_dict()}
                for item in reader.iterShapeRecords()
            ]
    except Refused:
        raise
    except _UNREADABLE as error:
        raise _refused(N_("shapefile 读不出来，文件可能不完整，请重新导出。")) from error
    said = _crs_of(parts[".prj"].decode("utf-8", "replace")) if ".prj" in parts else _Said(None, None)
    return [_feature(one, number) for number, one in enumerate(raw, start=1)], said


def _unpack(data: bytes) -> dict[str, bytes]:
    """The parts of one shapefile. What a member claims to unpack to is not believed: reading stops at the limit."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if len(members) > MOST_MEMBERS:
                raise _refused(N_("压缩包里有 %(count)s 个文件，请只放一个 shapefile。", count=len(members)))
            wanted = [info for info in members if _ending(info.filename) in _PARTS and _shown(info.filename)]
            shapes = [info for info in wanted if _ending(info.filename) == ".shp"]
            if len(shapes) != 1:
                raise _refused(N_("压缩包里要有且只有一个 .shp 文件，现在有 %(count)s 个。", count=len(shapes)))
            stem = shapes[0].filename[:-4]
            ours = [info for info in wanted if info.filename[: -len(_ending(info.filename))].lower() == stem.lower()]
            if any(info.flag_bits & 0x1 for info in ours):
                raise _refused(N_("压缩包加了密码，请去掉密码再传。"))
            return _parts_of(archive, ours)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        ValueError,
        LookupError,
        EOFError,
        RuntimeError,
        OSError,
    ) as error:
        raise _refused(N_("压缩包打不开，可能不完整，请重新打包。")) from error


def _parts_of(archive: zipfile.ZipFile, members: Iterable[zipfile.ZipInfo]) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    room = LARGEST_UNPACKED
    for info in members:
        with archive.open(info) as member:
            content = member.read(room + 1)
        room -= len(content)
        if room < 0:
            raise _refused(N_("压缩包解开后超过 %(size)s MB，没有读取。", size=LARGEST_UNPACKED // 1024 // 1024))
        parts[_ending(info.filename)] = content
    if ".dbf" not in parts:
        raise _refused(N_("压缩包里缺 .dbf 文件，请把同名的 .shp、.dbf、.shx、.prj 一起打包。"))
    return parts


def _ending(name: str) -> str:
    return name[name.rfind(".") :].lower() if "." in name else ""


def _shown(name: str) -> bool:
    return "__MACOSX" not in name and not name.rpartition("/")[2].startswith(".")


def _encoding_of(parts: Mapping[str, bytes]) -> str:
    """What the .cpg says, else UTF-8 where the table reads as such, else the Chinese Windows encoding."""
    said = parts.get(".cpg", b"").decode("ascii", "ignore").strip().lower().replace("_", "-")
    if said in ("utf-8", "utf8", "65001"):
        return "utf-8"
    if said in ("gbk", "gb2312", "gb18030", "936", "cp936"):
        return "gb18030"
    try:
        parts[".dbf"][32:].decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


# --- datums and projections


def _crs_of(text: str) -> _Said:
    """What a name or a .prj says. Older datums are refused: their shift is not public."""
    if not text.strip():
        return _Said(None, None)
    if "gcj" in text.lower():
        return _Said(Datum.GCJ02, None)
    if "CRS84" in text:
        return _Said(Datum.WGS84, None)
    try:
        crs = pyproj.CRS.from_user_input(text)
    except (pyproj.exceptions.CRSError, pyproj.exceptions.ProjError):
        return _Said(None, None, (N_("文件里的坐标系说明认不出来，请选择坐标系。"),))
    base = crs.geodetic_crs
    if base is None:
        return _Said(None, None, (N_("文件里的坐标系说明认不出来，请选择坐标系。"),))
    datum = _datum_of(base.name + " " + (base.datum.name if base.datum else ""))
    if not crs.is_projected:
        return _Said(datum, None)
    note = N_("已按“%(name)s”把平面坐标换算成经纬度。", name=crs.name[:60])
    return _Said(datum, _unproject(crs), (note,))


def _datum_of(name: str) -> Datum:
    plain = name.lower().replace("_", " ")
    if "2000" in plain and ("china" in plain or "cgcs" in plain):
        return Datum.CGCS2000
    if "wgs" in plain and "84" in plain:
        return Datum.WGS84
    raise _refused(N_("坐标系“%(name)s”不能换算，请先转成国家 2000 坐标系再导出。", name=name.strip()[:60]))


def _unproject(crs: pyproj.CRS) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)


def _in_degrees(found: list[Feature], said: _Said, near_lon: float | None) -> ShapeFile:
    corners = [point for feature in found for polygon in feature.polygons for ring in polygon for point in ring]
    if len(corners) > MOST_CORNERS:
        raise _refused(N_("角点超过 %(most)s 个，请先简化或按村分开导出。", most=MOST_CORNERS))
    if not corners:
        raise _refused(N_("文件里没有图形。"))
    transformer, datum, notes = said.transformer, said.datum, said.notes
    if transformer is None and any(abs(x) > 180 or abs(y) > 90 for x, y in corners):
        transformer, note = _guess_projection(corners, near_lon)
        datum, notes = Datum.CGCS2000, (*notes, note)
    if transformer is not None:
        found = [Feature(feature.columns, _through(transformer, feature.polygons)) for feature in found]
    return ShapeFile(found, datum, notes)


def _guess_projection(corners: Sequence[Point], near_lon: float | None) -> tuple[pyproj.Transformer, Text]:
    """Metres without a word: Gauss-Krueger in 3-degree zones of CGCS2000, as land offices deliver."""
    x = corners[0][0]
    if 25e6 <= x < 46e6:  # the zone stands before the easting
        zone = int(x // 1_000_000)
        code, meridian = 4488 + zone, zone * 3
    elif near_lon is not None and 75 - 1.5 <= near_lon <= 135 + 1.5 and 100_000 < x < 900_000:
        meridian = round(near_lon / 3) * 3
        code = 4534 + (meridian - 75) // 3
    else:
        raise _refused(N_("坐标不是经纬度，文件里又没有说明投影（缺 .prj），请重新导出为经纬度。"))
    note = N_(
        "文件没有说明投影，已按国家 2000、3 度带、中央经线 %(meridian)s° 换算，请对照地图核实。", meridian=meridian
    )
    return _unproject(pyproj.CRS.from_epsg(code)), note


def _through(transformer: pyproj.Transformer, polygons: Polygons) -> Polygons:
    made: Polygons = []
    for polygon in polygons:
        rings = []
        for ring in polygon:
            lons, lats = transformer.transform([x for x, _ in ring], [y for _, y in ring])
            if not all(map(math.isfinite, (*lons, *lats))):
                raise _refused(N_("坐标换算不出来，请检查投影说明，或重新导出为经纬度。"))
            rings.append([(float(x), float(y)) for x, y in zip(lons, lats, strict=True)])
        made.append(rings)
    return made
