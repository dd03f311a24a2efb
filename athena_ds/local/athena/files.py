"""What a finished query leaves: its result object, the metadata beside it, a manifest; and how it is read back."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from athena_ds.local.athena.columns import ColumnInfo, Metadata, info
from athena_ds.local.athena.executions import QueryExecution, Result
from athena_ds.local.athena.layout import beside, names_itself, tells_failure
from athena_ds.local.athena.sheet import Reader, Sheet, write_csv, write_lines
from athena_ds.local.s3.objects import NO_BUCKET, SMALL, Location, Managed, Store
from athena_ds.local.seam.engine import Column, EngineError
from athena_ds.local.seam.run import Done, Outcome, Rights, Rows, Text, Wrote
from athena_ds.local.seam.types import BIGINT, varchar

_ROWS = info(Column("rows", BIGINT))
_WRITING = {"UPDATE", "DELETE", "MERGE_INTO"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Writes to and reads from the caller's bucket, with the caller's rights; managed results stay here."""

    store: Store
    managed: Managed
    scratch: Path

    def write(self, execution: QueryExecution, outcome: Outcome) -> Result:
        """The files of a finished statement. Raises EngineError where they can't be written."""
        match outcome:
            case Rows():
                return self._rows(execution, outcome)
            case Text():
                return self._text(execution, outcome)
            case Done():
                self._put(execution, execution.file, b"")
                self._text_metadata(execution, ())
                return Result(columns=(), sheet=Sheet(kind="none"), update_count=None, file=execution.file)
            case Wrote():
                return self._wrote(execution, outcome)

    def write_failure(self, execution: QueryExecution, error: EngineError) -> None:
        """The `.txt` a failed DDL, SHOW or DESCRIBE leaves; that it can't be written changes nothing."""
        if execution.file is not None and tells_failure(execution.plan):
            with suppress(EngineError):
                self._put(execution, execution.file, f"FAILED: {str(error).removeprefix('FAILED: ')}".encode())

    def reader(self, execution: QueryExecution, rights: Rights) -> Reader:
        """How the rows of a finished execution are read; EngineError where the caller may not."""
        assert execution.result is not None
        file = execution.result.file
        match file:
            case Location():
                rights.require("s3:GetObject", _arn(file, self.store))
                return lambda start, end: self.store.read(file, start=start, end=end)
            case Path():
                return lambda start, end: _slice(file, start, end)
            case None:
                return lambda _start, _end: b""

    def readable(self, execution: QueryExecution, rights: Rights) -> bool:
        """Whether the rows are still there and the caller may read them."""
        try:
            self.reader(execution, rights)(0, 1)
        except (EngineError, LookupError, OSError):
            return False
        return True

    def remove(self, execution: QueryExecution) -> None:
        """Take back the result object of a query that was cancelled while it was written."""
        self.managed.forget(execution.id)
        if execution.file is not None and execution.plan.substatement_type == "SELECT":
            for place in (execution.file, beside(execution.file, ".metadata")):
                self.store.delete(place)

    def _rows(self, execution: QueryExecution, outcome: Rows) -> Result:
        out = self._open()
        columns = tuple(info(column) for column in outcome.columns)
        plan = execution.plan.substatement_type == "EXPLAIN"
        try:
            if plan:
                lines = [
                    line for batch in outcome.batches for value in batch.column(0).to_pylist() for line in _lines(value)
                ]
                columns = (_plan_column(outcome.columns[0], lines),)
                sheet = write_lines(out, lines, header=outcome.columns[0].name)
            else:
                sheet = write_csv(out, outcome.columns, iter(outcome.batches))
        except BaseException:
            out.close()
            raise
        size = out.tell()
        file = self._keep(execution, out)
        self._metadata(execution, Metadata(query_id=execution.id, columns=columns))
        return Result(columns=columns, sheet=sheet, update_count=None if plan else 0, file=file, size=size)

    def _text(self, execution: QueryExecution, outcome: Text) -> Result:
        out = self._open()
        sheet = write_lines(out, outcome.lines)
        file = self._keep(execution, out)
        columns = tuple(info(column) for column in outcome.columns)
        self._text_metadata(execution, columns)
        return Result(columns=columns, sheet=sheet, update_count=outcome.update_count, file=file)

    def _text_metadata(self, execution: QueryExecution, columns: tuple[ColumnInfo, ...]) -> None:
        if columns or names_itself(execution.plan):
            self._metadata(execution, Metadata(query_id=execution.id, columns=columns))

    def _wrote(self, execution: QueryExecution, outcome: Wrote) -> Result:
        rows, files = outcome.written.rows, outcome.written.files
        metadata = Metadata(query_id=execution.id, columns=(_ROWS,), update_type=outcome.update_type, update_count=rows)
        self._metadata(execution, metadata)
        manifest = None
        if execution.file is not None and execution.plan.substatement_type not in _WRITING and files:
            manifest = beside(execution.file, "-manifest.csv")
            self._put(execution, manifest, "".join(f"{file.uri}\n" for file in files).encode())
        return Result(columns=(_ROWS,), sheet=Sheet(kind="none"), update_count=rows, file=None, manifest=manifest)

    def _metadata(self, execution: QueryExecution, metadata: Metadata) -> None:
        if execution.file is not None:
            self._put(execution, beside(execution.file, ".metadata"), metadata.encoded())

    def _open(self) -> IO[bytes]:
        """A file nobody else sees, gone with its last user; in memory while it is small."""
        return cast("IO[bytes]", tempfile.SpooledTemporaryFile(SMALL, "w+b", 2**20, dir=str(self.scratch)))

    def _keep(self, execution: QueryExecution, out: IO[bytes]) -> Location | Path:
        if execution.file is not None:
            try:
                self._put(execution, execution.file, out)
            except EngineError:
                out.close()
                raise
            return execution.file
        path = self.managed.path(execution.id)
        out.seek(0)
        with path.open("wb") as kept, out:
            while piece := out.read(2**20):
                kept.write(piece)
        return path

    def _put(self, execution: QueryExecution, place: Location | None, body: bytes | IO[bytes]) -> None:
        if place is None:
            return
        try:
            execution.rights.require("s3:PutObject", _arn(place, self.store))
            self.store.put(place, body, encryption=execution.settings.encryption)
        except EngineError as error:
            raise _not_written(place) from error
        except NO_BUCKET as error:
            raise EngineError("NO_SUCH_BUCKET", f"The output bucket {place.bucket} does not exist") from error


