"""EXPLAIN: what the engine understood of a query, as a tree of its relations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from athena_ds.local.engine.duckdb.formats.context import Pruning
from athena_ds.local.engine.duckdb.io_plan import io_plan
from athena_ds.local.engine.duckdb.plan import Plan
from athena_ds.local.seam.engine import CATALOG, Column, EngineError, Table
from athena_ds.local.seam.types import BOOLEAN, VARCHAR
from athena_ds.local.sql import tree
from athena_ds.local.sql.explaining import without_format
from athena_ds.local.sql.parse import label, parse, source


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An EXPLAIN: the query it is about and how it is to be shown."""

    sql: str
    analyze: bool
    kind: str
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    column: Column
    batch: pa.RecordBatch


def asked(sql: str) -> Asked | None:
    """What an EXPLAIN statement asks; None for any other statement."""
    plain, given = without_format(sql)
    statement = parse(plain.rstrip().rstrip(";")).statement()
    if label(statement) not in ("Explain", "ExplainAnalyze"):
        return None
    if label(statement.statement()) != "StatementDefault":
        raise EngineError("NOT_SUPPORTED", "EXPLAIN of anything but a query is not supported by the local engine")
    options = (
        {label(o): o.value.text.upper() for o in statement.explainOption()} if label(statement) == "Explain" else {}
    )
    options |= {} if given is None else {"ExplainFormat": given}
    kind = options.get("ExplainType", "LOGICAL")
    shape = options.get("ExplainFormat", "JSON" if kind == "IO" else "TEXT")
    if shape == "GRAPHVIZ" or (kind == "IO" and shape != "JSON"):
        raise EngineError("NOT_SUPPORTED", f"EXPLAIN ({kind}, {shape}) is not supported by the local engine")
    return Asked(
        sql=source(statement.statement()), analyze=label(statement) == "ExplainAnalyze", kind=kind, format=shape
    )


def explained(question: Asked, plan: Plan, *, rows: int, scans: Sequence[tuple[Table, Pruning]]) -> Explained:
    """The one row EXPLAIN answers."""
    if question.kind == "VALIDATE":
        return _answer("Valid", pa.array([True]), boolean=True)
    if question.kind == "IO":
        return _answer("Query Plan", pa.array([io_plan(scans)]))
    shown = _node(plan.analysis.relation)
    if question.format == "JSON":
        return _answer("Query Plan", pa.array([json.dumps({"0": shown}, indent=2)]))
    names = ", ".join(c.name for c in plan.columns)
    kinds = ", ".join(f"{c.name}:{c.type}" for c in plan.columns)

    lines = [
        "Fragment 0 [SINGLE]",
        f"    Output layout: [{names}]",
        f"    Output[columnNames = [{names}]]",
        f"    │   Layout: [{kinds}]",
    ]
    if question.analyze:
        lines.append(f"    │   Output: {rows} rows")
    return _answer("Query Plan", pa.array(["\n".join([*lines, *_lines(shown, 1)])]))


def _answer(name: str, values: pa.Array, *, boolean: bool = False) -> Explained:
    column = Column(name, BOOLEAN if boolean else VARCHAR)
    return Explained(column=column, batch=pa.RecordBatch.from_arrays([values], names=[name]))


def _node(relation: Any) -> dict[str, Any]:
    """A relation as name, descriptor and children; projections that only rename are left out."""
    if (
        isinstance(relation, tree.Project)
        and all(isinstance(e, tree.Symbol) for e in relation.expressions)
        and not relation.distinct
    ):
        return _node(relation.source)
    parts = [getattr(relation, part) for part in ("source", "left", "right", "base", "step") if hasattr(relation, part)]
    parts += getattr(relation, "inputs", ())
    return {"name": _name(relation), "descriptor": _descriptor(relation), "children": [_node(part) for part in parts]}


def _name(relation: Any) -> str:  # noqa: PLR0911
    match relation:
        case tree.Scan():
            return "TableScan"
        case tree.Join():
            return "CrossJoin" if relation.kind == "cross" else f"{relation.kind.title()}Join"
        case tree.SetOperation():
            return relation.kind.title()
        case tree.Sort():
            return "TopN" if relation.keys and relation.limit is not None else "Sort" if relation.keys else "Limit"
        case tree.Project() if relation.distinct:
            return "Distinct"
        case tree.Aggregation():
            return "Aggregate"
        case _:
            return type(relation).__name__


def _descriptor(relation: Any) -> dict[str, str]:
    match relation:
        case tree.Scan():
            return {"table": f"{CATALOG}:{relation.table.database}:{relation.table.name}"}
        case tree.Aggregation():
            names = ", ".join(getattr(a, "name", "grouping") for a in relation.aggregates)
            return {"keys": str(len(relation.keys)), "aggregations": f"[{names}]"}
        case tree.Sort() if relation.limit is not None:
            return {"count": str(relation.limit)}
        case _:
            return {}


def _lines(node: dict[str, Any], depth: int) -> list[str]:
    inside = ", ".join(f"{key} = {value}" for key, value in node["descriptor"].items())
    mine = f"    {'   ' * depth}└─ {node['name']}[{inside}]"
    return [mine, *(line for child in node["children"] for line in _lines(child, depth + 1))]
