"""An Arrow column -> the array pandas holds it in: filled piece by piece as pieces come, or not copied at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from .memory import empty
from .types import Backend, pandas_dtype

_NAT = np.iinfo(np.int64).min


def pandas_array(pieces: pa.ChunkedArray, backend: Backend = "numpy") -> Any:
    """The column as pandas holds it; text, decimals, dates, times and bytes stay where Arrow put them."""
    import pandas as pd  # noqa: PLC0415 - the Arrow exit does not need it

    kind = pieces.type
    if backend == "pyarrow":
        return pd.arrays.ArrowExtensionArray(pieces)
    if Numbers.hold(kind):
        numbers = Numbers(kind)
        for piece in pieces.chunks:
            numbers.add(piece, expected=len(pieces))
        return numbers.array()
    if pa.types.is_null(kind) or pa.types.is_nested(kind):
        return objects(pieces)
    return pandas_dtype(kind).__from_arrow__(pieces)


def objects(pieces: pa.ChunkedArray, read: Callable[[Any], Any] = lambda value: value) -> Any:
    """Lists and dicts as Python has them; only None for a column of type `unknown`."""
    found = np.full(len(pieces), None, dtype=object)
    if not pa.types.is_null(pieces.type):
        for place, value in enumerate(pieces.to_pylist(maps_as_pydicts="strict")):
            found[place] = read(value)
    return found


class Numbers:
    """Numbers, booleans or moments in one numpy array that takes piece after piece, and where they are NULL.

    The pieces can go as soon as they are copied, so a frame needs little more memory than itself.
    """

    def __init__(self, kind: pa.DataType) -> None:
        self._kind = kind
        self._dtype = np.dtype(np.int64 if pa.types.is_temporal(kind) else kind.to_pandas_dtype())
        self._values = np.empty(0, dtype=self._dtype)
        self._missing = np.zeros(0, dtype=bool)
        self._whole = True
        self.rows = 0

    @staticmethod
    def hold(kind: pa.DataType) -> bool:
        """Whether columns of this type are held here."""
        moments = pa.types.is_timestamp(kind) or pa.types.is_duration(kind)
        return bool(moments or pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind))

    def add(self, piece: pa.Array, *, expected: int) -> None:
        """The next piece, with a guess of the rows in all, which saves copying when it is enough."""
        end = self.rows + len(piece)
        if end > len(self._values):
            self._grow(max(expected, end + end // 2 if self.rows else end))
        self._values[self.rows : end] = self._numbers(piece)
        if piece.null_count:
            self._whole = False
            self._missing[self.rows : end] = piece.is_null().to_numpy(zero_copy_only=False)
        self.rows = end

    def array(self) -> Any:
        """The array of pandas that these are."""
        import pandas as pd  # noqa: PLC0415

        values, missing = self._values[: self.rows], self._missing[: self.rows]
        if pa.types.is_boolean(self._kind):
            return pd.arrays.BooleanArray(values, missing)
        if pa.types.is_integer(self._kind):
            return pd.arrays.IntegerArray(values, missing)
        moments = pa.types.is_temporal(self._kind)
        if not self._whole:
            values[missing] = _NAT if moments else np.nan
        if not moments:
            return values
        found = values.view(f"{'m' if pa.types.is_duration(self._kind) else 'M'}8[{self._kind.unit}]")
        zoned = pa.types.is_timestamp(self._kind) and self._kind.tz is not None
        return pd.DatetimeIndex(found).tz_localize("UTC").array if zoned else found

    def arrow(self) -> pa.Array:
        """The same as Arrow has them, in the same memory."""
        missing = None if self._whole else self._missing[: self.rows]
        return pa.array(self._values[: self.rows], mask=missing).cast(self._kind)

    def _grow(self, capacity: int) -> None:
        # What is not written to yet takes no memory: neither np.empty nor np.zeros touches it.
        values, missing = empty(capacity, dtype=self._dtype), np.zeros(capacity, dtype=bool)
        values[: self.rows] = self._values[: self.rows]
        missing[: self.rows] = self._missing[: self.rows]
        self._values, self._missing = values, missing

    def _numbers(self, piece: pa.Array) -> Any:
        """A piece's values; what stands under a NULL is anything."""
        data, end = piece.buffers()[1] or b"", piece.offset + len(piece)
        if pa.types.is_boolean(self._kind):
            bits = np.frombuffer(data, dtype=np.uint8)
            return np.unpackbits(bits, count=end, bitorder="little")[piece.offset :]
        return np.frombuffer(data, dtype=self._dtype)[piece.offset : end]
