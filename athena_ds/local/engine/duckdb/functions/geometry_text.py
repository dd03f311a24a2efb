"""Geometries from text and bytes, and back: WKT, WKB, GeoJSON, encoded polylines."""

from __future__ import annotations

from athena_ds.local.engine.duckdb.functions.geometry import geojson, polyline, wkb, wkt
from athena_ds.local.engine.duckdb.functions.geometry.checks import as_jts_reads, only
from athena_ds.local.engine.duckdb.functions.geometry.shape import LINE, MULTI_POINT, POLYGON, Shape
from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.registry import kernel


@kernel("st_geometryfromtext")
def st_geometry_from_text(text: str) -> Shape:
    return _parsed(text)


def _parsed(text: str) -> Shape:
    try:
        return wkt.parsed(text)
    except ValueError:
        raise invalid(f"Invalid WKT: {text}") from None


@kernel("st_linefromtext")
def st_line_from_text(text: str) -> Shape:
    shape = _parsed(text)
    only("ST_LineFromText", shape, LINE)
    return shape


@kernel("st_polygon")
def st_polygon(text: str) -> Shape:
    shape = _parsed(text)
    only("ST_Polygon", shape, POLYGON)
    return shape


@kernel("st_astext")
def st_as_text(shape: Shape) -> str:
    return wkt.written(shape)


@kernel("st_asbinary")
def st_as_binary(shape: Shape) -> bytes:
    return wkb.written(shape)


@kernel("st_geomfrombinary")
def st_geom_from_binary(data: bytes) -> Shape:
    return wkb.parsed(data)


@kernel("from_geojson_geometry")
def from_geojson_geometry(text: str) -> Shape:
    return geojson.parsed(text)


@kernel("to_geojson_geometry")
def to_geojson_geometry(shape: Shape) -> str:
    return geojson.written(as_jts_reads(shape))


@kernel("from_encoded_polyline")
def from_encoded_polyline(text: str) -> Shape:
    return polyline.parsed(text)


@kernel("to_encoded_polyline")
def to_encoded_polyline(shape: Shape) -> str:
    only("encode_polyline", shape, LINE, MULTI_POINT)
    return polyline.written(shape.paths[0] if shape.paths else ())
