"""An INSERT's values as the target's types: what Trino coerces silently, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from athena_ds.local.seam.arrow import arrow_type
from athena_ds.local.seam.engine import Column, EngineError, Write
from athena_ds.local.seam.types import Type
from athena_ds.local.sql.coercion import can_coerce


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The columns written, and for each the position among the query's columns (None: NULL)."""

    columns: tuple[Column, ...]
    positions: tuple[int | None, ...]
    types: tuple[Type, ...]

    @classmethod
    def of(cls, given: Sequence[Column], write: Write) -> Target:
        """Raises EngineError TYPE_MISMATCH where the query's columns don't fit."""
        types = tuple(column.type for column in given)
        if write.columns is None:
            named = tuple(Column(column.name.lower(), column.type) for column in given)
            return cls(columns=named, positions=tuple(range(len(named))), types=types)
        names = write.given or tuple(column.name for column in write.columns)
        wanted = {column.name: column for column in write.columns}
        asked = tuple(wanted[name].type for name in names)
        fits = len(asked) == len(types) and all(map(_fits, types, asked))
        if not fits:
            message = (
                f"Insert query has mismatched column types: Table: [{', '.join(map(str, asked))}], "
                f"Query: [{', '.join(map(str, types))}]"
            )
            raise EngineError("TYPE_MISMATCH", message, line=1, column=1)
        positions = tuple(names.index(column.name) if column.name in names else None for column in write.columns)
        return cls(columns=write.columns, positions=positions, types=types)


def _fits(source: Type, target: Type) -> bool:
    """Text is cut to fit, where only blanks are lost; a finer timestamp is rounded."""
    if source.base == target.base and target.base in ("varchar", "char", "timestamp"):
        return True
    return can_coerce(source, target)


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
