"""Relations to DuckDB SELECTs. Every symbol is a column `c<number>`, so no name can be mistaken for another."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from athena_ds.local.engine.duckdb.aggregates import lowered_aggregate, sort_list
from athena_ds.local.engine.duckdb.comparison import is_plain, sort_key
from athena_ds.local.engine.duckdb.forms import can_fail
from athena_ds.local.engine.duckdb.physical import quote
from athena_ds.local.engine.duckdb.planner import Planner, column
from athena_ds.local.engine.duckdb.pruning import conjuncts_of, pruning
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import BOOLEAN
from athena_ds.local.sql import tree
from athena_ds.local.sql.grouping import windows_in
from athena_ds.local.sql.tree import Aggregate, Expression, Field, Form, Relation, Subquery, Symbol
from athena_ds.local.sql.walk import rewrite, walk

_ALIASES = itertools.count()


def lowered(planner: Planner, relation: Relation) -> str:
    """A SELECT with at least the fields in use, as columns of their symbols' names."""
    return _LOWER[type(relation)](planner, relation)


def exact(planner: Planner, relation: Relation, names: list[str] | None = None) -> str:
    """A SELECT with exactly the relation's fields, in order, under `names` where given."""
    wanted = names or [column(f.number) for f in relation.fields]
    items = ", ".join(f"{column(f.number)} AS {name}" for f, name in zip(relation.fields, wanted, strict=True))
    return f"SELECT {items} FROM {_nested(planner, relation)}"


def _nested(planner: Planner, relation: Relation) -> str:
    return f"({lowered(planner, relation)}) AS r{next(_ALIASES)}"


@contextmanager
def _knowing(planner: Planner, conjuncts: list[Expression]) -> Iterator[None]:
    before, planner.conjuncts = planner.conjuncts, conjuncts
    try:
        yield
    finally:
        planner.conjuncts = before


def _scan(planner: Planner, relation: tree.Scan) -> str:
    fields = [f for f in relation.fields if f.number in planner.used]
    names = [f.name or "" for f in fields]
    source = planner.scan(relation.table, names, pruning(relation, planner.conjuncts))
    items = ", ".join(f"{quote(f.name or '')} AS {column(f.number)}" for f in fields)
    return f"SELECT {items or '1 AS c0'} FROM {source}"


def _values(planner: Planner, relation: tree.Values) -> str:
    if not relation.fields:
        return "SELECT 1 AS c0"
    rows = ", ".join(f"({', '.join(planner.expression(e) for e in row)})" for row in relation.rows)
    names = ", ".join(column(f.number) for f in relation.fields)
    return f"SELECT * FROM (VALUES {rows}) AS v{next(_ALIASES)}({names})"


def _project(planner: Planner, relation: tree.Project) -> str:
    if relation.distinct:
        return _distinct(planner, relation)
    if _only_names(relation):
        return lowered(planner, relation.source)
    pairs = list(zip(relation.fields, relation.expressions, strict=True))
    with _knowing(planner, _through(relation, planner.conjuncts)):
        source = _from(planner, relation.source)
    items = [f"{planner.expression(e)} AS {column(f.number)}" for f, e in pairs if f.number in planner.used]
    return f"SELECT {', '.join(items) or '1 AS c0'} FROM {source}"


def _through(relation: tree.Project, conjuncts: list[Expression]) -> list[Expression]:
    """Conjuncts said of the projection's source; none through a window, whose value would change."""
    if any(windows_in(e) for e in relation.expressions):
        return []
    symbols = {f.number: e for f, e in zip(relation.fields, relation.expressions, strict=True) if isinstance(e, Symbol)}

    def known(conjunct: Expression) -> bool:
        return all(part.number in symbols for part in walk(conjunct) if isinstance(part, Symbol))

    return [
        rewrite(c, lambda e: symbols.get(e.number) if isinstance(e, Symbol) else None) for c in conjuncts if known(c)
    ]


