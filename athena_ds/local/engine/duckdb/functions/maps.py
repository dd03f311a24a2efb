"""Functions of maps, and the ones that make them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from athena_ds.local.engine.duckdb.functions.java_numbers import double_scientific, real_scientific
from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, rule, template
from athena_ds.local.engine.duckdb.functions.values import Key, identity, indeterminate, shown, simple
from athena_ds.local.seam.types import Type

Pairs = list[tuple[Any, Any]]


def unique(pairs: Pairs, kind: Type) -> Pairs:
    """These pairs; raises what Trino says about NULL and duplicate keys."""
    seen: set[Key] = set()
    for key, _ in pairs:
        if key is None:
            raise invalid("map key cannot be null")
        known = identity(key, kind)
        if known in seen:
            raise invalid(f"Duplicate map keys ({shown(key, kind)}) are not allowed")
        seen.add(known)
    return pairs


def map_of_pairs(keys: list[Any], values: list[Any], *, call: Call) -> Pairs:
    return unique(list(zip(keys, values, strict=True)), call.result.elements[0])


template("map", "", sql="CAST(map([], []) AS MAP(INTEGER, INTEGER))")


@kernel("map", "array(K),array(V)", typed=True)
def make_map(keys: list[Any], values: list[Any], *, call: Call) -> Pairs:
    kind = call.result.elements[0]
    if len(keys) != len(values):
        raise invalid("Key and value arrays must be the same length")
    for key in keys:
        if key is not None and indeterminate(key, kind):
            raise invalid(f"map key cannot be indeterminate: {shown(key, kind)}")
    return unique(list(zip(keys, values, strict=True)), kind)


@kernel("map_from_entries", typed=True)
def map_from_entries(entries: list[tuple[Any, Any] | None], *, call: Call) -> Pairs:
    return unique(_entries(entries), call.result.elements[0])


@kernel("multimap_from_entries", typed=True)
def multimap_from_entries(entries: list[tuple[Any, Any] | None], *, call: Call) -> Pairs:
    return grouped(_entries(entries), call.result.elements[0])


def _entries(entries: list[tuple[Any, Any] | None]) -> Pairs:
    found: Pairs = []
    for entry in entries:
        if entry is None:
            raise invalid("map entry cannot be null")
        if entry[0] is None:
            raise invalid("map key cannot be null")
        found.append(entry)
    return found


def grouped(pairs: Pairs, kind: Type) -> Pairs:
    """Each key with the list of its values."""
    found: dict[Key, tuple[Any, list[Any]]] = {}
    for key, value in pairs:
        found.setdefault(identity(key, kind), (key, []))[1].append(value)
    return list(found.values())


template("cardinality", "map(k,v)", sql="CAST(cardinality({0}) AS BIGINT)")
template("map_keys", sql="map_keys({0})")
template("map_values", sql="map_values({0})")
template("map_entries", sql="list_transform(map_entries({0}), lambda __e: struct_pack(f0 := __e.key, f1 := __e.value))")


@rule("element_at", "map(K,V),K")
def _element_at(call: Call) -> str:
    if not simple(call.arguments[1]):
        return call.compute(look_up, typed=True)
    return f"CASE WHEN ({call.sql[1]}) IS NULL THEN NULL ELSE map_extract_value({call.sql[0]}, {call.sql[1]}) END"


def look_up(pairs: Pairs, key: Any, *, call: Call) -> Any:
    """NaN is not found: a look-up asks for equality, not identity."""
    kind = call.arguments[1]
    known = identity(key, kind)
    return None if known == "NaN" else next((v for k, v in pairs if identity(k, kind) == known), None)


_TOLD = {"double": double_scientific, "real": real_scientific}


@lru_cache(maxsize=256)
def subscripted(kind: Type) -> Callable[[Pairs, Any], Any]:
    """`map[key]` for keys that DuckDB compares otherwise: NaN is not found, and what is not found fails."""

    def found(pairs: Pairs, key: Any) -> Any:
        known = identity(key, kind)
        for other, value in pairs if known != "NaN" else ():
            if identity(other, kind) == known:
                return value
        told = _TOLD.get(kind.base)
        raise invalid("Key not present in map" + (f": {told(key)}" if told is not None else ""))

    return found


@kernel("map_concat", typed=True)
def map_concat(*maps: Pairs, call: Call) -> Pairs:
    """The entries of the last map first, then what the ones before add."""
    kind = call.result.elements[0]
    found: dict[Key, tuple[Any, Any]] = {}
    for pairs in reversed(maps):
        for key, value in pairs:
            found.setdefault(identity(key, kind), (key, value))
    return list(found.values())


@kernel("array_histogram", typed=True)
def array_histogram(items: list[Any], *, call: Call) -> Pairs:
    kind = call.result.elements[0]
    return [(k, len(v)) for k, v in grouped([(item, None) for item in items if item is not None], kind)]
