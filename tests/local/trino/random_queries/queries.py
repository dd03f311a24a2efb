"""Whole queries of every shape."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.local.trino.random_queries.expressions import KINDS, ORDERED, Draw, expression
from tests.local.trino.random_queries.groups import grouped, grouped_over
from tests.local.trino.random_queries.parts import Query, items, listed, of, order, shared, where
from tests.local.trino.random_queries.subqueries import around, nested, unnested
from tests.local.trino.random_queries.tables import ROWS_BY_ID, TABLES, columns
from tests.local.trino.random_queries.windows import first_of_each, framed, windowed


def queries() -> st.SearchStrategy[Query]:
    """Queries of any shape. hypothesis gives each its own source of chance: two that follow have nothing in common."""
    return st.randoms(use_true_random=True).map(query)


def query(draw: Draw) -> Query:
    """A query of any shape."""
    return draw.choice(_SHAPES)(draw)


def _projected(draw: Draw) -> Query:
    """Expressions, a filter, an order by what is shown, a limit."""
    table = draw.choice(sorted(TABLES))
    scope, ordered = columns(table), (draw.random() < 0.5)
    shown = items(draw, scope, most=4, kinds=ORDERED if ordered else KINDS)
    distinct = "DISTINCT " if draw.randint(0, 4) == 0 else ""
    sql = f"SELECT {distinct}{listed(shown)} FROM {table}{where(draw, scope)}"
    if not ordered:
        return Query(sql)
    return Query(sql + order(draw, [str(at + 1) for at in range(len(shown))]), ordered=True)


def _sorted(draw: Draw) -> Query:
    """By what is not shown, the last key leaving no two rows equal; columns of every type, by name or by star."""
    table = draw.choice(sorted(ROWS_BY_ID))
    scope = columns(table)
    keys = [expression(draw, scope, draw.choice(ORDERED), draw.randint(0, 2)) for _ in range(2)]
    shown = draw.choice(["*", "{}", "{}", "t.*, {}"]).format(listed(items(draw, scope, most=3)))
    source = f"{table} t" if shown.startswith("t.") else table
    return Query(f"SELECT {shown} FROM {source}{where(draw, scope)}{order(draw, [*keys, 'id'])}", ordered=True)


def _joined(draw: Draw) -> Query:
    """Two tables joined in any way, their keys repeated and missing; what a side has not is NULL."""
    left, right = (draw.choice(sorted(TABLES)) for _ in range(2))
    a, b = columns(left, "a"), columns(right, "b")
    kind = draw.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"])
    condition = ""
    if kind != "CROSS JOIN":
        key = shared(draw, a, b)
        condition = f" ON {of(draw, a, key)} = {of(draw, b, key)}"
        more = draw.randint(0, 2) == 0
        condition += f" AND {expression(draw, [*a, *b], 'boolean', 1)}" if more else ""
    source = f"{left} a {kind} {right} b{condition}"
    if draw.random() < 0.5:
        return grouped_over(draw, source, [*a, *b])
    shown = items(draw, [*a, *b], most=4)
    return Query(f"SELECT {listed(shown)} FROM {source}{where(draw, [*a, *b], depth=1)}")


def _combined(draw: Draw) -> Query:
    """UNION, INTERSECT and EXCEPT of two or three queries with columns of the same kinds."""
    kinds = draw.choices(ORDERED, k=draw.randint(1, 3))
    sides = []
    for _ in range(draw.randint(2, 3)):
        table = draw.choice(sorted(TABLES))
        scope = columns(table)
        shown = [expression(draw, scope, kind, 1) for kind in kinds]
        sides.append(f"SELECT {listed(shown)} FROM {table}{where(draw, scope, depth=1)}")
    words = ["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"]
    sql = sides[0] + "".join(f" {draw.choice(words)} {side}" for side in sides[1:])
    if draw.randint(0, 2) == 0:
        return Query(sql + order(draw, [f"c{at}" for at in range(len(kinds))]), ordered=True)
    return Query(sql)


_FAMILIES = (("integer", "decimal", "double"), ("varchar", "char"), ("date", "timestamp", "zoned"))


def _coerced(draw: Draw) -> Query:
    """Sides whose columns are of other types, which both become one: set operations, VALUES, comparisons, CASE."""
    families = draw.choices(_FAMILIES, k=draw.randint(1, 2))
    form = draw.choice(
        ["{} UNION {}", "{} UNION ALL {}", "{} INTERSECT {}", "{} EXCEPT {}", "SELECT * FROM ({} UNION ALL {})"]
    )
    sides = []
    for _ in range(2):
        table = draw.choice(sorted(TABLES))
        scope = columns(table)
        shown = [expression(draw, scope, draw.choice(family), 1) for family in families]
        if draw.random() < 0.5:
            a, b = (expression(draw, scope, draw.choice(families[0]), draw.randint(0, 1)) for _ in range(2))
            shown[0] = draw.choice([
                f"coalesce({a}, {b})", f"IF({a} < {b}, {a}, {b})", f"CASE {a} WHEN {b} THEN {b} ELSE {a} END",
                f"greatest({a}, {b})", f"nullif({a}, {b})", f"element_at(ARRAY[{a}, {b}], 2)",
            ])  # fmt: skip
        sides.append(f"SELECT {listed(shown)} FROM {table}{where(draw, scope, depth=1)}")
    return Query(form.format(*sides))


def _recursive(draw: Draw) -> Query:
    """WITH RECURSIVE: counted on, and from row to row."""
    table = draw.choice(sorted(ROWS_BY_ID))
    scope = columns(table)
    most, kept = draw.randint(1, 5), expression(draw, scope, "boolean", 1)
    value = expression(draw, scope, draw.choice(ORDERED), 1)
    form = draw.choice([
        "WITH RECURSIVE r(n, v) AS (SELECT 1, {value} FROM {table} WHERE {kept} UNION ALL SELECT n + 1, v FROM r"
        " WHERE n < {most}) SELECT n, count(*) AS c, count(v) AS m, max(v) AS v FROM r GROUP BY n",
        "WITH RECURSIVE r(i, n, p) AS (SELECT id, 1, CAST(st AS varchar) FROM {table} WHERE id <= {most} UNION ALL"
        " SELECT t.id, r.n + 1, CAST(r.p || coalesce(t.st, '-') AS varchar) FROM r JOIN {table} t ON t.id = r.i + 2)"
        " SELECT * FROM r",
        "WITH RECURSIVE r(n) AS (VALUES 1 UNION ALL SELECT n * 2 FROM r WHERE n < 9) SELECT r.n, {value} AS v FROM r"
        " JOIN {table} ON id = n",
    ])  # fmt: skip
    return Query(form.format(table=table, most=most, kept=kept, value=value))


_SHAPES = (
    _projected, _projected, _projected, _sorted, _joined, _joined, grouped, grouped, grouped, windowed, framed,
    first_of_each, _combined, nested, nested, around, unnested, _coerced, _recursive,
)  # fmt: skip
