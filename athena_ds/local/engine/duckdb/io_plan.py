"""EXPLAIN (TYPE IO), as Trino shows it: the tables a query reads, and which values of their partition keys it wants."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from athena_ds.local.engine.duckdb.formats.context import Pruning, Term
from athena_ds.local.seam.engine import CATALOG, Table

_UNKNOWN = dict.fromkeys(("outputRowCount", "outputSizeInBytes", "cpuCost", "maxMemory", "networkCost"), "NaN")


def io_plan(scans: Sequence[tuple[Table, Pruning]]) -> str:
    """The plan's text; scans that are alike are one entry."""
    found: list[dict[str, Any]] = []
    for table, pruning in scans:
        if pruning.nothing:
            continue
        place = {"catalog": CATALOG, "schemaTable": {"schema": table.database, "table": table.name}}
        terms = [term for term in pruning.terms if None not in term.values]
        keys = list(dict.fromkeys(term.key for term in terms))
        domains = {key: _domain([term for term in terms if term.key == key]) for key in keys}
        constraint = {
            "none": any(not domain["ranges"] for _, domain in domains.values()),
            "columnConstraints": [
                {"columnName": key, "type": kind, "domain": domain} for key, (kind, domain) in domains.items()
            ],
        }
        entry = {"table": place, "constraint": constraint, "estimate": _UNKNOWN}
        if entry not in found:
            found.append(entry)
    return json.dumps({"inputTableColumnInfos": found, "estimate": _UNKNOWN}, indent=2)


def _domain(terms: Sequence[Term]) -> tuple[str, dict[str, Any]]:
    """The values that meet all terms about one key: a list where one term is a list, else from a bound to a bound."""
    listed = [set(term.values) for term in terms if term.op in ("=", "in")]
    if listed:
        values = sorted(set.intersection(*listed))
        ranges = [_range(value, value) for value in values if all(_meets(value, term) for term in terms)]
    else:
        low = max((_bound(term) for term in terms if term.op in (">", ">=")), default=None)
        high = min((_bound(term) for term in terms if term.op in ("<", "<=")), default=None)
        ranges = [{"low": _mark(low, "ABOVE"), "high": _mark(high, "BELOW")}]
    return str(terms[0].type), {"nullsAllowed": False, "ranges": ranges}


def _meets(value: Any, term: Term) -> bool:
    match term.op:
        case "<":
            return bool(value < term.values[0])
        case "<=":
            return bool(value <= term.values[0])
        case ">":
            return bool(value > term.values[0])
        case ">=":
            return bool(value >= term.values[0])
    return True


def _bound(term: Term) -> tuple[Any, int]:
    """A bound in order: one that leaves its own value out comes after, as a low one, and before, as a high one."""
    return term.values[0], {">": 1, "<": -1}.get(term.op, 0)


def _range(low: Any, high: Any) -> dict[str, Any]:
    return {"low": _mark((low, 0), "ABOVE"), "high": _mark((high, 0), "BELOW")}


def _mark(bound: tuple[Any, int] | None, open_: str) -> dict[str, str]:
    if bound is None:
        return {"bound": open_}
    return {"value": str(bound[0]), "bound": open_ if bound[1] else "EXACTLY"}
