"""An INSERT's values as the target's types: any two with a type in common, narrower ones where the value fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from athena_ds.local.seam.arrow import arrow_type
from athena_ds.local.seam.engine import Column, EngineError, Write
from athena_ds.local.seam.types import Type
from athena_ds.local.sql.analyse import Analysis
from athena_ds.local.sql.coercion import can_coerce, common_type
from athena_ds.local.sql.correlation import everything
from athena_ds.local.sql.tree import Cast, Expression, Field, Project, Relation, Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The columns written, and for each the position among the query's columns (None: NULL)."""

    columns: tuple[Column, ...]
    positions: tuple[int | None, ...]
    types: tuple[Type, ...]

    @classmethod
    def of(cls, given: Sequence[Column], write: Write) -> Target:
        """What an INSERT's columns are was checked by `inserted`."""
        types = tuple(column.type for column in given)
        if write.columns is None:
            named = tuple(Column(column.name.lower(), column.type) for column in given)
            return cls(columns=named, positions=tuple(range(len(named))), types=types)
        names = write.given or tuple(column.name for column in write.columns)
        positions = tuple(names.index(column.name) if column.name in names else None for column in write.columns)
        return cls(columns=write.columns, positions=positions, types=types)


def inserted(analysis: Analysis, write: Write) -> Analysis:
    """An INSERT's query with its columns cast to the table's types; raises EngineError TYPE_MISMATCH."""
    if write.columns is None:
        return analysis
    wanted = {column.name: column.type for column in write.columns}
    asked = tuple(wanted[name] for name in write.given or wanted)
    types = tuple(column.type for column in analysis.columns)
    if len(asked) != len(types) or not all(map(_fits, types, asked)):
        told = f"Table: [{', '.join(map(str, asked))}], Query: [{', '.join(map(str, types))}]"
        raise EngineError("TYPE_MISMATCH", f"Insert query has mismatched column types: {told}", line=1, column=1)
    kept = tuple(source if _is_fitted(source, target) else target for source, target in zip(types, asked, strict=True))
    columns = tuple(Column(column.name, kind) for column, kind in zip(analysis.columns, kept, strict=True))
    return replace(analysis, columns=columns, relation=_cast(analysis.relation, kept))


def _cast(relation: Relation, kinds: Sequence[Type]) -> Relation:
    if all(field.type == kind for field, kind in zip(relation.fields, kinds, strict=True)):
        return relation
    first = 1 + max(
        field.number for part in everything(relation) if isinstance(part, Relation) for field in part.fields
    )
    fields = tuple(
        Field(number=first + at, type=kind, name=field.name)
        for at, (field, kind) in enumerate(zip(relation.fields, kinds, strict=True))
    )
    symbols = tuple(Symbol(type=field.type, number=field.number) for field in relation.fields)
    expressions: tuple[Expression, ...] = tuple(
        symbol if symbol.type == kind else Cast(type=kind, argument=symbol)
        for symbol, kind in zip(symbols, kinds, strict=True)
    )
    return Project(fields=fields, source=relation, expressions=expressions)


def _fits(source: Type, target: Type) -> bool:
    """Whether Trino takes a value of one for a column of the other, if not each of them in the end."""
    if any(map(_bounded, target.elements)):
        return can_coerce(source, target)
    return common_type(source, target) is not None or can_coerce(source, target)


def _bounded(kind: Type) -> bool:
    """Text of some length, or with such text inside."""
    return kind.base == "char" or (kind.base == "varchar" and bool(kind.arguments)) or any(map(_bounded, kind.elements))


_TEXTS = ("varchar", "char")


def _is_fitted(source: Type, target: Type) -> bool:
    """Text is cut to fit, where only blanks are lost; a finer timestamp is rounded: both when the rows are there."""
    if source.base in _TEXTS and target.base in _TEXTS:
        return True
    return source == target or source.base == target.base == "timestamp"


def coerced(batch: pa.RecordBatch, target: Target) -> pa.RecordBatch:
    """The batch with the target's columns, in its order, as the seam's Arrow types."""
    arrays = []
    for column, position in zip(target.columns, target.positions, strict=True):
        kind = arrow_type(column.type)
        if position is None:
            arrays.append(pa.nulls(batch.num_rows, kind))
        else:
            arrays.append(_as(batch.column(position), target.types[position], column.type))
    schema = pa.schema([(column.name, array.type) for column, array in zip(target.columns, arrays, strict=True)])
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _as(values: pa.Array, source: Type, target: Type) -> pa.Array:
    if source == target:
        return values
    if target.base in ("varchar", "char") and source.base in ("varchar", "char"):
        return _fitted(values, source, target)
    if target.base == "timestamp" and source.base == "timestamp":
        half = 10 ** (6 - min(target.precision, 6)) // 2
        unit = {0: "second", 3: "millisecond"}.get(target.precision)
        moved = pc.add(values.cast(pa.timestamp("us"), safe=False), pa.scalar(half, pa.duration("us")))
        return pc.floor_temporal(moved, unit=unit) if unit else values.cast(arrow_type(target), safe=False)
    return values.cast(arrow_type(target))


def _fitted(values: pa.Array, source: Type, target: Type) -> pa.Array:
    if not target.arguments:
        return values
    cut = pc.utf8_slice_codeunits(values, 0, target.precision)
    lost = pc.not_equal(pc.utf8_rtrim(values, " "), pc.utf8_rtrim(cut, " "))
    if pc.any(lost).as_py():
        message = f"Cannot truncate non-space characters when casting from {source} to {target} on INSERT"
        raise EngineError("INVALID_CAST_ARGUMENT", message)
    return pc.utf8_rpad(cut, target.precision, " ") if target.base == "char" else cut
