"""Functions of one array or several, lambdas apart (see `lambdas`).

DuckDB's list functions mostly pass over NULL elements and know one NaN, so what compares elements is computed here,
but for the simple types. Errors are Trino 476's.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, rule, template
from athena_ds.local.engine.duckdb.functions.values import equal, extreme, identity, order, simple
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import VARCHAR, Type, array

_MAX_REPEAT = 10_000
_MAX_COMBINATION = 5
_MAX_COMBINATIONS = 100_000


template("cardinality", "array(e)", sql="len({0})")


@rule("element_at", "array(e),bigint")
def _element_at(call: Call) -> str:
    items, index = call.sql
    zero = call.fail("INVALID_FUNCTION_ARGUMENT", "'SQL array indices start at 1'")
    lowest = call.fail("GENERIC_INTERNAL_ERROR", "'integer overflow'")
    return (
        f"CASE WHEN ({items}) IS NULL THEN NULL WHEN ({index}) = 0 THEN {zero} "
        f"WHEN ({index}) < -9223372036854775807 THEN {lowest} ELSE ({items})[{index}] END"
    )


@rule("contains", "array(t),t")
def _contains(call: Call) -> str:
    items, item = call.sql
    if not simple(call.arguments[1]):
        return call.compute(find_in_array, typed=True)
    return (
        f"CASE WHEN ({item}) IS NULL THEN NULL WHEN list_contains({items}, {item}) THEN true "
        f"WHEN list_count({items}) < len({items}) THEN NULL ELSE list_contains({items}, {item}) END"
    )


def find_in_array(items: list[Any], item: Any, *, call: Call) -> bool | None:
    asked = (call.arguments[1], "contains")
    answers = [_sure(found, item, asked) for found in items if found is not None]
    if True in answers:
        return True
    return None if None in items else False


def _sure(found: Any, item: Any, asked: tuple[Type, str]) -> bool:
    kind, function = asked
    answer = equal(found, item, kind)
    if answer is None:
        message = f"{function} does not support arrays with elements that are null or contain null"
        raise EngineError("NOT_SUPPORTED", message)
    return answer


@kernel("array_position", typed=True)
def array_position(items: list[Any], item: Any, *, call: Call) -> int:
    asked = (call.arguments[1], "array_position")
    return next((at for at, found in enumerate(items, 1) if found is not None and _sure(found, item, asked)), 0)


@kernel("array_remove", typed=True)
def array_remove(items: list[Any], item: Any, *, call: Call) -> list[Any]:
    asked = (call.arguments[1], "array_remove")
    return [found for found in items if found is None or not _sure(found, item, asked)]


def _firsts(items: list[Any], kind: Type) -> list[Any]:
    """The first of each, in order."""
    seen: dict[Any, Any] = {}
    for item in items:
        seen.setdefault(identity(item, kind), item)
    return list(seen.values())


@kernel("array_distinct", typed=True)
def array_distinct(items: list[Any], *, call: Call) -> list[Any]:
    return _firsts(items, call.result.elements[0])


@kernel("array_union", typed=True)
def array_union(left: list[Any], right: list[Any], *, call: Call) -> list[Any]:
    return _firsts([*left, *right], call.result.elements[0])


@kernel("array_intersect", typed=True)
def array_intersect(left: list[Any], right: list[Any], *, call: Call) -> list[Any]:
    """In the order of the longer one (of the second when both are as long)."""
    kind = call.result.elements[0]
    shorter, longer = (right, left) if len(left) > len(right) else (left, right)
    known = {identity(v, kind) for v in shorter}
    return _firsts([v for v in longer if identity(v, kind) in known], kind)


@kernel("array_except", typed=True)
def array_except(left: list[Any], right: list[Any], *, call: Call) -> list[Any]:
    """Without duplicates, except that nothing is taken from: then Trino answers the first as it is."""
    kind = call.result.elements[0]
    if not right:
        return left
    known = {identity(v, kind) for v in right}
    return _firsts([v for v in left if identity(v, kind) not in known], kind)


@kernel("arrays_overlap", typed=True)
def arrays_overlap(left: list[Any], right: list[Any], *, call: Call) -> bool | None:
    kind = call.arguments[0].elements[0]
    if not left or not right:
        return False
    known = {identity(v, kind) for v in left if v is not None}
    if any(identity(v, kind) in known for v in right if v is not None):
        return True
    return None if None in left or None in right else False


@kernel("array_sort", "array(e)", typed=True)
def array_sort(items: list[Any], *, call: Call) -> list[Any]:
    values = sorted((v for v in items if v is not None), key=order(call.result.elements[0]))
    return values + [None] * (len(items) - len(values))


@kernel("array_max", typed=True)
def array_max(items: list[Any], *, call: Call) -> Any:
    return _extreme(items, call.result, 1)


@kernel("array_min", typed=True)
def array_min(items: list[Any], *, call: Call) -> Any:
    return _extreme(items, call.result, -1)


def _extreme(items: list[Any], kind: Type, sign: int) -> Any:
    """NULL where there is one, and of no elements."""
    return None if not items or None in items else extreme(items, kind, sign)


@rule("array_join")
def _array_join(call: Call) -> str:
    assert call.workshop is not None
    items, separator, *other = call.sql
    text = call.workshop.cast("__x", call.arguments[0].elements[0], VARCHAR)
    texts = f"list_transform({items}, lambda __x: {text})"
    return call.kernel(join, (texts, array(VARCHAR)), (separator, VARCHAR), *((sql, VARCHAR) for sql in other))


def join(texts: list[str | None], separator: str, other: str | None = None) -> str:
    """NULL elements are left out, unless there is something to show for them."""
    return separator.join(
        text if text is not None else other or "" for text in texts if text is not None or other is not None
    )


@kernel("combinations")
def combinations(items: list[Any], size: int) -> list[list[Any]]:
    """In Trino's order: by the last element first."""
    if size < 0:
        raise invalid(f"combination size must not be negative: {size}")
    if size > _MAX_COMBINATION:
        raise invalid(f"combination size must not exceed {_MAX_COMBINATION}: {size}")
    if math.comb(len(items), size) > _MAX_COMBINATIONS:
        raise invalid("combinations exceed max size")
    chosen = sorted(itertools.combinations(range(len(items)), size), key=lambda at: at[::-1])
    return [[items[i] for i in at] for at in chosen]