def _plan_column(column: Column, lines: list[str]) -> ColumnInfo:
    """The column of EXPLAIN: a varchar as long as the plan; VALIDATE's is a boolean."""
    if column.type.base != "varchar":
        return info(column)
    return info(Column(column.name, varchar(max(1, len("\n".join(lines)) - 1))))


def _lines(value: str | bool | None) -> list[str]:
    """The rows of a plan: its text and one newline more, cut at the newlines; VALIDATE answers `true`."""
    return f"{str(value).lower() if isinstance(value, bool) else value or ''}\n".split("\n")


def _arn(place: Location, store: Store) -> str:
    return f"arn:{store.partition}:s3:::{place.bucket}/{place.key}"


def _slice(path: Path, start: int, end: int | None) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(-1 if end is None else end - start)


def _not_written(place: Location) -> EngineError:
    message = (
        f"Access denied when writing output to url: {place} . Please ensure you are allowed to access the S3 bucket. "
        "If you are encrypting query results with KMS key, please ensure you are allowed to access your KMS key"
    )
    return UnwritableError(message)


class UnwritableError(EngineError):
    """The result can't be written; Athena's words stand alone, with no error name before them."""

    def __init__(self, message: str) -> None:
        super().__init__("ACCESS_DENIED_S3", message)

    def __str__(self) -> str:
        return self.message
