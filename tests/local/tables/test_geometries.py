"""Geometries over tables: joined by where they lie, shown as text, never stored."""

from __future__ import annotations

import subprocess
import sys

from tests.local.tables.running import Lake

AREAS = "north|POLYGON ((0 5, 0 9, 9 9, 9 5))\nsouth|POLYGON ((0 0, 0 5, 9 5, 9 0))\n"
PLACES = "1|1|6\n2|2|2\n3|4|1\n4|20|20\n"
ROWS = "ROW FORMAT DELIMITED FIELDS TERMINATED BY '|'"


def tables(lake: Lake) -> None:
    lake.put("areas/a.txt", AREAS)
    lake.put("places/p.txt", PLACES)
    lake.run(
        f"CREATE EXTERNAL TABLE IF NOT EXISTS areas (name string, shape string) {ROWS} LOCATION 's3://lake/areas/'"
    )
    lake.run(
        f"CREATE EXTERNAL TABLE IF NOT EXISTS places (id int, x double, y double) {ROWS} LOCATION 's3://lake/places/'"
    )


def test_places_are_joined_to_the_area_they_lie_in(lake: Lake) -> None:
    """The join of the Athena guide: ST_Contains over text parsed on the way, and a count for each area."""
    tables(lake)
    inside = "ST_Contains(ST_GeometryFromText(a.shape), ST_Point(p.x, p.y))"
    counted = f"SELECT a.name, count(*) FROM areas a JOIN places p ON {inside} GROUP BY a.name ORDER BY 1"
    assert lake.run(counted) == [["north", "1"], ["south", "2"]]
    outside = f"SELECT p.id FROM places p LEFT JOIN areas a ON {inside} WHERE a.name IS NULL"
    assert lake.run(outside) == [["4"]]


def test_a_geometry_shows_as_well_known_text_and_a_tile_by_its_parts(lake: Lake) -> None:
    """Also inside an array; NULL stays NULL."""
    tables(lake)
    shown = "SELECT ST_Point(x, y), ARRAY[ST_Point(y, x)], bing_tile_at(y, x, 3) FROM places WHERE id = 2"
    assert lake.run(shown) == [["POINT (2 2)", "[POINT (2 2)]", "BingTile{x=4, y=3, zoom_level=3}"]]
    assert lake.run("SELECT CAST(NULL AS Geometry)") == [[None]]


def test_a_union_over_groups(lake: Lake) -> None:
    """Two areas that share an edge become one; what an operation leaves is measured as Trino measures it."""
    tables(lake)
    united = (
        "SELECT geometry_union_agg(ST_GeometryFromText(shape)), sum(ST_Area(ST_GeometryFromText(shape))) FROM areas"
    )
    text, area = lake.run(united)[0]
    assert (text, area) == ("POLYGON ((0 0, 9 0, 9 5, 9 9, 0 9, 0 5, 0 0))", "81.0")


def test_a_geometry_is_not_stored(lake: Lake) -> None:
    """Hive has no such type: CTAS says so and leaves nothing, ST_AsText helps."""
    tables(lake)
    assert "Unsupported Hive type: Geometry" in lake.failure(
        "CREATE TABLE kept AS SELECT ST_Point(x, y) AS g FROM places"
    )
    lake.run("CREATE TABLE kept AS SELECT ST_AsText(ST_Point(x, y)) AS g FROM places WHERE id = 1")
    assert lake.run("SELECT * FROM kept") == [["POINT (1 6)"]]


def test_nothing_of_it_is_loaded_before_it_is_needed() -> None:
    """The engine starts without shapely, and does without it as long as GEOS has no part in the answer."""
    asked = """
import sys
from tests.local.fidelity.harness import Runner
runner = Runner()
runner.run("SELECT 1, length('a')")
assert not [name for name in sys.modules if name.endswith("geometry.wkt")]
assert runner.run("SELECT ST_AsText(ST_Point(1, 2))")[1] == [("POINT (1 2)",)]
assert "shapely" not in sys.modules
runner.run("SELECT ST_Contains(ST_Point(1, 2), ST_Point(1, 2))")
assert "shapely" in sys.modules
"""
    subprocess.run([sys.executable, "-c", asked], check=True, timeout=120)
