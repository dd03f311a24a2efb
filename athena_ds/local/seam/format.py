"""Arrow values as Athena's text: what a Datum's VarCharValue holds and the CSV quotes.

Column by column and vectorised; the rows of a result are never walked in Python where Arrow can do it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from athena_ds.local.seam.types import Type

_LEAST, _MOST = 1e-3, 1e7
"""Java prints a double in this range plainly, any other in scientific notation (Double.toString)."""
_LAST_DAY: Final = 2_932_896
"""9999-12-31, in days since 1970."""
_NO_NUMBERS: Final = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
_DENORMAL, _DENORMAL_FLOAT = 1e-307, 1e-37
"""Below it a value has few digits, and Java prefers two to one where two are closer (4.9E-324)."""


def text(values: pa.Array, kind: Type) -> pa.Array:
    """The text of every value, null where the value is NULL."""
    spell = _SPELLERS.get(kind.base)
    return values.cast(pa.string()) if spell is None else spell(values, kind)


def _each(values: pa.Array, spell: Any) -> pa.Array:
    return pa.array([None if value is None else spell(value) for value in values.to_pylist()], pa.string())


def _floats(values: pa.Array) -> pa.Array:
    """Arrow's shortest decimal has Java's digits; where Java writes an exponent, they are put together anew."""
    numbers = values.fill_null(1.0).to_numpy(zero_copy_only=False)
    size = np.abs(numbers)
    plain = ((size >= _LEAST) & (size < _MOST)) | (numbers == 0)
    spelled = values.cast(pa.string())
    if plain.all():
        return _with_point(spelled)
    denormal = (size < (_DENORMAL if numbers.dtype == np.float64 else _DENORMAL_FLOAT)) & (size > 0)
    found = spelled if not plain.any() else pc.if_else(pa.array(plain), _with_point(spelled), spelled)
    found = pc.replace_with_mask(found, pa.array(~plain), _scientific_texts(spelled.filter(pa.array(~plain))))
    if not denormal.any():
        return found
    few = numbers[denormal]
    odd = pa.array([java(number) for number in (few.tolist() if few.dtype == np.float64 else few)], pa.string())
    return pc.replace_with_mask(found, pa.array(denormal), odd)


def _scientific_texts(spelled: pa.Array) -> pa.Array:
    """Most have a point and an exponent already, and need the letter only."""
    lettered = pc.replace_substring(pc.replace_substring(spelled, "e+", "E"), "e", "E")
    done = pc.and_(pc.match_substring(lettered, "."), pc.match_substring(lettered, "E"))
    if pc.all(done).as_py():
        return lettered
    left = pc.invert(done)
    return pc.replace_with_mask(lettered, left, _with_exponent(spelled.filter(left)))


_DECIMAL = r"^(?P<sign>-?)(?P<whole>\d+)(?:\.(?P<fraction>\d+))?(?:e(?P<power>[-+]?\d+))?$"


def _with_exponent(spelled: pa.Array) -> pa.Array:
    """`1e+20`, `123456789.5` or `0.00099` as one digit, a point, at least one more digit, and the exponent."""
    parts = pc.extract_regex(spelled, _DECIMAL)
    sign, whole, fraction, power = (pc.struct_field(parts, i) for i in range(4))
    digits = pc.binary_join_element_wise(whole, fraction, "")
    known = pc.utf8_ltrim(digits, "0")
    leading = pc.subtract(pc.utf8_length(digits), pc.utf8_length(known))
    power = pc.utf8_ltrim(pc.if_else(pc.equal(power, ""), "0", power), "+").cast(pa.int32())
    exponent = pc.subtract(pc.add(power, pc.subtract(pc.utf8_length(whole), 1)), leading)
    rest = pc.utf8_rtrim(pc.utf8_slice_codeunits(known, 1), "0")
    rest = pc.if_else(pc.equal(rest, ""), "0", rest)
    mantissa = pc.binary_join_element_wise(sign, pc.utf8_slice_codeunits(known, 0, 1), "")
    scientific = pc.binary_join_element_wise(
        pc.binary_join_element_wise(mantissa, rest, "."), exponent.cast(pa.string()), "E"
    )
    return pc.coalesce(scientific, _no_numbers(spelled))


def _no_numbers(spelled: pa.Array) -> pa.Array:
    """NaN and the infinities by Java's names, null for anything else."""
    places = pc.index_in(spelled, value_set=pa.array(list(_NO_NUMBERS)))
    return pa.array(list(_NO_NUMBERS.values())).take(places)