@kernel("ngrams")
def ngrams(items: list[Any], size: int) -> list[list[Any]]:
    if size <= 0:
        raise invalid("N must be positive")
    if len(items) <= size:
        return [items]
    return [items[at : at + size] for at in range(len(items) - size + 1)]


@kernel("contains_sequence", typed=True)
def contains_sequence(items: list[Any], wanted: list[Any], *, call: Call) -> bool:
    kind = call.arguments[0].elements[0]
    have, want = [identity(v, kind) for v in items], [identity(v, kind) for v in wanted]
    return any(have[at : at + len(want)] == want for at in range(len(have) - len(want) + 1))


template("flatten", sql="flatten(list_filter({0}, lambda __l: __l IS NOT NULL))")
template("reverse", "array(e)", sql="list_reverse({0})")


@kernel("slice")
def slice_(items: list[Any], start: int, length: int) -> list[Any]:
    if length < 0:
        raise invalid("length must be greater than or equal to 0")
    if start == 0:
        raise invalid("SQL array indices start at 1")
    first = start - 1 if start > 0 else len(items) + start
    if first < 0 or first >= len(items) or first + 1 + length >= 2**63:
        return []  # Java's end overflows
    return items[first : first + length]


@kernel("trim_array")
def trim_array(items: list[Any], size: int) -> list[Any]:
    if size < 0:
        raise invalid(f"size must not be negative: {size}")
    if size > len(items):
        raise invalid(f"size must not exceed array cardinality {len(items)}: {size}")
    return items[: len(items) - size]


@kernel("repeat", strict=False)
def repeat(item: Any, count: int | None) -> list[Any] | None:
    if count is None:
        return None
    if count > _MAX_REPEAT:
        raise invalid(f"count argument of repeat function must be less than or equal to {_MAX_REPEAT}")
    if count < 0:
        raise invalid("count argument of repeat function must be greater than or equal to 0")
    return [item] * count


@kernel("zip")
def zip_(*lists: list[Any]) -> list[tuple[Any, ...]]:
    return list(itertools.zip_longest(*lists))


@rule("concat", "E,array(E)")
def _prepend(call: Call) -> str:
    return _with_element(call, "list_prepend")


@rule("concat", "array(E),E")
def _append(call: Call) -> str:
    return _with_element(call, "list_append")


def _with_element(call: Call, name: str) -> str:
    """NULL when either is; DuckDB would add the NULL, or make a list of the element."""
    first, second = call.sql
    return f"CASE WHEN ({first}) IS NULL OR ({second}) IS NULL THEN NULL ELSE {name}({first}, {second}) END"


@rule("concat", "array(E)")
def _concat(call: Call) -> str:
    """DuckDB's list_concat passes over a NULL list."""
    null = " OR ".join(f"({sql}) IS NULL" for sql in call.sql)
    return f"CASE WHEN {null} THEN NULL ELSE list_concat({', '.join(call.sql)}) END"


@rule("shuffle")
def _shuffle(call: Call) -> str:
    drawn = f"list_transform({call.sql[0]}, lambda __v: struct_pack(r := random(), v := __v))"
    return f"list_transform(list_sort({drawn}), lambda __v: __v.v)"


@kernel("euclidean_distance")
def euclidean_distance(left: list[float | None], right: list[float | None]) -> float:
    pairs = _paired(left, right)
    return math.sqrt(sum(((a - b) * (a - b) for a, b in pairs), 0.0))


@kernel("dot_product")
def dot_product(left: list[float | None], right: list[float | None]) -> float:
    return sum((a * b for a, b in _paired(left, right)), 0.0)


@kernel("cosine_distance")
def cosine_distance(left: list[float | None], right: list[float | None]) -> float | None:
    similarity = cosine_similarity(left, right)
    return None if similarity is None else 1.0 - similarity


@kernel("cosine_similarity", "array(double),array(double)")
def cosine_similarity(left: list[float | None], right: list[float | None]) -> float | None:
    pairs = _paired(left, right)
    if None in left or None in right:
        return None
    first, second, product = 0.0, 0.0, 0.0
    for a, b in pairs:
        first, second, product = first + a * a, second + b * b, product + a * b
    if first == 0 or second == 0:
        raise invalid("Vector magnitude cannot be zero")
    return product / math.sqrt(first * second)


def _paired(left: list[float | None], right: list[float | None]) -> list[tuple[float, float]]:
    """A NULL element counts as zero."""
    if len(left) != len(right):
        raise invalid("The arguments must have the same length")
    return [(a or 0.0, b or 0.0) for a, b in zip(left, right, strict=True)]


@kernel("cosine_similarity", "map(varchar,double),map(varchar,double)")
def cosine_similarity_of_maps(
    left: list[tuple[str, float | None]], right: list[tuple[str, float | None]]
) -> float | None:
    first, second = dict(left), dict(right)
    if None in first.values() or None in second.values():
        return None
    product = sum((v or 0.0) * (second[k] or 0.0) for k, v in first.items() if k in second)
    norm = math.prod(math.sqrt(sum((v or 0.0) * (v or 0.0) for v in side.values())) for side in (first, second))
    return product / norm if norm else math.nan
