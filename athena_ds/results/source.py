"""What every way of reading a result gives: its columns, and its rows block by block."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from .types import Backend, Column

if TYPE_CHECKING:
    import pyarrow as pa

    from .cells import Cells


class Door(Protocol):
    """What this package asks of `athena_ds.aws.Door`: one call, retried and translated, a `Body` read whole."""

    def call(self, operation: str, /, **params: Any) -> dict[str, Any]:
        """Make one API call."""
        ...

    def warm(self, *services: str) -> None:
        """Make clients beforehand."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How rows are wanted.

    Attributes:
        dtype_backend: `numpy` for pandas' own dtypes, `pyarrow` for an ArrowDtype in all but what
            `nested` made lists and dicts.
        bucket_owner: The account that must own the results bucket; None where nobody asked for that.
        nested: Places of columns that come as JSON because the query was rewritten, with their Athena types.
    """

    dtype_backend: Backend = "numpy"
    bucket_owner: str | None = None
    nested: Mapping[int, str] = field(default_factory=dict)


def _nothing() -> None:
    """Nothing to let go of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Columns, and a generator of blocks. As a context it ends, when left, whatever still fetches or parses.

    Attributes:
        columns: What GetQueryResults, or a Parquet file, says they are.
        blocks: The rows, a block of each column's cells at a time.
        types: Arrow types where the transport knows better than `ColumnInfo` (nested values of an UNLOAD).
        release: Ends what was begun before the first block was asked for.
        share: How much of all rows the first block is, about.
    """

    columns: Sequence[Column]
    blocks: Generator[Sequence[Cells], None, None]
    types: Sequence[pa.DataType] | None = None
    release: Callable[[], None] = _nothing
    share: float = 1.0

    def __enter__(self) -> Rows:
        return self

    def __exit__(self, *_: object) -> None:
        self.blocks.close()
        self.release()


def split_uri(uri: str) -> tuple[str, str]:
    """`s3://bucket/a/b.csv` -> (`bucket`, `a/b.csv`)."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
