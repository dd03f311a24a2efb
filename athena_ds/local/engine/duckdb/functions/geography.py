"""Distances on the earth, which Trino's geospatial plug-in takes for a sphere."""

from __future__ import annotations

import math

from athena_ds.local.engine.duckdb.functions.math_inverse import atan2
from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.registry import kernel

EARTH_RADIUS_KM = 6371.01


@kernel("great_circle_distance")
def great_circle_distance(latitude1: float, longitude1: float, latitude2: float, longitude2: float) -> float:
    """Kilometres between two points given in degrees."""
    for latitude, longitude in ((latitude1, longitude1), (latitude2, longitude2)):
        check_degrees("Latitude", latitude, 90)
        check_degrees("Longitude", longitude, 180)
    from_y, to_y = math.radians(latitude1), math.radians(latitude2)
    apart = math.radians(longitude1) - math.radians(longitude2)
    across = math.cos(to_y) * math.sin(apart)
    along = math.cos(from_y) * math.sin(to_y) - math.sin(from_y) * math.cos(to_y) * math.cos(apart)
    straight = math.sin(from_y) * math.sin(to_y) + math.cos(from_y) * math.cos(to_y) * math.cos(apart)
    return atan2(math.sqrt(across * across + along * along), straight) * EARTH_RADIUS_KM


def check_degrees(what: str, degrees: float, most: int) -> None:
    if not -most <= degrees <= most:
        raise invalid(f"{what} must be between -{most} and {most}")