def _with_point(spelled: pa.Array) -> pa.Array:
    """`5` is `5.0` in Java."""
    bare = pc.match_substring_regex(spelled, r"^-?\d+$")
    return pc.if_else(bare, pc.binary_join_element_wise(spelled, "0", "."), spelled)


def java(number: Any) -> str:
    """Java's Double.toString (or Float's): the shortest digits that read back the same, `1.0E10`, `NaN`, `Infinity`."""
    double = type(number) is float
    shortest = repr(number) if double else str(number)
    if shortest in _NO_NUMBERS:
        return _NO_NUMBERS[shortest]
    sign, shortest = ("-", shortest[1:]) if shortest[0] == "-" else ("", shortest)
    size = abs(number)
    if _LEAST <= size < _MOST or size == 0:
        return f"{sign}{shortest if 'e' not in shortest else np.format_float_positional(size, trim='0')}"
    if shortest[1:2] == "e" and size < (_DENORMAL if double else _DENORMAL_FLOAT):
        shortest = f"{size:.1e}"
    return f"{sign}{_scientific(shortest)}"


def _scientific(spelled: str) -> str:
    """`1e+20`, `123456789.5` or `0.00099` as one digit, a point, at least one more digit, and the exponent."""
    mantissa, _, exponent = spelled.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    power = len(whole) - 1 if whole != "0" else len(digits) - len(fraction) - 1
    digits = digits.rstrip("0") or "0"
    return f"{digits[0]}.{digits[1:] or '0'}E{power + int(exponent or 0)}"


def _decimals(values: pa.Array) -> pa.Array:
    """Plain notation; Arrow writes very small decimals with an exponent."""
    spelled = values.cast(pa.string())
    odd = pc.fill_null(pc.match_substring(spelled, "E"), fill_value=False)
    if not pc.any(odd).as_py():
        return spelled
    return pc.if_else(odd, _each(values, lambda value: f"{value:f}"), spelled)


def _dates(values: pa.Array) -> pa.Array:
    """Java writes years of more than four digits with a sign (ISO 8601)."""
    spelled = values.cast(pa.string())
    late = pc.fill_null(pc.greater(values.cast(pa.int32()), _LAST_DAY), fill_value=False)
    if not pc.any(late).as_py():
        return spelled
    return pc.if_else(late, pc.binary_join_element_wise("+", spelled, ""), spelled)


def _timestamps(values: pa.Array, precision: int) -> pa.Array:
    return _cut(
        values.cast(pa.string()), 9 if pa.types.is_timestamp(values.type) and values.type.unit == "ns" else 6, precision
    )


def _cut(spelled: pa.Array, digits: int, precision: int) -> pa.Array:
    """Arrow prints every digit of its unit; the type's precision says how many to keep; with none the point goes."""
    surplus = digits - precision + (1 if precision == 0 else 0)
    return pc.utf8_slice_codeunits(spelled, 0, -surplus) if surplus > 0 else spelled


def _zoned(values: pa.Array, precision: int) -> pa.Array:
    """`2026-09-17 12:34:56.789 UTC`: the wall clock of each value's zone, then the zone."""
    utc, zones = _field(values, 0), _field(values, 1)
    local = utc
    for zone in pc.unique(zones).drop_null().to_pylist():
        if zone not in ("UTC", "Z", "+00:00"):
            local = pc.if_else(pc.fill_null(pc.equal(zones, zone), fill_value=False), _in_zone(utc, zone), local)
    return pc.binary_join_element_wise(_timestamps(local, precision), zones, " ")


def _in_zone(utc: pa.Array, zone: str) -> pa.Array:
    if zone[0] in "+-":
        hours, _, minutes = zone[1:].partition(":")
        shift = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return pc.add(utc, pa.scalar(shift if zone[0] == "+" else -shift, pa.duration("us")))
    try:
        return pc.local_timestamp(utc.cast(pa.timestamp("us", zone)))
    except (pa.ArrowInvalid, OSError):
        return _slowly(utc, ZoneInfo(zone))


