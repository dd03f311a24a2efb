"""Queries inside queries: WITH, FROM, EXISTS, IN, scalars, LATERAL; and arrays and maps made rows of."""

from __future__ import annotations

from tests.local.trino.random_queries.expressions import ORDERED, Draw, expression
from tests.local.trino.random_queries.groups import grouped
from tests.local.trino.random_queries.parts import Query, filled, items, listed, of, shared
from tests.local.trino.random_queries.tables import ROWS_BY_ID, TABLES, columns

_FORMS = (
    "SELECT {items} FROM {outer} a WHERE {left} IN (SELECT {right} FROM {inner} b WHERE {kept})",
    "SELECT {items} FROM {outer} a WHERE {left} NOT IN (SELECT {right} FROM {inner} b WHERE {kept})",
    "SELECT {items} FROM {outer} a WHERE EXISTS (SELECT 1 FROM {inner} b WHERE {left} = {right} AND {kept})",
    "SELECT {items} FROM {outer} a WHERE NOT EXISTS (SELECT 1 FROM {inner} b WHERE {left} = {right} AND {kept})",
    "SELECT {items}, (SELECT max({right}) FROM {inner} b WHERE {kept}) AS most FROM {outer} a",
    "SELECT {items}, (SELECT count(*) FROM {inner} b WHERE {left} = {right}) AS n FROM {outer} a",
    "WITH b AS (SELECT {right} AS v FROM {inner} b WHERE {kept}) SELECT {items} FROM {outer} a JOIN b ON {left} = b.v",
    "SELECT {items}, b.v FROM {outer} a LEFT JOIN (SELECT {right} AS v, count(*) AS n FROM {inner} b GROUP BY 1) b"
    " ON {left} = b.v",
    "SELECT {items} FROM {outer} a WHERE {left} = ANY (SELECT {right} FROM {inner} b WHERE {kept})",
    "SELECT {items} FROM {outer} a WHERE {left} > ALL (SELECT {right} FROM {inner} b WHERE {kept})",
    "SELECT {items} FROM {outer} a WHERE EXISTS (SELECT 1 FROM {inner} b WHERE {left} < {right} AND {kept})",
    "SELECT {items}, {left} IN (SELECT {right} FROM {inner} b WHERE {kept}) AS found FROM {outer} a",
    "SELECT {items}, EXISTS (SELECT 1 FROM {inner} b WHERE {left} = {right}) AS found FROM {outer} a",
    "SELECT {items}, (SELECT sum(1) FROM {inner} b WHERE {left} = {right} AND {kept}) AS n FROM {outer} a",
    "SELECT {items}, (SELECT max({right}) FROM {inner} b WHERE {left} = {right}) AS n FROM {outer} a",
    "WITH w AS (SELECT {right} AS v, count(*) AS n FROM {inner} b WHERE {kept} GROUP BY 1)"
    " SELECT {items}, x.n, y.n AS m FROM {outer} a LEFT JOIN w x ON {left} = x.v"
    " LEFT JOIN w y ON {left} = y.v AND y.n > 1",
    "WITH w AS (SELECT {right} AS v FROM {inner} b), u AS (SELECT v FROM w UNION SELECT {left} FROM {outer} a)"
    " SELECT count(*) AS n, count(v) AS m, max(v) AS v FROM u",
    "WITH w AS (SELECT {left} AS v, {items} FROM {outer} a) SELECT * FROM w"
    " WHERE v NOT IN (SELECT v FROM w WHERE v IS NULL)",
    "SELECT {items}, l.n, l.v FROM {outer} a CROSS JOIN LATERAL (SELECT count(*) AS n, max({right}) AS v FROM {inner} b"
    " WHERE {left} = {right}) l",
    "SELECT {items}, l.v FROM {outer} a LEFT JOIN LATERAL (SELECT {right} AS v FROM {inner} b WHERE {left} = {right}"
    " AND {kept}) l ON true",
    "SELECT {items}, l.v FROM {outer} a CROSS JOIN LATERAL (SELECT {left} AS v) l",
    "SELECT {items} FROM {outer} a WHERE ({left}, 1) IN (SELECT {right}, 1 FROM {inner} b WHERE {kept})",
    "SELECT {items} FROM {outer} a WHERE {left} = (SELECT max({right}) FROM {inner} b WHERE {kept})",
    "SELECT {items} FROM {outer} a WHERE {left} >= (SELECT min({right}) FROM {inner} b)"
    " OR EXISTS (SELECT 1 FROM {inner} b WHERE {kept})",
    "SELECT {items} FROM (SELECT * FROM {outer} a WHERE {left} IS NOT NULL) a WHERE {left} <> ALL"
    " (SELECT {right} FROM {inner} b WHERE {right} IS NOT NULL AND {kept})",
    "SELECT {items} FROM {outer} a JOIN {inner} b ON {left} = {right} AND EXISTS (SELECT 1 FROM {inner} c)",
    "SELECT {items} FROM {outer} a LEFT JOIN {inner} b ON {left} IS NOT DISTINCT FROM {right} AND {kept}"
    " WHERE {right} IS NULL",
    "SELECT {items} FROM {outer} a FULL JOIN {inner} b ON {left} = {right} WHERE coalesce({left}, {right}) IS NOT NULL",
    "SELECT {items} FROM {outer} a, {inner} b WHERE {left} = {right} AND {kept}",
    "SELECT {items} FROM {outer} a LEFT JOIN {inner} b ON {left} < {right}",
    "SELECT {items} FROM {outer} a JOIN {inner} b ON {left} = {right} JOIN {outer} c ON c.{plain} = {right}",
)


