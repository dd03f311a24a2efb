"""Text files as a stream of lines: decompressed by suffix, headers skipped, any newline, UTF-8 made valid."""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa

from athena_ds.local.engine.duckdb.formats.source import FILE, Scan, Source, file_index
from athena_ds.local.engine.duckdb.physical import quote
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import Type

_BLOCK = 8 * 2**20
_SCHEMA = pa.schema([("line", pa.string()), (FILE, pa.int32())])
_NEWLINE = 10


Split = Callable[[str], Sequence[str | None]]
"""The fields of a line; those beyond the last are NULL."""

Typed = Callable[[str, Type, int], str]
"""A field's text, its column's type and its place in the table, to the column's expression."""


def whole_lines(scan: Scan) -> str:
    """A FROM item of the scan's lines: `line` and the file index. A batch is about eight megabytes of text."""

    def batches() -> Iterator[pa.RecordBatch]:
        for index, lines in _each_file(scan):
            yield pa.RecordBatch.from_arrays([lines, file_index(index, len(lines))], schema=_SCHEMA)

    return scan.register(_SCHEMA, batches)


def split_lines(scan: Scan, split: Split, typed: Typed) -> str:
    """The relation of the wanted columns and the file index, each line cut into fields by a function of ours."""
    positions = [scan.positions[column.name] for column in scan.wanted]
    schema = pa.schema([*((f"c{at}", pa.string()) for at in positions), (FILE, pa.int32())])

    def batches() -> Iterator[pa.RecordBatch]:
        for index, lines in _each_file(scan):
            rows = [split(line) for line in lines.to_pylist()]
            columns = [pa.array([row[at] if at < len(row) else None for row in rows], pa.string()) for at in positions]
            yield pa.RecordBatch.from_arrays([*columns, file_index(index, len(rows))], schema=schema)

    columns = [
        f"{typed(quote(f'c{at}'), column.type, at)} AS {quote(column.name)}"
        for at, column in zip(positions, scan.wanted, strict=True)
    ]
    return f"SELECT {', '.join([*columns, quote(FILE)])} FROM {scan.register(schema, batches)}"


def _each_file(scan: Scan) -> Iterator[tuple[int, pa.StringArray]]:
    """The lines of every file, in pieces, with the file's index; bytes read are told to the scan."""
    header = _header(scan)
    for index, source in enumerate(scan.sources):
        path = scan.local(source)
        scan.context.scanned(source.stored.size)
        left = header
        for block in _blocks(source, path):
            lines = _split(block)
            skipped = min(left, len(lines))
            left -= skipped
            if len(lines) > skipped:
                yield index, lines.slice(skipped)


def _header(scan: Scan) -> int:
    if int(scan.properties.get("skip.footer.line.count", "0") or 0) > 0:
        raise EngineError("NOT_SUPPORTED", "skip.footer.line.count is not supported by the local engine")
    try:
        return int(scan.properties.get("skip.header.line.count", "0") or 0)
    except ValueError as error:
        raise EngineError("HIVE_INVALID_METADATA", f"Invalid value for skip.header.line.count: {error}") from None


def _blocks(source: Source, path: Path) -> Iterator[bytes]:
    """Whole lines, about a block at a time, each ending with a newline."""
    rest = b""
    try:
        with _opened(source, path) as file:
            while piece := file.read(_BLOCK):
                text = rest + piece
                # A carriage return at the very end may be half of a pair.
                held = text.endswith(b"\r")
                text = _plain(text[:-1] if held else text)
                cut = text.rfind(b"\n") + 1
                rest = text[cut:] + (b"\r" if held else b"")
                if cut:
                    yield text[:cut]
    except (OSError, EOFError, zlib.error, pa.ArrowException) as error:
        message = f"Error reading {source.stored.uri}: {error}"
        raise EngineError("HIVE_CURSOR_ERROR", message, kind="EXTERNAL") from error
    if rest:
        text = _plain(rest)
        yield text if text.endswith(b"\n") else text + b"\n"


def _plain(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _split(block: bytes) -> pa.StringArray:
    """Lines of a block without their newlines, sharing one buffer."""
    data = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(data == _NEWLINE)
    offsets = np.zeros(len(ends) + 1, dtype=np.int32)
    offsets[1:] = ends - np.arange(len(ends))
    kept = data[data != _NEWLINE]
    lines = pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(kept))
    try:
        lines.validate(full=True)
    except pa.ArrowInvalid:
        return pa.array([line.decode("utf-8", "replace") for line in block[:-1].split(b"\n")], pa.string())
    return lines


def _opened(source: Source, path: Path) -> Any:
    """The decompressed file; the suffix of the key says how, as Hadoop's codecs have it."""
    suffix = source.stored.key.rpartition(".")[2].lower()
    opener = _CODECS.get(suffix)
    return path.open("rb") if opener is None else opener(path)


class _Pieces:
    """Bytes from an iterator, behind `read`."""

    def __init__(self, file: IO[bytes], pieces: Callable[[IO[bytes]], Iterator[bytes]]) -> None:
        self._file, self._pieces, self._held = file, pieces(file), b""

    def read(self, size: int) -> bytes:
        while len(self._held) < size and (piece := next(self._pieces, None)) is not None:
            self._held += piece
        found, self._held = self._held[:size], self._held[size:]
        return found

    def __enter__(self) -> _Pieces:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _inflated(file: IO[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj()
    while piece := file.read(2**20):
        yield inflate.decompress(piece)
    yield inflate.flush()


def _hadoop_blocks(codec: str) -> Callable[[IO[bytes]], Iterator[bytes]]:
    """Hadoop's block compression: a block's length, then chunks with their compressed lengths."""

    def pieces(file: IO[bytes]) -> Iterator[bytes]:
        decompress = pa.Codec(codec).decompress
        while length := file.read(4):
            left = int.from_bytes(length, "big")
            while left > 0:
                chunk = file.read(int.from_bytes(file.read(4), "big"))
                size = _uncompressed(chunk) if codec == "snappy" else left
                found = decompress(chunk, decompressed_size=size).to_pybytes()
                left -= len(found)
                yield found

    return pieces


def _uncompressed(chunk: bytes) -> int:
    """The length a raw Snappy block starts with (a varint)."""
    value = shift = 0
    for byte in chunk:
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
        shift += 7
    raise EOFError("cut short")


_CODECS: dict[str, Callable[[Path], Any]] = {
    "gz": gzip.open,
    "bz2": bz2.open,
    "zst": lambda path: pa.CompressedInputStream(pa.OSFile(str(path)), "zstd"),
    "deflate": lambda path: _Pieces(path.open("rb"), _inflated),
    "snappy": lambda path: _Pieces(path.open("rb"), _hadoop_blocks("snappy")),
    "lz4": lambda path: _Pieces(path.open("rb"), _hadoop_blocks("lz4_raw")),
}
