"""UNLOAD: a result as Parquet files in S3, for what is larger than memory or nested."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .. import results
from ..errors import ConfirmationError, ParameterError
from ..execution import QueryExecution
from ..execution.parameters import Parameters
from ..exits import storage_options
from . import flow, running
from .options import checked

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Unloaded:
    """The files that an UNLOAD wrote. Nothing is deleted unless asked.

    Attributes:
        location: The prefix they lie under.
        execution: The execution that wrote them.
    """

    source: running.Source
    execution: QueryExecution
    location: str

    def __repr__(self) -> str:
        return f"Unloaded(location={self.location!r})"

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The files' addresses in S3, from the manifest.

        Raises:
            ResultError: When the manifest names a file outside the location.
        """
        from ..results.unload import files_of  # noqa: PLC0415

        return tuple(files_of(self.execution, self.source.door, options=self._options()))

    @property
    def size_bytes(self) -> int:
        """The files' bytes together."""
        heads = (self.source.door.call("s3:HeadObject", **_place(each)) for each in self.files)
        return sum(int(head["ContentLength"]) for head in heads)

    def dataset(self) -> Any:
        """A `pyarrow.dataset` over the files, read from S3 as it is used (by pyarrow, Polars or DuckDB)."""
        import pyarrow.dataset as pds  # noqa: PLC0415 - heavy, and needed only now
        from pyarrow.fs import S3FileSystem  # noqa: PLC0415

        reach = S3FileSystem(**storage_options(self.source.door, self.source.config, reader="pyarrow"))
        # INT96 is what Athena writes; as nanoseconds years past 2262 would wrap.
        parquet = pds.ParquetFileFormat(coerce_int96_timestamp_unit="us")
        return pds.dataset([each.removeprefix("s3://") for each in self.files], filesystem=reach, format=parquet)

    def frame(self) -> pd.DataFrame:
        """The rows as a DataFrame, nested values as lists and dicts; in the order of the files, not the query's."""
        return running.read(self.source, self.execution, options={})

    def delete(self, *, confirm: bool) -> int:
        """Delete the files, after `confirm=True`; returns how many there were."""
        if confirm is not True:
            remedy = "unloaded.delete(confirm=True) deletes them."
            raise ConfirmationError(f"{len(self.files)} files under {self.location} would be deleted.", remedy=remedy)
        for each in self.files:
            self.source.door.call("s3:DeleteObject", **_place(each))
        return len(self.files)

    def _options(self) -> results.ReadOptions:
        return running.read_options(self.source, self.execution, options={})


def unload(
    source: running.Source, sql: str, *, parameters: Parameters | None = None, to: str | None = None, **options: Any
) -> Unloaded:
    """Run a query and have its rows written as Parquet under `to`, or under a new prefix of the results path."""
    location = f"{to.rstrip('/')}/" if to else flow.new_location(source.config)
    if not location.startswith("s3://"):
        raise ParameterError(f"{location!r} is not an S3 location.", remedy="For example: s3://acme-lake/exports/2024/")
    options.pop("unload", None)
    checked(options)
    statement = flow.unload_statement(sql, location)
    flow.check_unload(source, workgroup=options.get("workgroup", source.config.workgroup))
    execution = flow.run(source, statement, parameters=parameters, **options)
    return Unloaded(source=source, execution=execution, location=location)


def _place(uri: str) -> dict[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key}
