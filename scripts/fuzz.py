"""The targets of `scripts/fuzz`: each takes bytes, and may raise nothing but this package's own errors."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["athena_ds"]):
    from athena_ds.catalog.domain import readings_in
    from athena_ds.catalog.mentioned import scans_in
    from athena_ds.catalog.reading import part_that_reads
    from athena_ds.connection import saved
    from athena_ds.errors import AthenaDSError, ResultError
    from athena_ds.execution import QueryExecution, Statistics
    from athena_ds.execution.diagnosis import diagnose
    from athena_ds.execution.parameters import bind
    from athena_ds.execution.place import place_in
    from athena_ds.results import ReadOptions, nested, unload
    from athena_ds.results.blocks import Cutter, header, read_block
    from athena_ds.results.types import Column

_KINDS = ["bigint", "varchar", "timestamp", "decimal", "varbinary", "double", "boolean", "date", "time"]


def csv(data: bytes) -> None:
    """A result: cut anywhere into parts it gives the same rows; they are of their types, or an error says so."""
    given = atheris.FuzzedDataProvider(data)
    columns = [Column(name="c", type=given.PickValueInList(_KINDS), precision=10, scale=2)]
    cuts = [given.ConsumeIntInRange(0, 64) for _ in range(given.ConsumeIntInRange(0, 4))]
    body = given.ConsumeBytes(4096)
    whole = _rows(body, [])
    assert whole == _rows(body, cuts)  # noqa: S101 - what a fuzzer looks for
    if whole is not None:
        with suppress(ResultError):
            read_block(header(whole)[1], columns)


def _rows(body: bytes, cuts: list[int]) -> bytes | None:
    cutter, found = Cutter(), b""
    with suppress(ResultError):
        for size in [*cuts, len(body)]:
            part, body = body[:size], body[size:]
            found += b"".join(bytes(block) for block in cutter.blocks(part))
        cutter.finish()
        return found
    return None


class _Stored:
    """A bucket with one object in it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def call(self, _: str, **__: Any) -> dict[str, Any]:
        return {"Body": self._body, "ContentLength": len(self._body), "ETag": '"x"'}


def manifest(data: bytes) -> None:
    """An UNLOAD's list of files: addresses under where it wrote, and nothing else."""
    execution = QueryExecution(
        query_execution_id="x",
        state="SUCCEEDED",
        query="UNLOAD (SELECT 1) TO 's3://b/p/' WITH (format = 'PARQUET')",
        statistics=Statistics(data_manifest_location="s3://b/m.csv"),
    )
    with suppress(AthenaDSError):
        files = unload.files_of(execution, _Stored(data), options=ReadOptions())  # type: ignore[arg-type]
        assert all(file.startswith("s3://b/p/") for file in files)  # noqa: S101


def stored(data: bytes) -> None:
    """A saved data source that somebody else wrote."""
    file = saved.directory() / "x.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    with suppress(AthenaDSError):
        saved.recall("x")


def parameters(data: bytes) -> None:
    """Values bound to a statement never become part of it."""
    given = atheris.FuzzedDataProvider(data)
    sql, value = given.ConsumeUnicode(200), given.ConsumeUnicode(100)
    for values in ([value], {"a": value}, [[value, value]], [given.ConsumeFloat(), given.ConsumeInt(9)]):
        with suppress(AthenaDSError):
            bound = bind(sql, values)  # type: ignore[arg-type]
            assert bound.sql.count("'") <= sql.count("'")  # noqa: S101


def statement(data: bytes) -> None:
    """A statement's tables, and the part of it that reads."""
    sql = data.decode("utf-8", "surrogateescape")
    scans_in(sql, "d")
    part = part_that_reads(sql)
    assert part is None or part in sql  # noqa: S101
    nested.probe(sql)


def plan(data: bytes) -> None:
    """Athena's plan of what a query reads."""
    for reading in readings_in(data.decode("utf-8", "replace")) or ():
        for domain in reading.domains.values():
            domain.may_hold("x")
            domain.may_begin("x")
            domain.expression("k")


def words(data: bytes) -> None:
    """Athena's words about a failure."""
    text = data.decode("utf-8", "surrogateescape")
    diagnose(text)
    place_in(text, text)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "csv": csv,
    "manifest": manifest,
    "saved": stored,
    "parameters": parameters,
    "statement": statement,
    "plan": plan,
    "words": words,
}


def main() -> None:
    """Fuzz the target that is named first; the rest are libFuzzer's arguments."""
    chosen = TARGETS[sys.argv[1]]
    os.environ["XDG_CONFIG_HOME"] = str(Path(tempfile.mkdtemp(prefix="athena_ds-fuzz-")))
    atheris.Setup([sys.argv[0], *sys.argv[2:]], chosen)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
