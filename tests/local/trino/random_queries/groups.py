"""Aggregates of groups, of grouping sets, or of everything."""

from __future__ import annotations

from collections.abc import Sequence

from tests.local.trino.random_queries.expressions import ORDERED, Column, Draw, expression
from tests.local.trino.random_queries.parts import Query, filled, order, where
from tests.local.trino.random_queries.tables import ROWS_BY_ID, TABLES, columns

_AGGREGATES = {
    "count({any})": 2, "count(*)": 1, "count(DISTINCT {ordered})": 2, "sum({integer})": 2, "sum({double})": 1,
    "sum({decimal})": 2, "avg({integer} % 1000)": 1, "avg({double})": 1, "avg({decimal})": 2, "min({ordered})": 3,
    "max({ordered})": 3, "bool_and({boolean})": 1, "bool_or({boolean})": 1, "count_if({boolean})": 1,
    "stddev({integer})": 1, "var_pop({integer})": 1, "approx_distinct({varchar})": 1, "checksum({ordered})": 1,
    "sum(DISTINCT {integer})": 1,
    "cardinality(array_agg({any}))": 1, "array_sort(array_agg(DISTINCT {varchar}))": 1, "corr({integer}, {integer})": 1,
    "cardinality(histogram({varchar}))": 1, "geometric_mean({integer})": 1, "bitwise_or_agg({integer})": 1,
    "min({integer}, 2)": 1, "max({varchar}, 2)": 1, "approx_percentile({integer}, 0.5)": 1,
    "map_agg({varchar}, 1)": 1, "every({boolean})": 1,
    "array_agg({same} ORDER BY {same})": 1, "array_agg({same} ORDER BY {same} DESC NULLS FIRST)": 1,
    "array_agg(DISTINCT {same} ORDER BY {same})": 1, "array_sort(array_agg({integer}))": 1,
    "count(DISTINCT ({integer}, {varchar}))": 1,
    "count(DISTINCT {any})": 1, "avg(DISTINCT {decimal})": 1, "approx_distinct({ordered})": 1, "max({ordered}, 3)": 1,
    "histogram({integer})": 1, "map_union({map})": 1, "covar_samp({integer} % 100, {integer} % 100)": 1,
    "regr_slope({integer} % 100, {integer} % 50)": 1, "skewness({integer} % 100)": 1, "kurtosis({integer} % 100)": 1,
    "sum({interval})": 1, "avg({interval})": 1, "bitwise_and_agg({integer})": 1, "count({json})": 1,
    "approx_percentile({integer} % 100, ARRAY[0.1, 0.9])": 1, "array_agg({integer}) IS NULL": 1, "min({zoned})": 1,
    "cardinality(array_agg(DISTINCT {any}))": 1,
    "reduce_agg({integer} % 10, 0, (s, x) -> s + x, (s, t) -> s + t)": 1, "sum(DISTINCT {decimal})": 1,
    "coalesce(sum({integer}), 0)": 1, "sum({integer}) * 1e0 / count(*)": 1, "max({integer}) - min({integer})": 1,
    "CASE WHEN count(*) > 1 THEN max({varchar}) ELSE min({varchar}) END": 1, "sum(IF({boolean}, 1, 0))": 1,
    "sum(CASE WHEN {boolean} THEN {decimal} END)": 1, "entropy({integer} % 10 + 20)": 1, "stddev_pop({double})": 1,
    "bitwise_xor_agg({integer})": 1, "approx_set({varchar}) IS NULL": 1,
    "cardinality(multimap_agg({varchar}, {integer}))": 1, "numeric_histogram(3, {integer} % 100)": 1,
}  # fmt: skip
_WEIGHED = [template for template, weight in _AGGREGATES.items() for _ in range(weight)]
_BY_ID = (
    "max_by({any}, id)", "min_by({any}, id)", "max_by({integer}, id, 2)", "array_agg({any} ORDER BY id DESC)",
    "array_agg({integer} ORDER BY {ordered}, id) FILTER (WHERE {boolean})", "map_agg(id, {any})",
    "listagg(st, ',') WITHIN GROUP (ORDER BY id)", "listagg(DISTINCT st) WITHIN GROUP (ORDER BY st)",
    "array_join(array_agg({varchar} ORDER BY id), ',')", "max_by({any}, ROW(bo, id))",
)  # fmt: skip
_HAVING = ("count(*) > 1", "count(*) <> 2", "max(1) IS NOT NULL", "sum({integer}) > 0", "min({ordered}) IS NULL",
           "count({any}) FILTER (WHERE {boolean}) = 0")  # fmt: skip
_GROUPS = ("{}", "{}", "{}", "{}", "ROLLUP ({})", "CUBE ({})", "GROUPING SETS (({}), ())", "GROUPING SETS ({}, ())",
           "{}, ROLLUP ({})", "DISTINCT CUBE ({}), ROLLUP ({})")  # fmt: skip


def grouped(draw: Draw) -> Query:
    """Over one table."""
    table = draw.choice(sorted(TABLES))
    scope = columns(table)
    by_id = table in ROWS_BY_ID and (draw.random() < 0.5)
    return grouped_over(draw, f"{table}{where(draw, scope)}", scope, more=_BY_ID if by_id else ())


def grouped_over(draw: Draw, source: str, scope: Sequence[Column], *, more: Sequence[str] = ()) -> Query:
    """Over a FROM clause; `more` aggregates are drawn as often as all others."""
    count = draw.randint(0, 3)
    group = draw.choice(_GROUPS)
    # Grouping sets name columns; a position or an expression stands in a plain GROUP BY.
    depth = 1 if group == "{}" else 0
    keys = [expression(draw, scope, draw.choice(ORDERED), draw.randint(0, depth)) for _ in range(count)]
    if group != "{}" and not {*keys} <= {one.text for one in scope}:
        group = "{}"
    shown = [f"{key} AS k{at}" for at, key in enumerate(keys)]
    shown += [f"{_aggregate(draw, scope, more)} AS x{at}" for at in range(draw.randint(1, 3))]
    if keys and group != "{}" and (draw.random() < 0.5):
        shown.append(f"grouping({', '.join(keys)}) AS g")
    sql = f"SELECT {', '.join(shown)} FROM {source}"
    if keys:
        told = [str(at + 1) for at in range(count)] if group == "{}" and (draw.random() < 0.5) else keys
        sql += " GROUP BY " + group.format(*[", ".join(told)] * 2)
    if draw.randint(0, 4) == 0:
        sql += " HAVING " + filled(draw, scope, draw.choice(_HAVING), depth=0)
    if keys and group == "{}" and draw.randint(0, 3) == 0:
        return Query(sql + order(draw, [f"k{at}" for at in range(count)]), ordered=True)
    return Query(sql)


def _aggregate(draw: Draw, scope: Sequence[Column], more: Sequence[str]) -> str:
    template = draw.choice(more if more and draw.random() < 0.5 else _WEIGHED)
    if "map_union" in template and not more:  # which of a key's values it keeps depends on the order of the rows
        template = "count({map})"
    made = filled(draw, scope, template, depth=draw.randint(0, 1))
    if (
        draw.randint(0, 5) == 0
        and made.startswith(("count(", "sum(", "min(", "max(", "avg("))
        and template.count("(") == 1
    ):
        made += f" FILTER (WHERE {expression(draw, scope, 'boolean', 1)})"
    return made
