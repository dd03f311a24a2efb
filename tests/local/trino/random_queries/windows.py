"""Window functions in an order that leaves no two rows equal, or of frames that take equal rows together."""

from __future__ import annotations

from tests.local.trino.random_queries.expressions import Draw
from tests.local.trino.random_queries.parts import WAYS, Query, filled, items, listed, where
from tests.local.trino.random_queries.tables import ROWS_BY_ID, TABLES, columns

_FUNCTIONS = (
    "row_number()", "rank()", "dense_rank()", "percent_rank()", "cume_dist()", "ntile(3)", "lag({any})",
    "lead({any}, 2)", "lag({integer}, 1, -1)", "first_value({any})", "last_value({any})", "nth_value({any}, 2)",
    "lag({any}) IGNORE NULLS", "first_value({any}) IGNORE NULLS", "count({any})", "sum({integer})", "min({ordered})",
    "max({ordered})", "sum({decimal})", "avg({integer} % 1000)", "count(*)", "bool_or({boolean})",
    "array_agg({integer})", "last_value({any}) IGNORE NULLS", "lead({any}, id % 3) IGNORE NULLS", "avg({decimal})",
    "nth_value({any}, id) IGNORE NULLS", "lead({varchar}, 1, {varchar})", "ntile(id)", "max_by({any}, id)",
    "stddev({integer} % 100)", "count_if({boolean})", "sum({interval})", "approx_distinct({varchar})",
    "bool_and({boolean})", "array_agg({any})", "min({integer}, 2)", "map_agg(id, {integer})",
)  # fmt: skip
_FRAMES = (
    "", "", "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", "ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
    "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING", "ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING",
    "RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING", "GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW",
    "RANGE BETWEEN 1 PRECEDING AND 2 FOLLOWING", "ROWS 2 PRECEDING", "ROWS BETWEEN id PRECEDING AND CURRENT ROW",
    "ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING", "GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING",
)  # fmt: skip
_FRAMELESS = ("row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead")
_PARTS = ("", "PARTITION BY bo ", "PARTITION BY st ", "PARTITION BY si, bo ", "PARTITION BY {ordered} ")


def windowed(draw: Draw) -> Query:
    """In the order of `id`, over partitions or all."""
    table = draw.choice(sorted(ROWS_BY_ID))
    scope = columns(table)
    shown = ["id"]
    for at in range(draw.randint(1, 3)):
        template = draw.choice(_FUNCTIONS)
        frame = "" if template.startswith(_FRAMELESS) else draw.choice(_FRAMES)
        part = filled(draw, scope, draw.choice(_PARTS), depth=draw.randint(0, 1))
        way = draw.choice(["id", "id DESC", "id NULLS FIRST", "id DESC NULLS LAST"])
        if not frame.startswith("RANGE") and (draw.random() < 0.5):
            way = filled(draw, scope, "{ordered}", depth=draw.randint(0, 1)) + draw.choice(WAYS) + ", id"
        call = filled(draw, scope, template, depth=draw.randint(0, 1))
        shown.append(f"{call} OVER ({part}ORDER BY {way} {frame}) AS w{at}".replace(" )", ")"))
    return Query(f"SELECT {', '.join(shown)} FROM {table}{where(draw, scope, depth=1)}")


_OF_PEERS = (
    "rank()", "dense_rank()", "percent_rank()", "cume_dist()", "count({any})", "sum({integer})", "min({ordered})",
    "max({ordered})", "sum({decimal})", "avg({integer} % 1000)", "count(*)", "bool_or({boolean})",
    "count_if({boolean})", "avg({decimal})", "array_sort(array_agg({integer}))", "bitwise_or_agg({integer})",
)  # fmt: skip
_DISTANCES = {
    "integer": ("1", "2", "10", "BIGINT '100'"),
    "decimal": ("1", "DECIMAL '0.5'", "DECIMAL '100'", "2"),
    "double": ("1", "0.5e0", "100", "REAL '1.5'"),
    "date": ("INTERVAL '1' DAY", "INTERVAL '2' MONTH", "INTERVAL '1' YEAR", "INTERVAL '0' DAY"),
    "timestamp": ("INTERVAL '1' HOUR", "INTERVAL '1' MONTH", "INTERVAL '90' MINUTE", "INTERVAL '5' DAY"),
    "zoned": ("INTERVAL '1' HOUR", "INTERVAL '1' DAY"),
}
_REACHES = (
    "RANGE BETWEEN {a} PRECEDING AND {b} FOLLOWING", "RANGE BETWEEN {a} PRECEDING AND CURRENT ROW",
    "RANGE {a} PRECEDING",
    "RANGE BETWEEN CURRENT ROW AND {b} FOLLOWING", "RANGE BETWEEN UNBOUNDED PRECEDING AND {b} FOLLOWING",
    "RANGE BETWEEN {a} FOLLOWING AND {b} FOLLOWING", "RANGE BETWEEN {a} PRECEDING AND {b} PRECEDING",
    "RANGE BETWEEN {a} PRECEDING AND UNBOUNDED FOLLOWING", "GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING", "",
    "GROUPS BETWEEN CURRENT ROW AND 2 FOLLOWING", "GROUPS BETWEEN 2 PRECEDING AND 1 PRECEDING", "GROUPS 1 PRECEDING",
    "RANGE BETWEEN CURRENT ROW AND CURRENT ROW", "RANGE UNBOUNDED PRECEDING",
    "GROUPS BETWEEN 0 PRECEDING AND CURRENT ROW",
)  # fmt: skip


