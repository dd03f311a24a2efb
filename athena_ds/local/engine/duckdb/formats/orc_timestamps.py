"""ORC timestamps that nanoseconds of 64 bits can't hold, as pyarrow reads them: the streams of a column, decoded here.

https://orc.apache.org/specification/ORCv1/: the tail says where stripes are, a stripe's footer where its streams are. A
timestamp has its seconds since 2015 in one and its nanoseconds in another, both encoded by run lengths (`orc_runs`).
"""

from __future__ import annotations

import itertools
import os
import zlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from athena_ds.local.engine.duckdb.formats.orc_runs import bits, numbers, numbers_of_version_1, varint

_TIMESTAMP = 9
_NONE = 0
_PRESENT, _DATA, _SECONDARY = 0, 1, 5
_DIRECT = 0
_EPOCH = 1_420_070_400
"""2015-01-01 00:00:00 UTC, in seconds."""

Message = dict[int, list[int | bytes]]


class Unreadable(Exception):  # noqa: N818 - the reader words it
    """What only pyarrow can read: another codec or zone, or a column of another type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamps:
    """The timestamp columns of one file, by their place among its columns."""

    path: Path
    codec: int
    kinds: tuple[int, ...]
    columns: tuple[int, ...]
    stripes: tuple[Message, ...]

    @classmethod
    def of(cls, path: str | os.PathLike[str]) -> Timestamps:
        """The file's tail, read."""
        place = Path(path)
        with place.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(size - 1)
            length = file.read(1)[0]
            file.seek(size - 1 - length)
            postscript = _message(file.read(length))
            footer = _whole(postscript, 1)
            file.seek(size - 1 - length - footer)
            told = _message(_inflated(file.read(footer), _whole(postscript, 2)))
        types = [_message(bytes(one)) for one in told[4] if isinstance(one, bytes)]
        return cls(
            path=place,
            codec=_whole(postscript, 2),
            kinds=tuple(_whole(one, 1) for one in types),
            columns=_packed(types[0][2]),
            stripes=tuple(_message(one) for one in told.get(3, []) if isinstance(one, bytes)),
        )

    def read(self, stripe: int, position: int) -> pa.Array:
        """A column's values in a stripe, in microseconds. Raises Unreadable."""
        column = self.columns[position]
        if self.kinds[column] != _TIMESTAMP:
            raise Unreadable
        about = self.stripes[stripe]
        rows = _whole(about, 5)
        streams, first_version = self._streams(about, column)
        decode = numbers_of_version_1 if first_version else numbers
        present = [*itertools.islice(bits(streams[_PRESENT]), rows)] if _PRESENT in streams else [True] * rows
        seconds = iter(decode(streams[_DATA], signed=True))
        fractions = iter(decode(streams[_SECONDARY], signed=False))
        found = [_micros(next(seconds), next(fractions)) if there else None for there in present]
        return pa.array(found, pa.timestamp("us"))

    def _streams(self, about: Message, column: int) -> tuple[dict[int, bytes], bool]:
        """A column's streams by their kinds, and whether they are encoded as the first version did."""
        start, index, data, footer = (_whole(about, part) for part in (1, 2, 3, 4))
        found: dict[int, bytes] = {}
        with self.path.open("rb") as file:
            file.seek(start + index + data)
            told = _message(_inflated(file.read(footer), self.codec))
            zone = told.get(3, [b"UTC"])[0]
            if zone not in (b"UTC", b"GMT", b""):
                raise Unreadable
            for one in told[1]:
                assert isinstance(one, bytes)
                stream = _message(one)
                length = _whole(stream, 3)
                if _whole(stream, 2) == column and _whole(stream, 1) in (_PRESENT, _DATA, _SECONDARY):
                    file.seek(start)
                    found[_whole(stream, 1)] = _inflated(file.read(length), self.codec)
                start += length
        encoding = told[2][column]
        assert isinstance(encoding, bytes)
        return found, _whole(_message(encoding), 1) == _DIRECT


def _micros(seconds: int, fraction: int) -> int:
    """Nanoseconds come without the zeros at their end; before 1970 they count from the second below.

    Arrow writes negative ones there, as numbers of 64 bits.
    """
    if fraction >= 1 << 63:
        fraction -= 1 << 64
    zeros, digits = fraction & 7, fraction >> 3
    nanos = digits * 10 ** (zeros + 1) if zeros else digits
    whole = seconds + _EPOCH
    if whole < 0 and nanos > 999_999:
        whole -= 1
    return whole * 1_000_000 + nanos // 1000


def _message(data: bytes) -> Message:
    """A protobuf message's fields by number."""
    found: Message = defaultdict(list)
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
            found[key >> 3].append(value)
        else:
            width = {1: 8, 5: 4}.get(key & 7)
            if width is None:
                width, at = varint(data, at)
            found[key >> 3].append(data[at : at + width])
            at += width
    return found


def _whole(message: Message, field: int) -> int:
    """A number; the last one counts, and one left out is 0."""
    values = message.get(field)
    return values[-1] if values and isinstance(values[-1], int) else 0


def _packed(values: list[int | bytes]) -> tuple[int, ...]:
    """Repeated numbers, one by one or all in one."""
    found = []
    for value in values:
        if isinstance(value, int):
            found.append(value)
            continue
        at = 0
        while at < len(value):
            one, at = varint(value, at)
            found.append(one)
    return tuple(found)


def _inflated(data: bytes, codec: int) -> bytes:
    """Chunks with a head of three bytes: a length, and whether the chunk is as it was."""
    if codec == _NONE:
        return data
    found, at = b"", 0
    while at < len(data):
        head = int.from_bytes(data[at : at + 3], "little")
        chunk = data[at + 3 : at + 3 + (head >> 1)]
        at += 3 + len(chunk)
        found += chunk if head & 1 else _plain(chunk, codec)
    return found


def _plain(chunk: bytes, codec: int) -> bytes:
    match codec:
        case 1:  # ZLIB
            return zlib.decompress(chunk, -zlib.MAX_WBITS)
        case 2:  # SNAPPY
            return bytes(pa.decompress(chunk, decompressed_size=varint(chunk, 0)[0], codec="snappy"))
        case 5:  # ZSTD
            return bytes(pa.CompressedInputStream(pa.BufferReader(chunk), "zstd").read())
        case _:
            raise Unreadable
