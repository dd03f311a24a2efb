"""Columns that arrive in pieces, and how they end: one Arrow table, or one DataFrame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import ResultError, warn
from .cells import Cells, temporal
from .frame import Numbers, objects, pandas_array
from .nested import REAL, decoded
from .types import Backend, Column, arrow_type, unique_names

if TYPE_CHECKING:
    import pandas as pd

_DIGITS = r"\.(?P<digits>\d+)"


class Gathered:
    """A column's pieces, in order, until there is one type they all share."""

    def __init__(self, column: Column, wanted: pa.DataType) -> None:
        self.column = column
        self._wanted = wanted
        self._numbers = Numbers(wanted) if Numbers.hold(wanted) else None
        self._pieces: list[pa.Array] = []
        self._zones: set[str] = set()
        self._ambiguous = 0

    def add(self, cells: Cells, *, expected: int) -> None:
        """The next piece, with a guess of the rows in all."""
        self._zones |= cells.zones
        self._ambiguous += cells.ambiguous
        if self._numbers is not None and not self._pieces and cells.values.type == self._wanted:
            self._numbers.add(cells.values, expected=expected)
        else:
            self._pieces.append(cells.values)

    def take(self) -> pa.ChunkedArray:
        """All pieces as one column; they are let go, so that a frame can be built without holding both.

        Texts among dates or times mean that a value did not fit: nanoseconds are tried, and else all become text.
        """
        pieces, self._pieces = self._pieces, []
        if self._numbers is not None and self._numbers.rows:
            pieces.insert(0, self._numbers.arrow())
        if all(piece.type == self._wanted for piece in pieces):
            return pa.chunked_array(pieces, self._wanted)
        return self._finer(pieces) or pa.chunked_array([_as_text(piece, _digits(pieces)) for piece in pieces])

    def array(self, backend: Backend) -> tuple[Any, pa.DataType]:
        """The column as pandas holds it, and the Arrow type it has."""
        if self._numbers is not None and not self._pieces and backend == "numpy":
            return self._numbers.array(), self._wanted
        pieces = self.take()
        if self.column.as_json:
            return objects(pieces, self._decoded), pieces.type
        return pandas_array(pieces, backend), pieces.type

    def _decoded(self, text: str | None) -> Any:
        try:
            return decoded(text)
        except (ValueError, RecursionError) as error:
            reason = f"a cell is not the JSON that was asked for: {error}"
            raise ResultError(reason=reason, column=self.column.name, type=self.column.type) from error

    def _finer(self, pieces: list[pa.Array]) -> pa.ChunkedArray | None:
        finer = _nanoseconds(self._wanted)
        texts = [piece for piece in pieces if pa.types.is_large_string(piece.type)]
        if finer is None or any(piece.null_count != len(piece) for piece in pieces if piece.type == self._wanted):
            return None
        found = [temporal(text, finer) for text in texts]
        if None in found:
            return None
        rest = iter(cells for cells in found if cells is not None)
        values = [
            next(rest) if pa.types.is_large_string(p.type) else Cells(values=pa.nulls(len(p), finer)) for p in pieces
        ]
        for cells in values:
            self._zones |= cells.zones
            self._ambiguous += cells.ambiguous
        return pa.chunked_array([cells.values for cells in values], finer)

    def metadata(self) -> dict[str, str]:
        """What an Arrow field says of this column."""
        return {"athena.type": self.column.type, **({"athena.form": "json"} if self.column.as_json else {})}

    def told(self, held: pa.DataType) -> dict[str, Any]:
        """What `df.attrs["athena"]["columns"]` says of this column, given how it is held."""
        note = REAL if pa.types.is_nested(held) else self.column.kind.note
        if self._wanted != held and pa.types.is_large_string(held):
            note = "text: a value is past the years 1 to 9999 or finer than pandas holds"
        facts: dict[str, Any] = {"name": self.column.name, "type": self.column.type}
        if note:
            facts["note"] = note
        if self._zones:
            facts["zones"] = sorted(self._zones)
        if self._ambiguous:
            facts["ambiguous"] = self._ambiguous
        return facts


