"""What every way of reading a result gives: its columns, and its rows block by block."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from athena_ds.results.types import Backend, Column

if TYPE_CHECKING:
    import pyarrow as pa

    from athena_ds.results.cells import Cells


class Door(Protocol):
    """What this package asks of `athena_ds.aws.Door`: one call, retried and translated, a `Body` read whole."""

    def call(self, operation: str, /, **params: Any) -> dict[str, Any]:
        """Make one API call."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How rows are wanted.

    Attributes:
        dtype_backend: `numpy` for pandas' own dtypes, `pyarrow` for an ArrowDtype in every column.
        bucket_owner: The account that must own the results bucket; None where nobody asked for that.
    """

    dtype_backend: Backend = "numpy"
    bucket_owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Columns, and a generator of blocks; closing the generator ends whatever still fetches or parses."""

    columns: Sequence[Column]
    blocks: Generator[Sequence[Cells], None, None]
    types: Sequence[pa.DataType] | None = None
    """Arrow types where the transport knows better than `ColumnInfo` (nested values of an UNLOAD)."""
    metadata: Mapping[str, int] | None = None
    """Facts about the rows that are known before they come, as the parts' count and bytes."""


def split_uri(uri: str) -> tuple[str, str]:
    """`s3://bucket/a/b.csv` -> (`bucket`, `a/b.csv`)."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