def _distinct(planner: Planner, relation: tree.Project) -> str:
    pairs = list(zip(relation.fields, relation.expressions, strict=True))
    with _knowing(planner, _through(relation, planner.conjuncts)):
        source = _nested(planner, relation.source)
    items = ", ".join(f"{planner.expression(e)} AS {column(f.number)}" for f, e in pairs)
    kinds = [f.type for f in relation.fields]
    if all(is_plain(k) or k.base in ("real", "double", "ipaddress") or k.elements for k in kinds):
        _refuse_structured(kinds)
        return f"SELECT DISTINCT {items} FROM {source}"
    keys = ", ".join(sort_key(column(f.number), f.type, planner.kernels) for f in relation.fields)
    return f"SELECT DISTINCT ON ({keys}) * FROM (SELECT {items} FROM {source})"


def _refuse_structured(kinds: list[Any]) -> None:
    for kind in kinds:
        if kind.elements and "zone" in str(kind):
            raise EngineError("NOT_SUPPORTED", f"DISTINCT over {kind} is not supported by the local engine")


def _filter(planner: Planner, relation: tree.Filter) -> str:
    conjuncts = list(conjuncts_of(relation.condition))
    with _knowing(planner, [*planner.conjuncts, *conjuncts]):
        source = _from(planner, relation.source)
    first = (
        [f"{planner.expression(conjunct)} AND " for conjunct in _safe_first(conjuncts)] if len(conjuncts) > 1 else []
    )
    return f"SELECT * FROM {source} WHERE {''.join(first)}{planner.expression(relation.condition)}"


def _safe_first(conjuncts: list[Expression]) -> Iterator[Expression]:
    """Conjuncts DuckDB may move into joins and scans, said once more by themselves where the whole is a CASE.

    Those that can't fail and stand before any that can; and, wherever they stand, equalities of two columns: Trino
    too makes join criteria of them before it evaluates anything else.
    """
    if len(conjuncts) == 1 or not any(can_fail(conjunct) for conjunct in conjuncts):
        return
    certain = True
    for conjunct in conjuncts:
        certain = certain and not can_fail(conjunct)
        joins = (
            isinstance(conjunct, Form) and conjunct.op == "=" and all(isinstance(a, Symbol) for a in conjunct.arguments)
        )
        if (certain or joins) and not any(isinstance(part, Subquery) for part in walk(conjunct)):
            yield conjunct


_JOINS = {"inner": "JOIN", "left": "LEFT JOIN", "right": "RIGHT JOIN", "full": "FULL JOIN", "cross": "CROSS JOIN"}


def _join(planner: Planner, relation: tree.Join) -> str:
    return f"SELECT * FROM {_joined(planner, relation)}"


def _joined(planner: Planner, relation: tree.Join) -> str:
    """A FROM clause, joins on the left side by side with it: DuckDB orders joins only where no SELECT is between."""
    left = _from(planner, relation.left)
    right = _nested(planner, relation.right)
    lateral = "LATERAL " if relation.lateral else ""
    if relation.kind == "cross":
        return f"{left} CROSS JOIN {lateral}{right}"
    assert relation.condition is not None
    return f"{left} {_JOINS[relation.kind]} {lateral}{right} ON {planner.expression(relation.condition)}"


def _from(planner: Planner, relation: Relation) -> str:
    """What may stand after FROM: a join as it is, all else as a SELECT of its own."""
    while isinstance(relation, tree.Project) and _only_names(relation):
        relation = relation.source
    return _joined(planner, relation) if isinstance(relation, tree.Join) else _nested(planner, relation)


def _only_names(relation: tree.Project) -> bool:
    pairs = zip(relation.fields, relation.expressions, strict=True)
    return not relation.distinct and all(isinstance(e, Symbol) and e.number == f.number for f, e in pairs)


