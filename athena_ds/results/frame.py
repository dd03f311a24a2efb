"""An Arrow column -> the array pandas holds it in: filled piece by piece, or not copied at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from athena_ds.results.types import Backend, pandas_dtype


def pandas_array(pieces: pa.ChunkedArray, backend: Backend = "numpy") -> Any:
    """The column as pandas holds it; text, decimals, dates, times and bytes stay where Arrow put them."""
    import pandas as pd  # noqa: PLC0415 - the Arrow exit does not need it

    if backend == "pyarrow":
        return pd.arrays.ArrowExtensionArray(pieces)
    for holds, build in _BUILDERS:
        if holds(pieces.type):
            return build(pieces)
    return pandas_dtype(pieces.type).__from_arrow__(pieces)


def _booleans(pieces: pa.ChunkedArray) -> Any:
    import pandas as pd  # noqa: PLC0415

    found = np.empty(len(pieces), dtype=bool)
    at = 0
    for piece in pieces.chunks:
        bits = np.frombuffer(piece.buffers()[1] or b"", dtype=np.uint8)
        end = piece.offset + len(piece)
        found[at : at + len(piece)] = np.unpackbits(bits, count=end, bitorder="little")[piece.offset :]
        at += len(piece)
    return pd.arrays.BooleanArray(found, _missing(pieces), copy=False)


def _integers(pieces: pa.ChunkedArray) -> Any:
    import pandas as pd  # noqa: PLC0415

    return pd.arrays.IntegerArray(_values(pieces, pieces.type.to_pandas_dtype()), _missing(pieces), copy=False)


def _floats(pieces: pa.ChunkedArray) -> Any:
    return _filled(pieces, pieces.type.to_pandas_dtype(), np.nan)


def _moments(pieces: pa.ChunkedArray) -> Any:
    import pandas as pd  # noqa: PLC0415

    numbers = _filled(pieces, np.int64, np.iinfo(np.int64).min)
    if pa.types.is_duration(pieces.type):
        return numbers.view(f"m8[{pieces.type.unit}]")
    moments = numbers.view(f"M8[{pieces.type.unit}]")
    return moments if pieces.type.tz is None else pd.DatetimeIndex(moments).tz_localize("UTC").array


def _objects(pieces: pa.ChunkedArray) -> Any:
    """Lists and dicts as Python has them; only None for a column of type `unknown`."""
    found = np.full(len(pieces), None, dtype=object)
    if not pa.types.is_null(pieces.type):
        for place, value in enumerate(pieces.to_pylist(maps_as_pydicts="strict")):
            found[place] = value
    return found


def _bare(kind: pa.DataType) -> bool:
    return bool(pa.types.is_null(kind) or pa.types.is_nested(kind))


_BUILDERS = (
    (pa.types.is_boolean, _booleans),
    (pa.types.is_integer, _integers),
    (pa.types.is_floating, _floats),
    (pa.types.is_timestamp, _moments),
    (pa.types.is_duration, _moments),
    (_bare, _objects),
)


def _values(pieces: pa.ChunkedArray, dtype: Any) -> Any:
    """The values of all pieces in one array; what stands under a NULL is anything."""
    found = np.empty(len(pieces), dtype=dtype)
    at = 0
    for piece in pieces.chunks:
        data = np.frombuffer(piece.buffers()[1] or b"", dtype=dtype)
        found[at : at + len(piece)] = data[piece.offset : piece.offset + len(piece)]
        at += len(piece)
    return found


def _missing(pieces: pa.ChunkedArray) -> Any:
    """True where a value is NULL."""
    found = np.zeros(len(pieces), dtype=bool)
    at = 0
    for piece in pieces.chunks:
        if piece.null_count:
            found[at : at + len(piece)] = piece.is_null().to_numpy(zero_copy_only=False)
        at += len(piece)
    return found


def _filled(pieces: pa.ChunkedArray, dtype: Any, missing: Any) -> Any:
    found = _values(pieces, dtype)
    if pieces.null_count:
        found[_missing(pieces)] = missing
    return found