def _slowly(utc: pa.Array, zone: ZoneInfo) -> pa.Array:
    """Where Arrow finds no time zone database, Python's."""
    moments = (None if m is None else m.replace(tzinfo=timezone.utc) for m in utc.to_pylist())  # noqa: UP017
    local: list[datetime | None] = [None if m is None else m.astimezone(zone).replace(tzinfo=None) for m in moments]
    return pa.array(local, pa.timestamp("us"))


def _zoned_times(values: pa.Array, precision: int) -> pa.Array:
    clock = _cut(_field(values, 0).cast(pa.string()), 6, precision)
    offsets = _each(_field(values, 1), lambda m: f"{'-' if m < 0 else '+'}{abs(m) // 60:02}:{abs(m) % 60:02}")
    return pc.binary_join_element_wise(clock, offsets, "")


def _field(values: pa.Array, index: int) -> pa.Array:
    """A field of a struct array, null where the struct is."""
    return pc.struct_field(values, [index])


def _days(milliseconds: int) -> str:
    sign, rest = ("-", -milliseconds) if milliseconds < 0 else ("", milliseconds)
    seconds, fraction = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    return f"{sign}{day} {hour:02}:{minute:02}:{second:02}.{fraction:03}"


def _months(months: int) -> str:
    sign, rest = ("-", -months) if months < 0 else ("", months)
    return f"{sign}{rest // 12}-{rest % 12}"


def _array(values: pa.Array, kind: Type) -> pa.Array:
    """`[1, null]`: strings unquoted, NULL spelled `null`."""
    return _joined(values, _inside(values.values, kind.elements[0]), "[", "]")


def _map(values: pa.Array, kind: Type) -> pa.Array:
    """`{k=1, j=null}`, in the map's own order."""
    keys, items = _inside(values.keys, kind.elements[0]), _inside(values.items, kind.elements[1])
    return _joined(values, pc.binary_join_element_wise(keys, items, "="), "{", "}")


def _row(values: pa.Array, kind: Type) -> pa.Array:
    """`{id=1, name=x}`; a field without a name is its value alone."""
    fields = [
        pc.binary_join_element_wise(f"{name}=", spelled, "") if name else spelled
        for index, (name, element) in enumerate(zip(kind.names, kind.elements, strict=True))
        for spelled in [_inside(_field(values, index), element)]
    ]
    row = pc.binary_join_element_wise("{", pc.binary_join_element_wise(*fields, ", "), "}", "")
    return pc.if_else(values.is_valid(), row, None)


def _inside(values: pa.Array, kind: Type) -> pa.Array:
    return pc.fill_null(text(values, kind), "null")


def _joined(values: pa.Array, inner: pa.Array, opening: str, closing: str) -> pa.Array:
    """Join the elements of every list; offsets are the list's own, so slices and NULLs keep their places."""
    offsets = pa.array(np.asarray(values.offsets), pa.int32())
    lists = pa.ListArray.from_arrays(offsets, inner)
    joined = pc.binary_join_element_wise(opening, pc.binary_join(lists, ", "), closing, "")
    return pc.if_else(values.is_valid(), joined, None)


_SPELLERS: Final[Mapping[str, Callable[[pa.Array, Type], pa.Array]]] = {
    "real": lambda values, _: _floats(values),
    "double": lambda values, _: _floats(values),
    "decimal": lambda values, _: _decimals(values),
    "varbinary": lambda values, _: _each(values, lambda value: value.hex(" ")),
    "date": lambda values, _: _dates(values),
    "timestamp": lambda values, kind: _timestamps(values, kind.precision),
    "time": lambda values, kind: _cut(values.cast(pa.string()), 6, kind.precision),
    "timestamp with time zone": lambda values, kind: _zoned(values, kind.precision),
    "time with time zone": lambda values, kind: _zoned_times(values, kind.precision),
    "interval day to second": lambda values, _: _each(values, _days),
    "interval year to month": lambda values, _: _each(values, _months),
    "array": _array,
    "map": _map,
    "row": _row,
    "unknown": lambda values, _: pa.nulls(len(values), pa.string()),
}
"""How each type is spelled; the others as Arrow casts them."""
