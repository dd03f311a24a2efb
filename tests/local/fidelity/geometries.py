"""Statements about geometries, tiles and distances on the earth, for a Trino that has the geospatial plug-in."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

_QUESTIONS = (
    "ST_AsText({a})", "ST_Area({a})", "ST_AsBinary({a})", "ST_Boundary({s})", "ST_Centroid({s})", "ST_ConvexHull({a})",
    "ST_CoordDim({a})", "ST_Dimension({a})", "ST_EndPoint({l})", "ST_Envelope({a})", "ST_EnvelopeAsPts({a})",
    "ST_ExteriorRing({p})", "ST_Geometries({a})", "ST_GeometryN({a}, {n})", "ST_GeometryType({a})",
    "ST_InteriorRingN({h}, {n})", "ST_InteriorRings({h})", "ST_IsClosed({l})", "ST_IsEmpty({a})", "ST_IsRing({l})",
    "ST_IsSimple({s})", "ST_IsValid({a})", "ST_Length({l})", "ST_NumGeometries({a})", "ST_NumInteriorRing({h})",
    "ST_NumPoints({a})", "ST_PointN({l}, {n})", "ST_Points({a})", "ST_StartPoint({l})", "ST_X({a})", "ST_Y({o})",
    "ST_XMax({a})", "ST_XMin({a})", "ST_YMax({a})", "ST_YMin({a})", "geometry_invalid_reason({p})",
    "ST_GeomFromBinary(ST_AsBinary({a}))", "to_geojson_geometry(to_spherical_geography({a}))",
    "from_geojson_geometry(to_geojson_geometry(to_spherical_geography({a})))", "to_encoded_polyline({l})",
    "to_geometry(to_spherical_geography({a}))", "line_interpolate_point({l}, {f})",
    "line_interpolate_points({l}, {f})", "line_locate_point({l}, {o})", "simplify_geometry({a}, {d})",
    "ST_Buffer({s}, {d})", "ST_LineString(ARRAY[{o}, {o}, {o}])", "ST_MultiPoint(ARRAY[{o}, {o}])",
    "geometry_union(ARRAY[{p}, {p}, {p}])", "geometry_nearest_points({s}, {s})",
    "ST_Area(to_spherical_geography({p}))", "ST_Length(to_spherical_geography({l}))",
    "ST_Distance(to_spherical_geography({o}), to_spherical_geography({o}))", "ST_Distance({s}, {s})",
)  # fmt: skip
_RELATIONS = ("Contains", "Crosses", "Disjoint", "Equals", "Intersects", "Overlaps", "Touches", "Within")
_OPERATIONS = ("Union", "Intersection", "Difference", "SymDifference")
_TILES = (
    "bing_tile_at({lat}, {lon}, {z})", "bing_tile_quadkey(bing_tile_at({lat}, {lon}, {z}))",
    "bing_tile_coordinates(bing_tile_at({lat}, {lon}, {z}))", "bing_tile_polygon(bing_tile_at({lat}, {lon}, {z}))",
    "bing_tile_zoom_level(bing_tile({n}, {n}, {z}))", "bing_tile('{key}')", "bing_tiles_around({lat}, {lon}, {z})",
    "transform(bing_tiles_around({lat}, {lon}, {w}, {km}), t -> bing_tile_quadkey(t))",
    "transform(geometry_to_bing_tiles({s}, {w}), t -> bing_tile_quadkey(t))",
    "great_circle_distance({lat}, {lon}, {lat}, {lon})",
)  # fmt: skip
_AGGREGATES = ("convex_hull_agg({x})", "geometry_union_agg({x})", "count({x})", "ST_AsText(arbitrary({x}))")


class Geometries:
    """Statements without end from a source of chance."""

    def __init__(self, chance: random.Random) -> None:
        self._random = chance
        self._letters: dict[str, Callable[[], str]] = {
            "a": self._any, "s": self._simple, "p": self._polygon, "h": self._holed, "l": self._line, "o": self._point,
            "n": lambda: str(self._random.randint(-1, 4)), "f": lambda: self._random.choice(("0.25", "0.4", "0", "1")),
            "d": lambda: self._random.choice(("0.5", "1", "2.5")), "z": lambda: str(self._random.randint(1, 20)),
            "w": lambda: str(self._random.randint(1, 7)), "lat": lambda: f"{self._random.uniform(-84, 84):.4f}",
            "lon": lambda: f"{self._random.uniform(-180, 180):.4f}",
            "km": lambda: self._random.choice(("1", "50", "900")),
            "key": lambda: "".join(self._random.choices("0123", k=self._random.randint(1, 12))), "x": lambda: "g",
        }  # fmt: skip

    def statement(self) -> str:
        return self._random.choice((self._question, self._question, self._relation, self._operation, self._group))()

    def _question(self) -> str:
        return f"SELECT {self._filled(self._random.choice((*_QUESTIONS, *_TILES)))}"

    def _relation(self) -> str:
        if self._random.random() < 0.1:
            return self._filled("SELECT ST_Relate({s}, {s}, '" + "".join(self._random.choices("TF*", k=9)) + "')")
        return self._filled(f"SELECT ST_{self._random.choice(_RELATIONS)}({{s}}, {{s}})")

    def _operation(self) -> str:
        return self._filled(f"SELECT ST_{self._random.choice(_OPERATIONS)}({{s}}, {{s}})")

    def _group(self) -> str:
        rows = ", ".join(f"({self._simple()})" for _ in range(self._random.randint(1, 3)))
        return f"SELECT {self._filled(self._random.choice(_AGGREGATES))} FROM (VALUES {rows}) t(g)"

    def _filled(self, words: str) -> str:
        for letter, make in self._letters.items():
            while f"{{{letter}}}" in words:
                words = words.replace(f"{{{letter}}}", make(), 1)
        return words

    def _any(self) -> str:
        if self._random.random() < 0.12:
            members = ", ".join(self._text(self._simple()) for _ in range(self._random.randint(1, 3)))
            return f"ST_GeometryFromText('GEOMETRYCOLLECTION ({members})')"
        return self._simple()

    def _simple(self) -> str:
        makes = (self._polygon, self._polygon, self._holed, self._line, self._point, self._many, self._empty)
        return self._random.choice(makes)()

    @staticmethod
    def _text(made: str) -> str:
        return made.split("'")[1] if "'" in made else made.replace("ST_Point(", "POINT (").replace(",", "")

    def _number(self) -> str:
        return str(self._random.randint(-6, 6))

    def _pair(self) -> str:
        return f"{self._number()} {self._number()}"

    def _point(self) -> str:
        return f"ST_Point({self._number()}, {self._number()})"

    def _line(self) -> str:
        return (
            f"ST_GeometryFromText('LINESTRING ({', '.join(self._pair() for _ in range(self._random.randint(2, 4)))})')"
        )

    def _many(self) -> str:
        pairs = [self._pair() for _ in range(self._random.randint(2, 4))]
        kinds = {
            "MULTIPOINT": ", ".join(f"({pair})" for pair in pairs),
            "MULTILINESTRING": f"({', '.join(pairs)}), ({self._pair()}, {self._pair()})",
            "MULTIPOLYGON": f"({self._ring(0)}), ({self._ring(30)})",
        }
        kind = self._random.choice(list(kinds))
        return f"ST_GeometryFromText('{kind} ({kinds[kind]})')"

    def _empty(self) -> str:
        kind = self._random.choice(("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTIPOLYGON"))
        return f"ST_GeometryFromText('{kind} EMPTY')"

    def _ring(self, away: int) -> str:
        """A star around some place: a polygon that doesn't cross itself."""
        x, y, corners = self._random.randint(-5, 5) + away, self._random.randint(-5, 5), self._random.randint(3, 7)
        angles = sorted(self._random.uniform(0, math.tau) for _ in range(corners))
        if self._random.random() < 0.5:
            angles.reverse()
        places = [(self._random.uniform(1, 8), angle) for angle in angles]
        pairs = [f"{x + round(far * math.cos(at), 1)} {y + round(far * math.sin(at), 1)}" for far, at in places]
        return f"({', '.join((*pairs, pairs[0]))})"

    def _polygon(self) -> str:
        if self._random.random() < 0.4:
            x, y, wide, high = (self._random.randint(*ends) for ends in ((-6, 6), (-6, 6), (1, 8), (1, 8)))
            box = f"{x} {y}, {x + wide} {y}, {x + wide} {y + high}, {x} {y + high}, {x} {y}"
            return f"ST_GeometryFromText('POLYGON (({box}))')"
        return f"ST_GeometryFromText('POLYGON ({self._ring(0)})')"

    def _holed(self) -> str:
        x, y = self._random.randint(-6, 6), self._random.randint(-6, 6)
        shell, hole = (
            f"({x + a} {y + a}, {x + b} {y + a}, {x + b} {y + b}, {x + a} {y + b}, {x + a} {y + a})"
            for a, b in ((0, 9), (2, self._random.randint(3, 8)))
        )
        return f"ST_GeometryFromText('POLYGON ({shell}, {hole})')"
