"""Athena's text of a value -> the Arrow value, a column at a time and exact; what no type can hold stays text.

The CSV object, GetQueryResults and the slow path of a block all end here, so a value means the same in each.
Text forms: `docs/results.md`, measured on Athena engine version 3.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import ResultError
from .types import Column, arrow_type
from .zones import instants

_INTERVAL = r"^(?P<sign>-?)(?P<d>\d+) (?P<h>\d+):(?P<m>\d+):(?P<s>\d+)\.(?P<ms>\d{3})$"
_MONTHS = r"^(?P<sign>-?)(?P<y>\d+)-(?P<m>\d+)$"
_DAY, _BLANK = pa.scalar("1970-01-01", pa.large_string()), pa.scalar(" ", pa.large_string())
_MILLISECONDS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """A column's values, and what was learnt on the way: zones named, instants that were ambiguous."""

    values: pa.Array
    zones: frozenset[str] = field(default=frozenset())
    ambiguous: int = 0


def read_directly(column: Column) -> pa.DataType:
    """The type pyarrow's CSV reader may give this column itself; text where only this module knows the form."""
    wanted = arrow_type(column)
    ours = (
        pa.types.is_duration(wanted) or pa.types.is_large_binary(wanted) or column.type.lower().startswith("interval")
    )
    zoned = pa.types.is_timestamp(wanted) and wanted.tz is not None
    return pa.large_string() if ours or zoned else wanted


def from_text(text: pa.Array, column: Column) -> Cells:
    """Convert a column of texts (NULL where Athena had NULL).

    A date or time that the column's type can't hold (year past 9999, more than six digits of a second) leaves the whole
    array as text, for `settle` to decide about; any other text that is not of the type raises ResultError.
    """
    wanted = arrow_type(column)
    if pa.types.is_temporal(wanted) and not pa.types.is_duration(wanted):
        return temporal(text, wanted) or Cells(values=text)
    try:
        return Cells(values=_plain(text, wanted, column))
    except (pa.ArrowInvalid, ValueError) as error:
        raise ResultError(reason=str(error), column=column.name, type=column.type) from error


def temporal(text: pa.Array, wanted: pa.DataType) -> Cells | None:
    """Texts of a date or time as `wanted`; None where one of them does not fit."""
    try:
        if wanted == pa.timestamp("ns", tz=getattr(wanted, "tz", None)) and not _within_nanoseconds(text):
            return None
        if pa.types.is_timestamp(wanted) and wanted.tz is not None:
            found = instants(text, unit=wanted.unit)
            return Cells(values=found.values, zones=found.zones, ambiguous=found.ambiguous)
        if pa.types.is_time(wanted):
            moments = pc.cast(pc.binary_join_element_wise(_DAY, text, _BLANK), pa.timestamp(wanted.unit))
            return Cells(values=pc.cast(pc.cast(moments, pa.int64()), wanted))
        return Cells(values=pc.cast(text, wanted))
    except pa.ArrowInvalid:
        return None


def _within_nanoseconds(text: pa.Array) -> bool:
    """Whether all lie in the years that 64 bits of nanoseconds reach: pyarrow wrapped silently, before version 21."""
    seconds = pc.cast(pc.cast(pc.utf8_slice_codeunits(text, 0, 19), pa.timestamp("s")), pa.int64())
    furthest = pc.max(pc.abs(seconds)).as_py()
    return furthest is None or furthest < 9_223_372_036


def _plain(text: pa.Array, wanted: pa.DataType, column: Column) -> pa.Array:
    if pa.types.is_large_string(wanted):
        return text
    if pa.types.is_null(wanted):
        if text.null_count != len(text):
            raise ValueError("a value in a column of type unknown")
        return pa.nulls(len(text))
    if pa.types.is_large_binary(wanted):
        return _bytes(text)
    if pa.types.is_duration(wanted):
        return pc.cast(_weighted(text, _INTERVAL, _MILLISECONDS), wanted)
    if column.type.lower() == "interval year to month":
        return pc.cast(_weighted(text, _MONTHS, {"y": 12, "m": 1}), wanted)
    return pc.cast(text, wanted)


def _weighted(text: pa.Array, pattern: str, weights: dict[str, int]) -> pa.Array:
    """The sum of a pattern's numbered groups, each times its weight, under the group called `sign`."""
    parts = pc.extract_regex(text, pattern)
    if parts.null_count != text.null_count:
        raise ValueError(f"not an interval: {text.filter(pc.and_(pc.is_valid(text), pc.is_null(parts)))[0]}")
    valid = pc.is_valid(text)
    total = pa.array(np.zeros(len(text), dtype=np.int64))
    for name, weight in weights.items():
        number = pc.cast(pc.if_else(valid, parts.field(name), pa.scalar("0", pa.large_string())), pa.int64())
        total = pc.add_checked(total, pc.multiply_checked(number, weight))
    signed = pc.if_else(pc.equal(parts.field("sign"), "-"), pc.negate(total), total)
    return pc.if_else(valid, signed, None)


def _bytes(text: pa.Array) -> pa.Array:
    """`01 02 ff` -> three bytes. The whole column is decoded at once: fromhex skips the blanks between pairs."""
    valid = pc.is_valid(text).to_numpy(zero_copy_only=False)
    offsets, data = _parts(pc.fill_null(text, ""))
    lengths = np.diff(offsets)
    sizes = (lengths + 1) // 3
    values = bytes.fromhex(data.decode("ascii"))
    if (np.maximum(sizes * 3 - 1, 0) != lengths).any() or len(values) != sizes.sum():
        raise ValueError("not pairs of hexadecimal digits")
    starts = np.concatenate(([0], np.cumsum(sizes)))
    buffers = [np.packbits(valid, bitorder="little"), starts, np.frombuffer(values, dtype=np.uint8)]
    return pa.Array.from_buffers(pa.large_binary(), len(text), [pa.py_buffer(buffer) for buffer in buffers])


def _parts(text: pa.Array) -> tuple[npt.NDArray[np.int64], bytes]:
    """Where each text of a column starts and ends, and the bytes between the first and the last."""
    _, offsets, data = text.buffers()
    starts = np.frombuffer(offsets, dtype=np.int64)[text.offset : text.offset + len(text) + 1]
    whole = b"" if data is None or not len(text) else data[int(starts[0]) : int(starts[-1])].to_pybytes()
    return starts, whole
