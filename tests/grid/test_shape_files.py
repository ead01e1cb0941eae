"""Files of outlines: what is read, what the coordinates become, and what is refused in words. No database."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from typing import Any

import pytest
import shapefile
from pyproj import CRS, Transformer

from gridcase.cases.rules.alike import metres_between
from gridcase.core.errors import Refused
from gridcase.grid.rules import Datum, shape_files

RING = [[112.60, 28.45], [112.61, 28.45], [112.61, 28.46], [112.60, 28.46], [112.60, 28.45]]
HOLE = [[112.604, 28.454], [112.604, 28.456], [112.606, 28.456], [112.606, 28.454], [112.604, 28.454]]
NEAR = 112.6


def collection(*geometries: dict[str, Any] | None, **more: Any) -> bytes:
    """A GeoJSON file with these shapes."""
    features = [
        {"type": "Feature", "properties": {"code": f"X{number}", "n": 3.0, "none": None}, "geometry": geometry}
        for number, geometry in enumerate(geometries)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def zipped(**parts: bytes) -> bytes:
    """A zip of `name_ending=content`."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "."), content)
    return target.getvalue()


def shapes(ring: list[list[float]], *, kind: int = shapefile.POLYGON, encoding: str = "utf-8") -> dict[str, bytes]:
    """The parts of a shapefile with one shape called 上河村."""
    shp, shx, dbf = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=shp, shx=shx, dbf=dbf, shapeType=kind, encoding=encoding) as writer:
        writer.field("NAME", "C", 40)
        if kind == shapefile.POLYGON:
            writer.poly([ring[::-1]])
        else:
            writer.point(*ring[0])
        writer.record("上河村")
    return {"a__shp": shp.getvalue(), "a__shx": shx.getvalue(), "a__dbf": dbf.getvalue()}


def first(found: shape_files.ShapeFile) -> tuple[float, float]:
    """The south-west corner."""
    return min(found.features[0].polygons[0][0], key=lambda point: round(point[0], 4) + round(point[1], 4))


def test_geojson_with_holes_and_parts() -> None:
    parts = {"type": "MultiPolygon", "coordinates": [[RING], [HOLE]]}
    found = shape_files.read(collection(polygon(RING, HOLE), parts), near_lon=NEAR)
    assert [len(feature.polygons) for feature in found.features] == [1, 2]
    assert len(found.features[0].polygons[0]) == 2
    assert found.datum is None, "a file that does not say its datum has to be asked about"
    assert found.features[0].columns == {"code": "X0", "n": "3"}


def test_a_bare_geometry_and_one_with_heights() -> None:
    high = [[x, y, 312.5] for x, y in RING]
    assert len(shape_files.read(json.dumps(polygon(high)).encode(), near_lon=None).features) == 1


@pytest.mark.parametrize(
    ("name", "datum"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", Datum.WGS84),
        ("urn:ogc:def:crs:EPSG::4490", Datum.CGCS2000),
        ("EPSG:4326", Datum.WGS84),
        ("GCJ02", Datum.GCJ02),
        ("gibberish", None),
    ],
)
def test_what_a_geojson_says_of_its_datum(name: str, datum: Datum | None) -> None:
    data = collection(polygon(RING), crs={"type": "name", "properties": {"name": name}})
    found = shape_files.read(data, near_lon=NEAR)
    assert found.datum is datum
    assert bool(found.notes) is (name == "gibberish")


@pytest.mark.parametrize("epsg", [4547, 4525 + 1, 4546])
def test_gauss_krueger_with_its_prj(epsg: int) -> None:
    crs = CRS.from_epsg(epsg)
    there = Transformer.from_crs("EPSG:4490", crs, always_xy=True)
    parts = shapes([list(there.transform(x, y)) for x, y in RING])
    found = shape_files.read(zipped(**parts, a__prj=crs.to_wkt("WKT1_ESRI").encode()), near_lon=None)
    assert found.datum is Datum.CGCS2000
    assert metres_between(first(found), (112.60, 28.45)) < 0.1
    assert found.features[0].columns == {"NAME": "上河村"}
    assert "经纬度" in str(found.notes[0])


@pytest.mark.parametrize("epsg", [4547, 4526])
def test_gauss_krueger_without_a_prj_is_told_by_its_numbers(epsg: int) -> None:
    """CM 114E without a zone number by the place's longitude; zone 38 by its leading digits."""
    there = Transformer.from_crs("EPSG:4490", f"EPSG:{epsg}", always_xy=True)
    parts = shapes([list(there.transform(x, y)) for x, y in RING])
    found = shape_files.read(zipped(**parts), near_lon=113.0)
    assert metres_between(first(found), (112.60, 28.45)) < 0.1
    assert "114" in str(found.notes[0])


def test_names_in_the_chinese_windows_encoding() -> None:
    parts = shapes(RING, encoding="gbk")
    assert shape_files.read(zipped(**parts), near_lon=NEAR).features[0].columns == {"NAME": "上河村"}
    said = shape_files.read(zipped(**parts, a__cpg=b"GBK"), near_lon=NEAR)
    assert said.features[0].columns == {"NAME": "上河村"}