def _unnest(planner: Planner, relation: tree.Unnest) -> str:
    """Arrays and maps side by side, the shorter ones filled with NULL."""
    lists, shown, at = [], [], 0
    for i, expression in enumerate(relation.expressions):
        kind = expression.type
        sql = planner.expression(expression)
        lists.append(f"map_entries({sql})" if kind.base == "map" else sql)
        width = 2 if kind.base == "map" else len(kind.elements[0].elements) if kind.elements[0].base == "row" else 1
        fields, at = relation.fields[at : at + width], at + width
        shown += _unnested(fields, f"u{i}", pairs=kind.base == "map", structured=kind.elements[0].base == "row")
    if relation.ordinality:
        size = ", ".join(f"coalesce(len({item}), 0)" for item in lists)
        shown.append(f"u{len(lists)} AS {column(relation.fields[-1].number)}")
        lists.append(f"range(1, greatest({size}) + 1)")
    items = ", ".join(f"unnest({item}) AS u{i}" for i, item in enumerate(lists))
    return f"SELECT {', '.join(shown)} FROM (SELECT {items}) AS r{next(_ALIASES)}"


def _unnested(fields: tuple[Field, ...], name: str, *, pairs: bool, structured: bool) -> list[str]:
    if pairs:
        parts = [f"struct_extract({name}, 'key')", f"struct_extract({name}, 'value')"]
    elif structured:
        parts = [f"struct_extract({name}, 'f{i}')" for i in range(len(fields))]
    else:
        parts = [name]
    return [f"{part} AS {column(f.number)}" for part, f in zip(parts, fields, strict=True)]


def _numbers(_: Planner, relation: tree.Numbers) -> str:
    alias, name = f"r{next(_ALIASES)}", column(relation.fields[0].number)
    series = f"generate_series({relation.start}::BIGINT, {relation.stop}::BIGINT, {relation.step}::BIGINT)"
    return f"SELECT {name} FROM {series} AS {alias}({name})"


def _aggregation(planner: Planner, relation: tree.Aggregation) -> str:
    keys = set(relation.keys)
    kept = [c for c in planner.conjuncts if all(p.number in keys for p in walk(c) if isinstance(p, Symbol))]
    whole = () not in relation.sets
    with _knowing(planner, kept if whole else []):
        source = _nested(planner, relation.source)
    key_fields = relation.fields[: len(relation.keys)]
    by = [sort_key(column(f.number), f.type, planner.kernels) for f in key_fields]
    items = [
        column(f.number) if key == column(f.number) else f"any_value({column(f.number)}) AS {column(f.number)}"
        for f, key in zip(key_fields, by, strict=True)
    ]
    _refuse_structured([f.type for f in key_fields])
    planner.listed = relation.sets == ((),) and _is_values(relation.source)
    for field, aggregate in zip(relation.fields[len(relation.keys) :], relation.aggregates, strict=True):
        sql = (
            lowered_aggregate(planner, aggregate) if isinstance(aggregate, Aggregate) else planner.expression(aggregate)
        )
        items.append(f"{sql} AS {column(field.number)}")
    return f"SELECT {', '.join(items) or 'count(*) AS c0'} FROM {source}{_grouped_by(relation, by)}"


def _is_values(relation: Relation) -> bool:
    while isinstance(relation, tree.Project) and not relation.distinct:
        relation = relation.source
    return isinstance(relation, tree.Values)


def _grouped_by(relation: tree.Aggregation, by: list[str]) -> str:
    if relation.sets == ((),):
        return ""
    sets = [f"({', '.join(by[i] for i in chosen)})" for chosen in relation.sets]
    return f" GROUP BY {sets[0][1:-1]}" if len(sets) == 1 else f" GROUP BY GROUPING SETS ({', '.join(sets)})"