def _nanoseconds(wanted: pa.DataType) -> pa.DataType | None:
    if pa.types.is_timestamp(wanted):
        return pa.timestamp("ns", tz=wanted.tz)
    return pa.time64("ns") if pa.types.is_time(wanted) else None


def _digits(pieces: Sequence[pa.Array]) -> int:
    """How many digits of a second the texts among the pieces have: one number, as the type has a precision."""
    for piece in pieces:
        if pa.types.is_large_string(piece.type) and piece.null_count < len(piece):
            found = pc.extract_regex(piece.drop_null()[:1], _DIGITS).field("digits")
            return int(pc.fill_null(pc.binary_length(found), 0)[0].as_py())
    return 0


def _as_text(piece: pa.Array, digits: int) -> pa.Array:
    """A piece as Athena spells it: `2020-01-01 00:00:00.123`."""
    if pa.types.is_large_string(piece.type):
        return piece
    zone = " UTC" if pa.types.is_timestamp(piece.type) and piece.type.tz is not None else ""
    bare = piece.cast(pa.timestamp("us")) if zone else piece
    text = bare.cast(pa.large_string())
    if pa.types.is_timestamp(piece.type):
        text = pc.utf8_slice_codeunits(text, 0, 20 + digits if digits else 19)
    return pc.binary_join_element_wise(text, pa.scalar(zone, text.type), pa.scalar("", text.type)) if zone else text


class Columns:
    """All columns of a result, growing block by block."""

    def __init__(
        self,
        columns: Sequence[Column],
        types: Sequence[pa.DataType] | None = None,
        *,
        backend: Backend | None = None,
        share: float = 1.0,
    ) -> None:
        """Start without rows.

        Args:
            columns: What they are.
            types: Their Arrow types, where `ColumnInfo` does not tell.
            backend: What pandas will hold them in; None where Arrow is the end.
            share: How much of all rows the first block may be, so that room can be made for the rest.
        """
        wanted = [arrow_type(column) for column in columns] if types is None else types
        pairs = zip(columns, wanted, strict=True)
        self._gathered = [Gathered(column, kind) for column, kind in pairs]
        self._names = unique_names(column.name for column in columns)
        self._backend: Backend = backend or "pyarrow"
        self._share, self._expected = share, 0
        self.rows = 0

    def add(self, block: Sequence[Cells]) -> None:
        """The next rows: a piece for each column."""
        rows = len(block[0].values) if block else 0
        self._expected = self._expected or int(rows / self._share * 1.05)
        for gathered, cells in zip(self._gathered, block, strict=True):
            gathered.add(cells, expected=self._expected)
        self.rows += rows

    def arrow(self) -> tuple[pa.Table, list[dict[str, Any]]]:
        """The rows so far as a table, and what is to be told of each column; Athena's type is a field's metadata."""
        arrays = [gathered.take() for gathered in self._gathered]
        told = [gathered.told(array.type) for gathered, array in zip(self._gathered, arrays, strict=True)]
        fields = [
            pa.field(name, array.type, metadata=gathered.metadata())
            for name, array, gathered in zip(self._names, arrays, self._gathered, strict=True)
        ]
        _warn(told)
        return pa.Table.from_arrays(arrays, schema=pa.schema(fields)), told

    def frame(self, *, start: int = 0) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
        """The rows so far as a DataFrame whose index counts from `start`; each column's pieces go as it is built."""
        import pandas as pd  # noqa: PLC0415 - the Arrow exit does not need it

        arrays, told = {}, []
        for name, gathered in zip(self._names, self._gathered, strict=True):
            arrays[name], held = gathered.array(self._backend)
            told.append(gathered.told(held))
        _warn(told)
        index = pd.RangeIndex(start, start + self.rows)
        names = pd.Index(self._names, dtype=None if self._names else object)
        return pd.DataFrame(arrays, index=index, columns=names, copy=False), told


def _warn(told: Sequence[dict[str, Any]]) -> None:
    for facts in told:
        if count := facts.get("ambiguous"):
            values = "1 value" if count == 1 else f"{count} values"
            warn(
                f"{values} of {facts['name']!r} in an hour that the clocks of {facts['zones']} show twice: Athena's"
                " text does not say which is meant, and the first is taken."
                " Select the column AT TIME ZONE 'UTC' to be sure."
            )