def test_a_wgs84_prj_and_what_an_archive_of_a_mac_brings_along() -> None:
    parts = {**shapes(RING), "__MACOSX/._a.shp": b"x", "readme.txt": b"hello"}
    prj = CRS.from_epsg(4326).to_wkt("WKT1_ESRI").encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("a__", "folder/a."), content)
        archive.writestr("folder/a.PRJ", prj)
    found = shape_files.read(target.getvalue(), near_lon=NEAR)
    assert found.datum is Datum.WGS84
    assert first(found) == (112.60, 28.45)


def bomb() -> bytes:
    parts = shapes(RING)
    return zipped(**{**parts, "a__dbf": b"\0" * (shape_files.LARGEST_UNPACKED + 1)})


def encrypted() -> bytes:
    data = bytearray(zipped(**shapes(RING)))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(sign)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(sign, at + 4)
    return bytes(data)


def many_points() -> bytes:
    """A shape that claims to have two thousand million points."""
    parts = shapes(RING)
    shp = bytearray(parts["a__shp"])
    struct.pack_into("<i", shp, 100 + 8 + 4 + 32 + 4, 2_000_000_000)
    return zipped(**{**parts, "a__shp": bytes(shp)})


def without_shape() -> bytes:
    """A record of a shapefile whose shape is empty."""
    parts = shapes(RING)
    shp = bytearray(parts["a__shp"])
    struct.pack_into("<i", shp, 100 + 8, shapefile.NULL)
    return zipped(**{**parts, "a__shp": bytes(shp)})


def lying_directory() -> bytes:
    """A zip whose directory points before its beginning."""
    data = bytearray(zipped(**shapes(RING)))
    struct.pack_into("<I", data, data.rfind(b"PK\x05\x06") + 12, 0x00FFFFFF)
    return bytes(data)


def of_datum(epsg: int) -> bytes:
    return zipped(**shapes(RING), a__prj=CRS.from_epsg(epsg).to_wkt("WKT1_ESRI").encode())


BROKEN: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "空的"),
    "huge": (b"{" + b" " * shape_files.LARGEST_FILE, "5 MB"),
    "a picture": (b"\x89PNG\r\n", "认不出"),
    "half a geojson": (collection(polygon(RING))[:-30], "不完整"),
    "another json": (b'{"a": 1}', "不是 GeoJSON"),
    "topojson": (b'{"type": "Topology", "objects": {}}', "TopoJSON"),
    "no features": (b'{"type": "FeatureCollection"}', "features"),
    "an empty collection": (collection(), "没有图形"),
    "no geometry": (collection(None), "没有几何"),
    "points": (collection({"type": "Point", "coordinates": [112.6, 28.45]}), "Point"),
    "lines": (collection({"type": "LineString", "coordinates": RING}), "LineString"),
    "a collection of geometries": (collection({"type": "GeometryCollection", "geometries": []}), "GeometryCollection"),
    "words for numbers": (collection(polygon([["x", 1], [2, 3], [4, 5]])), "坐标有误"),
    "numbers too flat": (collection(polygon(RING[0])), "坐标有误"),
    "no coordinates": (collection({"type": "Polygon"}), "坐标有误"),
    "endless depth": (b'{"type":"Polygon","coordinates":' + b"[" * 5000 + b"]" * 5000 + b"}", "GeoJSON"),
    "too many shapes": (collection(*[polygon(RING)] * (shape_files.MOST_FEATURES + 1)), "500"),
    "too many corners": (collection(polygon([[112.6, 28.4]] * (shape_files.MOST_CORNERS + 1))), "角点"),
    "metres of nowhere": (collection(polygon([[1e7, 1e7], [1e7, 2e7], [2e7, 1e7]])), "投影"),
    "no zip at all": (b"PK\x03\x04 nothing", "打不开"),
    "a cut zip": (zipped(**shapes(RING))[:200], "打不开"),
    "a zip without a shapefile": (zipped(a__txt=b"hello"), "0 个"),
    "two shapefiles": (zipped(**shapes(RING), b__shp=b"x"), "2 个"),
    "without its table": (zipped(**{k: v for k, v in shapes(RING).items() if k != "a__dbf"}), ".dbf"),
    "a zip bomb": (bomb(), "30 MB"),
    "an encrypted zip": (encrypted(), "密码"),
    "a crowd of files": (zipped(**{f"f{n}__txt": b"" for n in range(60)}), "60"),
    "a shapefile of points": (zipped(**shapes(RING, kind=shapefile.POINT)), "POINT"),
    "a broken shapefile": (zipped(**{**shapes(RING), "a__shp": b"\0" * 120, "a__shx": b""}), "读不出来"),
    "a shape that lies about its size": (many_points(), "读不出来"),
    "a shape that is none": (without_shape(), "读不出来"),
    "a directory that points nowhere": (lying_directory(), "打不开"),
    "no rings": (collection({"type": "MultiPolygon", "coordinates": [[]]}), "坐标有误"),
    "a ring of two": (collection(polygon(RING[:2])), "坐标有误"),
    "names for numbers": (collection(polygon([{"x": 1, "y": 2}] * 4)), "坐标有误"),
    "Beijing 1954": (of_datum(4214), "不能换算"),
    "Xian 1980": (of_datum(4610), "不能换算"),
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_what_cannot_be_taken_over_is_refused_in_words(name: str) -> None:
    data, words = BROKEN[name]
    with pytest.raises(Refused) as refused:
        shape_files.read(data, near_lon=None)
    assert words in str(refused.value.text)
    assert refused.value.field == "file"
