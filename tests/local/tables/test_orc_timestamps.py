"""A column of ORC timestamps decoded here is what was written: every kind of run, codec and version."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import orc

from athena_ds.local.engine.duckdb.formats.orc_timestamps import Timestamps, Unreadable

_CHANCE = random.Random(5)
_SECOND = 1_000_000
_FIRST, _LAST, _NOW = -62135596800 * _SECOND, 253402214400 * _SECOND, 1700000000 * _SECOND


def _columns(rows: int) -> dict[str, list[int | None]]:
    """Microseconds since 1970 that a writer packs in one way or another."""
    return {
        "anything": [_CHANCE.randint(_FIRST, _LAST) for _ in range(rows)],
        "always the same": [_LAST] * rows,
        "falling by steps": [_LAST - at * _SECOND for at in range(rows)],
        "rising unevenly": [at * _CHANCE.randint(1, 10) * _SECOND for at in range(rows)],
        "near each other": [_NOW + _CHANCE.randint(0, 1000) * _SECOND for _ in range(rows)],
        "a few far away": [
            _NOW + _CHANCE.randint(0, 100) * _SECOND if _CHANCE.random() < 0.95 else _LAST - _CHANCE.randint(0, 10**15)
            for _ in range(rows)
        ],
        "some NULL": [
            None if _CHANCE.random() < 0.3 else _CHANCE.choice([_LAST, _NOW + 123456, -1, -1500, -999999, 0, _FIRST])
            for _ in range(rows)
        ],
        "all NULL": [None] * rows,
        "before 1970": [-at * 1234567 for at in range(rows)],
    }


@pytest.mark.parametrize("version", ["0.11", "0.12"])
@pytest.mark.parametrize("codec", ["uncompressed", "zlib", "snappy", "zstd"])
@pytest.mark.parametrize("rows", [1, 3, 512, 3000])
def test_what_was_written_is_read(tmp_path: Path, rows: int, codec: str, version: str) -> None:
    """Over several stripes, beside columns of other types."""
    columns = _columns(rows)
    written = {name: pa.array(values, pa.timestamp("us")) for name, values in columns.items()}
    place = tmp_path / "a.orc"
    table = pa.table({"n": pa.array(range(rows)), **written})
    orc.write_table(table, place, compression=codec, file_version=version, stripe_size=16384)
    file = Timestamps.of(place)
    for at, (name, values) in enumerate(columns.items(), 1):
        found = [
            moment for stripe in range(len(file.stripes)) for moment in file.read(stripe, at).cast("int64").to_pylist()
        ]
        assert found == values, name


def test_a_column_of_another_type_is_not_read(tmp_path: Path) -> None:
    """pyarrow reads those."""
    orc.write_table(pa.table({"day": [datetime.date(2024, 1, 1)]}), tmp_path / "a.orc")
    with pytest.raises(Unreadable):
        Timestamps.of(tmp_path / "a.orc").read(0, 0)
