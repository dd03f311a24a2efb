"""Whole queries of every shape, and what of their answer is decided: the order, the zeros' signs, or the rows alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.local.trino.random_queries.expressions import KINDS, ORDERED, Column, Draw, expression
from tests.local.trino.random_queries.tables import ROWS_BY_ID, TABLES, columns


@dataclass(frozen=True, slots=True)
class Query:
    """A statement; `ordered` where its ORDER BY decides the place of every row.

    `cut`: its LIMIT, and the columns of its ORDER BY, where rows may be equal in these and differ in others.
    """

    sql: str
    ordered: bool = False
    cut: tuple[int, tuple[int, ...]] | None = None


@st.composite
def queries(draw: Draw) -> Query:
    """A query of any shape."""
    return draw(st.sampled_from(_SHAPES))(draw)  # type: ignore[no-any-return]


def _projected(draw: Draw) -> Query:
    """Expressions, a filter, an order by what is shown, a limit."""
    table = draw(st.sampled_from(sorted(TABLES)))
    scope, ordered = columns(table), draw(st.booleans())
    shown = _items(draw, scope, most=4, kinds=ORDERED if ordered else KINDS)
    distinct = "DISTINCT " if draw(st.integers(0, 4)) == 0 else ""
    sql = f"SELECT {distinct}{_listed(shown)} FROM {table}{_where(draw, scope)}"
    return Query(sql + _order(draw, len(shown)), ordered=True) if ordered else Query(sql)


def _joined(draw: Draw) -> Query:
    """Two tables joined in any way, their keys repeated and missing; what a side has not is NULL."""
    left, right = (draw(st.sampled_from(sorted(TABLES))) for _ in range(2))
    a, b = columns(left, "a"), columns(right, "b")
    kind = draw(st.sampled_from(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"]))
    condition = ""
    if kind != "CROSS JOIN":
        shared = draw(st.sampled_from(sorted({one.kind for one in a} & {one.kind for one in b})))
        condition = f" ON {_of(draw, a, shared)} = {_of(draw, b, shared)}"
        more = draw(st.integers(0, 2)) == 0
        condition += f" AND {expression(draw, [*a, *b], 'boolean', 1)}" if more else ""
    source = f"{left} a {kind} {right} b{condition}"
    if draw(st.booleans()):
        return _grouped_over(draw, source, [*a, *b])
    shown = _items(draw, [*a, *b], most=4)
    return Query(f"SELECT {_listed(shown)} FROM {source}{_where(draw, [*a, *b], depth=1)}")


def _grouped(draw: Draw) -> Query:
    """Aggregates of groups, of grouping sets, or of everything."""
    table = draw(st.sampled_from(sorted(TABLES)))
    return _grouped_over(draw, f"{table}{_where(draw, columns(table))}", columns(table))


def _grouped_over(draw: Draw, source: str, scope: Sequence[Column]) -> Query:
    count = draw(st.integers(0, 2))
    keys = [expression(draw, scope, draw(st.sampled_from(ORDERED)), draw(st.integers(0, 1))) for _ in range(count)]
    shown = [f"{key} AS k{at}" for at, key in enumerate(keys)]
    shown += [f"{_aggregate(draw, scope)} AS x{at}" for at in range(draw(st.integers(1, 3)))]
    named = [str(at + 1) for at in range(count)]
    group = draw(st.sampled_from(["{}", "{}", "{}", "ROLLUP ({})", "CUBE ({})", "GROUPING SETS (({}), ())"]))
    if group != "{}" and any(not key.replace(".", "").isidentifier() for key in keys):
        group = "{}"
    sql = f"SELECT {', '.join(shown)} FROM {source}"
    if keys:
        sql += " GROUP BY " + group.format(", ".join(named if group == "{}" else keys))
    if draw(st.integers(0, 4)) == 0:
        sql += " HAVING " + draw(st.sampled_from(["count(*) > 1", "count(*) <> 2", "max(1) IS NOT NULL"]))
    return Query(sql)


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
}  # fmt: skip
_WEIGHED = [template for template, weight in _AGGREGATES.items() for _ in range(weight)]


def _aggregate(draw: Draw, scope: Sequence[Column]) -> str:
    template = draw(st.sampled_from(_WEIGHED))
    made = _filled(draw, scope, template, depth=draw(st.integers(0, 1)))
    if draw(st.integers(0, 5)) == 0 and made.startswith(("count(", "sum(", "min(", "max(", "avg(")):
        made += f" FILTER (WHERE {expression(draw, scope, 'boolean', 1)})"
    return made


_WINDOWS = (
    "row_number()", "rank()", "dense_rank()", "percent_rank()", "cume_dist()", "ntile(3)", "lag({any})",
    "lead({any}, 2)", "lag({integer}, 1, -1)", "first_value({any})", "last_value({any})", "nth_value({any}, 2)",
    "lag({any}) IGNORE NULLS", "first_value({any}) IGNORE NULLS", "count({any})", "sum({integer})", "min({ordered})",
    "max({ordered})", "sum({decimal})", "avg({integer} % 1000)", "count(*)", "bool_or({boolean})",
    "array_agg({integer})",
)  # fmt: skip
_FRAMES = (
    "", "", "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", "ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
    "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING", "ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING",
    "RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING", "GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW",
    "RANGE BETWEEN 1 PRECEDING AND 2 FOLLOWING", "ROWS 2 PRECEDING",
)  # fmt: skip
_FRAMELESS = ("row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead")


def _windowed(draw: Draw) -> Query:
    """Window functions in an order that leaves no two rows equal, over partitions or all."""
    table = draw(st.sampled_from(sorted(ROWS_BY_ID)))
    scope = columns(table)
    shown = ["id"]
    for at in range(draw(st.integers(1, 3))):
        template = draw(st.sampled_from(_WINDOWS))
        frame = "" if template.startswith(_FRAMELESS) else draw(st.sampled_from(_FRAMES))
        part = draw(st.sampled_from(["", "PARTITION BY bo ", "PARTITION BY st ", "PARTITION BY si, bo "]))
        way = draw(st.sampled_from(["id", "id DESC", "id NULLS FIRST", "id DESC NULLS LAST"]))
        call = _filled(draw, scope, template, depth=draw(st.integers(0, 1)))
        shown.append(f"{call} OVER ({part}ORDER BY {way} {frame}) AS w{at}".replace(" )", ")"))
    return Query(f"SELECT {', '.join(shown)} FROM {table}{_where(draw, scope, depth=1)}")


def _combined(draw: Draw) -> Query:
    """UNION, INTERSECT and EXCEPT of two queries with columns of the same kinds."""
    kinds = draw(st.lists(st.sampled_from(ORDERED), min_size=1, max_size=3))
    sides = []
    for _ in range(2):
        table = draw(st.sampled_from(sorted(TABLES)))
        scope = columns(table)
        items = [expression(draw, scope, kind, 1) for kind in kinds]
        sides.append(f"SELECT {_listed(items)} FROM {table}{_where(draw, scope, depth=1)}")
    words = draw(st.sampled_from(["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"]))
    return Query(f" {words} ".join(sides))


def _nested(draw: Draw) -> Query:
    """Subqueries: a WITH, one in FROM, EXISTS and IN over the rows outside, and scalar ones."""
    outer, inner = draw(st.sampled_from(sorted(TABLES))), draw(st.sampled_from(sorted(TABLES)))
    a, b = columns(outer, "a"), columns(inner, "b")
    shared = draw(st.sampled_from(sorted({one.kind for one in a} & {one.kind for one in b} & set(ORDERED))))
    left, right = _of(draw, a, shared), _of(draw, b, shared)
    items, kept = _items(draw, a, most=3), expression(draw, b, "boolean", 1)
    form = draw(st.sampled_from([
        "SELECT {items} FROM {outer} a WHERE {left} IN (SELECT {right} FROM {inner} b WHERE {kept})",
        "SELECT {items} FROM {outer} a WHERE {left} NOT IN (SELECT {right} FROM {inner} b WHERE {kept})",
        "SELECT {items} FROM {outer} a WHERE EXISTS (SELECT 1 FROM {inner} b WHERE {left} = {right} AND {kept})",
        "SELECT {items} FROM {outer} a WHERE NOT EXISTS (SELECT 1 FROM {inner} b WHERE {left} = {right} AND {kept})",
        "SELECT {items}, (SELECT max({right}) FROM {inner} b WHERE {kept}) AS most FROM {outer} a",
        "SELECT {items}, (SELECT count(*) FROM {inner} b WHERE {left} = {right}) AS n FROM {outer} a",
        "WITH b AS (SELECT {right} AS v FROM {inner} b WHERE {kept})"
        " SELECT {items} FROM {outer} a JOIN b ON {left} = b.v",
        "SELECT {items}, b.v FROM {outer} a LEFT JOIN (SELECT {right} AS v, count(*) AS n FROM {inner} b GROUP BY 1) b"
        " ON {left} = b.v",
        "SELECT {items} FROM {outer} a WHERE {left} = ANY (SELECT {right} FROM {inner} b WHERE {kept})",
        "SELECT {items} FROM {outer} a WHERE {left} > ALL (SELECT {right} FROM {inner} b WHERE {kept})",
    ]))  # fmt: skip
    filled = form.format(items=_listed(items), outer=outer, inner=inner, left=left, right=right, kept=kept)
    return Query(filled)


def _unnested(draw: Draw) -> Query:
    """Arrays and maps made rows of."""
    table = draw(st.sampled_from(sorted(ROWS_BY_ID)))
    scope = columns(table)
    array, ordinal = expression(draw, scope, "array", 1), draw(st.booleans())
    form = draw(st.sampled_from([
        f"{table} CROSS JOIN UNNEST({array}) {'WITH ORDINALITY u(e, o)' if ordinal else 'u(e)'}",
        f"{table} LEFT JOIN UNNEST(ar, {array}) {'WITH ORDINALITY u(f, e, o)' if ordinal else 'u(f, e)'} ON true",
        f"{table} CROSS JOIN UNNEST(ma) {'WITH ORDINALITY u(f, e, o)' if ordinal else 'u(f, e)'}",
    ]))  # fmt: skip
    return Query(f"SELECT {_listed(_items(draw, scope, most=2))}, e{', o' if ordinal else ''} FROM {form}")


_SHAPES = (_projected, _projected, _joined, _grouped, _grouped, _windowed, _combined, _nested, _unnested)


def _items(draw: Draw, scope: Sequence[Column], *, most: int, kinds: Sequence[str] = KINDS) -> list[str]:
    wanted = draw(st.lists(st.sampled_from(list(kinds)), min_size=1, max_size=most))
    return [expression(draw, scope, kind, draw(st.integers(0, 2))) for kind in wanted]


def _listed(items: Sequence[str]) -> str:
    return ", ".join(f"{item} AS c{at}" for at, item in enumerate(items))


def _where(draw: Draw, scope: Sequence[Column], *, depth: int = 2) -> str:
    return f" WHERE {expression(draw, scope, 'boolean', depth)}" if draw(st.booleans()) else ""


def _order(draw: Draw, count: int) -> str:
    """By every column shown, so that rows with equal keys are equal rows; and a limit now and then."""
    ways = ["", " DESC", " NULLS FIRST", " DESC NULLS LAST", " ASC NULLS LAST", " DESC NULLS FIRST"]
    keys = ", ".join(f"{at + 1}{draw(st.sampled_from(ways))}" for at in range(count))
    return f" ORDER BY {keys}" + draw(st.sampled_from(["", " LIMIT 3", " OFFSET 2", " OFFSET 1 LIMIT 4"]))


def _of(draw: Draw, scope: Sequence[Column], kind: str) -> str:
    return str(draw(st.sampled_from([one.text for one in scope if one.kind == kind])))


def _filled(draw: Draw, scope: Sequence[Column], template: str, *, depth: int) -> str:
    for hole in ("any", "ordered", *KINDS):
        while f"{{{hole}}}" in template:
            kind = draw(st.sampled_from(KINDS if hole == "any" else ORDERED)) if hole in ("any", "ordered") else hole
            template = template.replace(f"{{{hole}}}", expression(draw, scope, kind, depth), 1)
    return template