def framed(draw: Draw) -> Query:
    """Frames by distance and by groups of equal keys, NULLs among them; every column of any kind may be the key."""
    table = draw.choice(sorted(TABLES))
    scope = columns(table)
    kind = draw.choice([*_DISTANCES])
    key = filled(draw, scope, f"{{{kind}}}", depth=draw.randint(0, 1))
    shown = [f"{key} AS k"]
    for at in range(draw.randint(1, 3)):
        template = draw.choice(_OF_PEERS)
        reach = "" if template.startswith(_FRAMELESS) else draw.choice(_REACHES)
        a, b = (draw.choice(_DISTANCES[kind]) for _ in range(2))
        part = filled(draw, scope, draw.choice(["", "", "PARTITION BY {boolean} ", "PARTITION BY {varchar} "]), depth=0)
        inside = f"{part}ORDER BY {key}{draw.choice(WAYS)} {reach.format(a=a, b=b)}".strip()
        call = filled(draw, scope, template, depth=draw.randint(0, 1))
        call, close = (call[:-1], ")") if call.startswith("array_sort(") else (call, "")
        shown.append(f"{call} OVER ({inside}){close} AS w{at}")
    return Query(f"SELECT {', '.join(shown)} FROM {table}{where(draw, scope, depth=1)}")


def first_of_each(draw: Draw) -> Query:
    """The best rows of each group, as one writes without QUALIFY; a named window; a rank of an aggregate."""
    table = draw.choice(sorted(ROWS_BY_ID))
    scope = columns(table)
    part, key = (filled(draw, scope, "{ordered}", depth=draw.randint(0, 1)) for _ in range(2))
    way = draw.choice(WAYS)
    shown, kept = (
        listed(items(draw, scope, most=3)),
        draw.choice(["= 1", "<= 2", "< 3", "BETWEEN 2 AND 3", "> 1"]),
    )
    form = draw.choice([
        "SELECT {shown}, n FROM (SELECT *, row_number() OVER (PARTITION BY {part} ORDER BY {key}{way}, id) AS n"
        " FROM {table}) WHERE n {kept}",
        "SELECT {shown}, n FROM (SELECT *, rank() OVER (PARTITION BY {part} ORDER BY {key}{way}) AS n FROM {table})"
        " WHERE n {kept}",
        "WITH w AS (SELECT *, row_number() OVER (ORDER BY {key}{way}, id) AS n FROM {table}) SELECT {shown}, n FROM w"
        " WHERE n {kept} ORDER BY n, id",
        "SELECT id, row_number() OVER w AS a, sum(si) OVER w AS b, lag(si) OVER (w) AS c FROM {table}"
        " WINDOW w AS (PARTITION BY {part} ORDER BY {key}{way}, id)",
        "SELECT {part} AS k, count(*) AS n, rank() OVER (ORDER BY count(*) DESC) AS r, sum(count(*)) OVER () AS s,"
        " count(*) * 1e0 / sum(count(*)) OVER () AS share FROM {table} GROUP BY {part}",
        "SELECT {shown} FROM {table} WHERE id IN (SELECT max(id) FROM {table} GROUP BY {part})",
        "SELECT {shown}, id - lag(id, 1, 0) OVER (ORDER BY id) AS gap, {key} AS k FROM {table}"
        " ORDER BY {key}{way}, id LIMIT 4",
    ])  # fmt: skip
    return Query(form.format(shown=shown, part=part, key=key, way=way, table=table, kept=kept))
