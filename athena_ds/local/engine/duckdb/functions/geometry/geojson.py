"""GeoJSON as JTS's library reads and writes it."""

from __future__ import annotations

import json
import math
from typing import Any

from athena_ds.local.engine.duckdb.functions.geometry.orientation import oriented
from athena_ds.local.engine.duckdb.functions.geometry.shape import (
    COLLECTION,
    LINE,
    MULTI_LINE,
    MULTI_POINT,
    MULTI_POLYGON,
    POINT,
    POLYGON,
    Path,
    Shape,
)
from athena_ds.local.engine.duckdb.functions.java_numbers import double_text
from athena_ds.local.engine.duckdb.functions.refusals import invalid, unsupported

_SCALE = 1e8
_CRS = ',"crs":{"type":"name","properties":{"name":"EPSG:0"}}'


def written(shape: Shape) -> str:
    return f"{{{_body(shape)}{_CRS}}}"


def _body(shape: Shape) -> str:
    if shape.kind == COLLECTION:
        inside = ",".join(f"{{{_body(member)}}}" for member in shape.members)
        return f'"type":"GeometryCollection","geometries":[{inside}]'
    return f'"type":"{shape.kind}","coordinates":{_coordinates(shape)}'


def _coordinates(shape: Shape) -> str:
    match shape.kind:
        case "Point" | "LineString":
            return _path(shape.paths[0]) if shape.paths else "[]"
        case "MultiPoint":
            return _list(_path((xy,)) for path in shape.paths for xy in path)
        case "MultiLineString":
            return _list(map(_path, shape.paths))
        case "Polygon":
            return _list(map(_ring, shape.paths)) if shape.paths else "[]"
        case _:
            return _list(_list(map(_ring, rings)) for rings in shape.shells())


def _list(items: Any) -> str:
    return f"[{','.join(items)}]"


def _ring(ring: Path) -> str:
    return _path((*ring, ring[0]))


def _path(path: Path) -> str:
    spelled = [f"[{_ordinate(x)},{_ordinate(y)}]" for x, y in path]
    return spelled[0] if len(spelled) == 1 else _list(spelled)


def _ordinate(value: float) -> str:
    """Eight digits after the point, where the number isn't tiny, huge or a great negative one."""
    if not (abs(value) >= 1e-3 and value < 1e7):
        return double_text(value)
    rounded = math.floor(value * _SCALE + 0.5) / _SCALE
    return str(int(rounded)) if rounded == int(rounded) and abs(rounded) < 2**63 else double_text(rounded)


def parsed(text: str) -> Shape:
    """Raises INVALID_FUNCTION_ARGUMENT for what is no GeoJSON geometry."""
    try:
        found = json.loads(text)
    except ValueError:
        raise invalid("Invalid GeoJSON: Could not parse Geometry from Json string.") from None
    if not isinstance(found, dict):
        raise invalid("Invalid GeoJSON: Could not parse Geometry from Json string.")
    return _shape(found)


def _shape(found: Any) -> Shape:
    kind = found.get("type")
    if kind is None:
        raise invalid("Invalid GeoJSON: Could not parse Geometry from Json string.  No 'type' property found.")
    try:
        match kind:
            case "Feature":
                return _shape(found["geometry"])
            case "FeatureCollection":
                return Shape(COLLECTION, members=tuple(_shape(each["geometry"]) for each in found["features"]))
            case "GeometryCollection":
                return Shape(COLLECTION, members=tuple(map(_shape, found["geometries"])))
        shape = _simple(kind, found.get("coordinates"))
    except (TypeError, KeyError, IndexError, AttributeError, ValueError):
        raise invalid(f"Invalid GeoJSON: Could not parse {kind} from GeoJson string.") from None
    if shape is None:
        words = "Could not parse Geometry from GeoJson string.  Unsupported 'type':"
        raise invalid(f"Invalid GeoJSON: {words}{kind}")
    return shape


def _simple(kind: str, coordinates: Any) -> Shape | None:
    match kind:
        case "Point":
            return Shape(POINT, ((_pair(coordinates),),) if coordinates else ())
        case "MultiPoint" | "LineString":
            path = tuple(map(_pair, coordinates or ()))
            if kind == LINE and len(path) == 1:
                raise ValueError("one point is no line")
            return Shape(MULTI_POINT if kind == MULTI_POINT else LINE, (path,) if path else ())
        case "MultiLineString":
            return Shape(MULTI_LINE, tuple(_path_of(path) for path in coordinates))
        case "Polygon":
            return Shape(POLYGON, _rings(coordinates or ()))
        case "MultiPolygon":
            return Shape(MULTI_POLYGON, tuple(ring for rings in coordinates for ring in _rings(rings)))
        case _:
            return None


def _path_of(coordinates: Any) -> Path:
    path = tuple(map(_pair, coordinates))
    if len(path) < 2:
        raise ValueError("too few points")
    return path


def _rings(coordinates: Any) -> tuple[Path, ...]:
    found = []
    for at, ring in enumerate(coordinates):
        path = tuple(map(_pair, ring))
        if len(path) < 3 or path[0] != path[-1]:
            raise ValueError("no ring")
        found.append(oriented(path[:-1], shell=at == 0))
    return tuple(found)


def _pair(ordinates: Any) -> tuple[float, float]:
    if not isinstance(ordinates, list):
        raise TypeError("no list")
    if len(ordinates) > 2:
        raise unsupported("GeoJSON with a third ordinate")
    x, y = ordinates
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in ordinates):
        raise TypeError("no numbers")
    return float(x), float(y)
