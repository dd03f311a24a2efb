"""`2026-09-17 12:34:56.789 Europe/Paris` -> an instant: local times and zone names to UTC, a column at a time.

Athena prints the local time and the zone's name, not the offset. In the hour a clock is set back such a text names two
instants; the first of them is taken, and counted, so that the reader is told (`AT TIME ZONE 'UTC'`
in the SQL avoids it).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import ResultError

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)(?::(\d\d))?")
_SECOND = {"us": 1_000_000, "ns": 1_000_000_000}
_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Instants:
    """A column of instants, the zones its texts named, and how many of them named two instants."""

    values: pa.Array
    zones: frozenset[str] = frozenset()
    ambiguous: int = 0


def instants(text: pa.Array, *, unit: str = "us") -> Instants:
    """Convert a `timestamp with time zone` column; raises ArrowInvalid for a time that `unit` can't hold."""
    wanted = pa.timestamp(unit, tz="UTC")
    if pc.all(pc.ends_with(text, " UTC"), min_count=0).as_py():
        zones = frozenset({"UTC"} if text.null_count < len(text) else ())
        return Instants(values=pc.cast(_local(text, -4, unit), wanted), zones=zones)
    parts = pc.extract_regex(text, r"^(?P<local>\S+ \S+) (?P<zone>.+)$")
    if parts.null_count != text.null_count:
        raise pa.ArrowInvalid("a timestamp without a time zone")
    names = pc.if_else(pc.is_valid(text), parts.field("zone"), pa.scalar("UTC", pa.large_string())).dictionary_encode()
    local = pc.cast(pc.if_else(pc.is_valid(text), parts.field("local"), None), pa.timestamp(unit))
    values, ambiguous = _utc(pc.fill_null(pc.cast(local, pa.int64()), 0).to_numpy(), names, _SECOND[unit])
    found = frozenset(pc.unique(parts.field("zone").filter(pc.is_valid(text))).to_pylist())
    mask = pc.is_null(text).to_numpy(zero_copy_only=False)
    return Instants(values=pa.array(values, mask=mask).cast(wanted), zones=found, ambiguous=int(ambiguous[~mask].sum()))


def _local(text: pa.Array, stop: int, unit: str) -> pa.Array:
    return pc.cast(pc.utf8_slice_codeunits(text, 0, stop), pa.timestamp(unit))


def _utc(local: Integers, names: pa.DictionaryArray, second: int) -> tuple[Integers, Booleans]:
    """Local times in units of which `second` make a second, and the zone of each, to UTC and where it is ambiguous."""
    values, ambiguous = local.copy(), np.zeros(len(local), dtype=bool)
    which = names.indices.to_numpy()
    for number, name in enumerate(names.dictionary.to_pylist()):
        at = np.flatnonzero(which == number)
        seconds = np.floor_divide(local[at], second)
        offset, ambiguous[at] = _offsets(seconds, name)
        values[at] -= offset * second
    return values, ambiguous


def _offsets(seconds: Integers, name: str) -> tuple[Integers, Booleans]:
    """Seconds east of UTC at local times (seconds since 1970), and where the zone has two answers."""
    if fixed := _OFFSET.fullmatch(name):
        sign, hours, minutes, rest = fixed.groups(default="0")
        offset = (int(hours) * 3600 + int(minutes) * 60 + int(rest)) * (-1 if sign == "-" else 1)
        return np.full(len(seconds), offset), np.zeros(len(seconds), dtype=bool)
    zone = _zone(name)
    days, day_of = np.unique(np.floor_divide(seconds, _DAY), return_inverse=True)
    ends = np.array([_both(zone, int(day) * _DAY) + _both(zone, int(day) * _DAY + _DAY - 1) for day in days])
    ends = ends.reshape(len(days), 4)
    offset = ends[day_of, 0]
    changing = (ends != ends[:, :1]).any(axis=1)[day_of]
    ambiguous = np.zeros(len(seconds), dtype=bool)
    if changing.any():
        times, time_of = np.unique(seconds[changing], return_inverse=True)
        both = np.array([_both(zone, int(time)) for time in times])
        offset[changing] = both[time_of, 0]
        ambiguous[changing] = both[time_of, 0] > both[time_of, 1]
    return offset, ambiguous


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        remedy = "Install the package tzdata if this machine has no time zones; or select it AT TIME ZONE 'UTC'."
        raise ResultError(reason=f"a time is in the zone {name!r}, which is not known here", remedy=remedy) from error


def _both(zone: ZoneInfo, seconds: int) -> tuple[int, int]:
    """The offset of a local time read as the first and as the second of its two instants."""
    moment = (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=zone)
    first, second = moment.utcoffset(), moment.replace(fold=1).utcoffset()
    return _seconds(first), _seconds(second)


def _seconds(offset: timedelta | None) -> int:
    return 0 if offset is None else round(offset.total_seconds())