def nested(draw: Draw) -> Query:
    """Over the rows outside, and of their own."""
    outer, inner = draw.choice(sorted(TABLES)), draw.choice(sorted(TABLES))
    a, b = columns(outer, "a"), columns(inner, "b")
    kind = shared(draw, a, b, among=ORDERED)
    left, right = of(draw, a, kind), of(draw, b, kind)
    kept, shown = expression(draw, b, "boolean", 1), listed(items(draw, a, most=3))
    form = draw.choice(_FORMS)
    plain = left.removeprefix("a.")
    return Query(form.format(items=shown, outer=outer, inner=inner, left=left, right=right, kept=kept, plain=plain))


def around(draw: Draw) -> Query:
    """A whole grouped query in WITH or FROM, taken up again."""
    inner = grouped(draw).sql
    form = draw.choice([
        "SELECT * FROM ({}) WHERE x0 IS NOT NULL",
        "SELECT count(*) AS n, count(x0) AS m, count(DISTINCT x0) AS d FROM ({})",
        "WITH w AS ({}) SELECT a.x0, b.x0 AS y0 FROM w a LEFT JOIN w b ON a.x0 = b.x0",
        "WITH w AS ({}) SELECT * FROM w UNION ALL SELECT * FROM w WHERE x0 IS NULL",
        "WITH w AS ({}) SELECT x0, (SELECT count(*) FROM w) AS n FROM w",
        "WITH w AS ({}), v AS (SELECT x0 FROM w) SELECT v.x0 FROM v WHERE v.x0 IN (SELECT x0 FROM w)",
        "SELECT typeof(x0) AS t, CAST(x0 AS varchar) AS v FROM ({})",
    ])  # fmt: skip
    return Query(form.format(inner))


def unnested(draw: Draw) -> Query:
    """Arrays, maps, arrays of rows; side by side, numbered, grouped again."""
    table = draw.choice(sorted(ROWS_BY_ID))
    scope = columns(table)
    array, words, value = (expression(draw, scope, kind, 1) for kind in ("array", "words", "map"))
    ordinal = draw.random() < 0.5
    numbered = " WITH ORDINALITY" if ordinal else ""
    form, made = draw.choice([
        (f"{table} CROSS JOIN UNNEST({array}){numbered} u(e{{o}})", "e"),
        (f"{table} LEFT JOIN UNNEST(ar, {array}){numbered} u(f, e{{o}}) ON true", "f, e"),
        (f"{table} CROSS JOIN UNNEST(ma){numbered} u(f, e{{o}})", "f, e"),
        (f"{table} CROSS JOIN UNNEST({value}, {words}){numbered} u(f, g, e{{o}})", "f, g, e"),
        (f"{table}, UNNEST({words}, ar, ma){numbered} u(e, f, g, h{{o}})", "e, f, g, h"),
        (f"{table} CROSS JOIN UNNEST(ARRAY[ro, ROW(id, st)]){numbered} u(e, f{{o}})", "e, f"),
        (f"{table} LEFT JOIN UNNEST(map_entries({value})){numbered} u(f, e{{o}}) ON true", "f, e"),
        (f"{table} CROSS JOIN UNNEST(split(st, 'b')){numbered} u(e{{o}})", "e"),
        (f"{table} CROSS JOIN UNNEST(sequence(1, id % 4 + 1)){numbered} u(e{{o}})", "e"),
        (f"{table} CROSS JOIN UNNEST(ar) t(x) CROSS JOIN UNNEST(ARRAY[x, id]){numbered} u(e{{o}})", "x, e"),
    ])  # fmt: skip
    source = form.replace("{o}", ", o" if ordinal else "")
    if draw.randint(0, 3) == 0:
        return Query(
            f"SELECT id, count(*) AS n, count(e) AS m{', max(o) AS o' if ordinal else ''} FROM {source} GROUP BY id"
        )
    own = "" if "WHERE" in source or (draw.random() < 0.5) else filled(draw, scope, " WHERE {boolean}", depth=1)
    return Query(f"SELECT {listed(items(draw, scope, most=2))}, {made}{', o' if ordinal else ''} FROM {source}{own}")