def _set_operation(planner: Planner, relation: tree.SetOperation) -> str:
    zoned = any("zone" in str(field.type) for field in relation.fields)
    merged = relation.kind == "union" and not relation.distinct
    if zoned and not merged and (relation.kind != "union" or any(f.type.elements for f in relation.fields)):
        kinds = ", ".join(str(f.type) for f in relation.fields)
        raise EngineError("NOT_SUPPORTED", f"{relation.kind.upper()} over {kinds} is not supported by the local engine")
    names = [column(f.number) for f in relation.fields]
    word = relation.kind.upper() + ("" if relation.distinct and not zoned else " ALL")
    with _knowing(planner, []):
        sides = [f"({exact(planner, side, names)})" for side in relation.inputs]
    combined = f" {word} ".join(sides)
    if not zoned or merged:
        return combined
    keys = ", ".join(sort_key(column(f.number), f.type, planner.kernels) for f in relation.fields)
    return f"SELECT DISTINCT ON ({keys}) * FROM ({combined}) AS r{next(_ALIASES)}"


def _sort(planner: Planner, relation: tree.Sort) -> str:
    limited = relation.limit is not None or relation.offset
    with _knowing(planner, [] if limited else planner.conjuncts):
        source = _nested(planner, relation.source)
    order = f" ORDER BY {sort_list(planner, relation.keys)}" if relation.keys else ""
    if relation.ties:
        return _ties(relation, source, order)
    limit = f" LIMIT {relation.limit}" if relation.limit is not None else ""
    offset = f" OFFSET {relation.offset}" if relation.offset else ""
    return f"SELECT * FROM {source}{order}{limit}{offset}"


def _ties(relation: tree.Sort, source: str, order: str) -> str:
    """Ranked among what the offset leaves."""
    if relation.offset:
        source = f"(SELECT * FROM {source}{order} OFFSET {relation.offset}) AS r{next(_ALIASES)}"
    ranked = f"SELECT *, rank() OVER ({order.strip()}) AS t FROM {source}"
    return f"SELECT * EXCLUDE (t) FROM ({ranked}) WHERE t <= {relation.limit}{order}"


def _sample(planner: Planner, relation: tree.Sample) -> str:
    with _knowing(planner, []):
        source = _nested(planner, relation.source)
    return f"SELECT * FROM {source} WHERE random() < {relation.percentage / 100!r}"


_DEPTH = 10


def _recursive(planner: Planner, relation: tree.Recursive) -> str:
    """Trino gives up after ten steps; so does this, having looked one step further."""
    name = quote(relation.name)
    names = [f"x{i}" for i in range(len(relation.fields))]
    with _knowing(planner, []):
        base = exact(planner, relation.base, names)
        step = exact(planner, relation.step, names)
    message = "'Recursion depth limit exceeded (10). Use ''max_recursion_depth'' session property to modify the limit.'"
    over = planner.fail("NOT_SUPPORTED", message, BOOLEAN)
    shown = ", ".join(f"{x} AS {column(f.number)}" for x, f in zip(names, relation.fields, strict=True))
    columns = ", ".join([*names, "depth"])
    return (
        f"WITH RECURSIVE {name}({columns}) AS (SELECT b.*, 0 FROM ({base}) b UNION ALL"
        f" SELECT s.*, (SELECT max(depth) + 1 FROM {name}) FROM ({step}) s"
        f" WHERE (SELECT max(depth) FROM {name}) <= {_DEPTH})"
        f" SELECT {shown} FROM {name}"
        f" WHERE CASE WHEN (SELECT max(depth) FROM {name}) > {_DEPTH} THEN {over} ELSE true END"
    )


def _recursion(_: Planner, relation: tree.Recursion) -> str:
    shown = ", ".join(f"x{i} AS {column(f.number)}" for i, f in enumerate(relation.fields))
    return f"SELECT {shown} FROM {quote(relation.name)}"


_LOWER: dict[type[Any], Callable[[Planner, Any], str]] = {
    tree.Scan: _scan,
    tree.Values: _values,
    tree.Project: _project,
    tree.Filter: _filter,
    tree.Join: _join,
    tree.Unnest: _unnest,
    tree.Numbers: _numbers,
    tree.Aggregation: _aggregation,
    tree.SetOperation: _set_operation,
    tree.Sort: _sort,
    tree.Sample: _sample,
    tree.Recursive: _recursive,
    tree.Recursion: _recursion,
}
