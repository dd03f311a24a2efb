"""A Python value -> the SQL literal that means it, type by type. Values never become SQL in any other way.

Athena classifies execution parameters instead of binding them: a text such as `now()` would be evaluated. So every
value is sent as a literal of its type, strings always quoted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID

from ..errors import ParameterError

_BIGINT = range(-(2**63), 2**63)
_DECIMAL_DIGITS = 38


def literal(value: object) -> str:
    """The literal of one value.

    Raises:
        ParameterError: For a value that SQL has no literal for.
    """
    plain = _plain(value)
    if plain is None:
        return "NULL"
    for kind, write in _WRITERS:
        if isinstance(plain, kind):
            return write(plain)
    name = type(value).__name__
    remedy = (
        "Give None, str, int, float, Decimal, bool, date, datetime, time, timedelta, bytes or UUID, or a list of them."
    )
    raise ParameterError(f"A value of type {name} cannot become a parameter.", remedy=remedy)


def quoted(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"


def _plain(value: object) -> object:
    """Numpy's scalars and pandas' missing values as Python's own, without importing either."""
    module = type(value).__module__.partition(".")[0]
    if module == "pandas" and type(value).__name__ in ("NAType", "NaTType"):
        return None
    if module == "numpy":
        return _numpy(value)
    return value.value if isinstance(value, Enum) else value


def _numpy(value: object) -> object:
    if type(value).__name__ == "datetime64":
        text = str(value)
        if text == "NaT":
            return None
        if "T" not in text:
            return date.fromisoformat(text)
        # numpy writes nine digits where datetime holds six; the text itself is the literal.
        return _Written(f"TIMESTAMP '{text.replace('T', ' ')}'")
    item = getattr(value, "item", None)
    return item() if callable(item) and getattr(value, "ndim", 0) == 0 else value


class _Written(str):
    """A literal already written."""

    __slots__ = ()


def _integer(value: int) -> str:
    if value in _BIGINT:
        return str(value)
    return _decimal(Decimal(value))


def _float(value: float) -> str:
    if math.isnan(value):
        return "nan()"
    if math.isinf(value):
        return "infinity()" if value > 0 else "-infinity()"
    text = repr(float(value))
    # With an exponent it is a double everywhere; 1.5 alone is one in Athena and a decimal in Trino.
    return text if "e" in text else f"{text}E0"


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise ParameterError(
            f"The decimal {value} cannot become a parameter.", remedy="Use float for NaN and infinities."
        )
    text = format(value, "f")
    if len(text.lstrip("-").replace(".", "").lstrip("0")) > _DECIMAL_DIGITS:
        raise ParameterError(f"The number {text} has more than {_DECIMAL_DIGITS} digits, which no Athena type holds.")
    return f"DECIMAL '{text}'"


def _datetime(value: datetime) -> str:
    nanoseconds = getattr(value, "nanosecond", 0)
    text = value.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    if nanoseconds:
        text = text[:26] + f"{nanoseconds:03d}"
    return f"TIMESTAMP '{text}{_zone(value)}'"


def _time(value: time) -> str:
    text = value.replace(tzinfo=None).isoformat(timespec="microseconds")
    if value.tzinfo is not None and value.utcoffset() is None:
        raise ParameterError(f"The time {value} has a zone whose offset depends on the day.", remedy="Use a datetime.")
    return f"TIME '{text}{_zone(value).strip()}'"


def _zone(value: datetime | time) -> str:
    """The offset, because it says the instant even where a zone's clock is put back."""
    offset = value.utcoffset()
    if offset is None:
        return ""
    seconds = offset.total_seconds()
    if seconds % 60:
        remedy = "Convert it first: value.astimezone(timezone.utc)."
        raise ParameterError(f"The offset of {value} is not whole minutes, as Athena's are.", remedy=remedy)
    minutes = int(abs(seconds) // 60)
    return f" {'-' if seconds < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def _timedelta(value: timedelta) -> str:
    sign = "- " if value < timedelta() else ""
    size = abs(value)
    hours, rest = divmod(size.seconds, 3600)
    if size.microseconds % 1000:
        raise ParameterError(f"The interval {value} is finer than Athena's milliseconds.")
    clock = f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}.{size.microseconds // 1000:03d}"
    return f"INTERVAL {sign}'{size.days} {clock}' DAY TO SECOND"


def _string(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ParameterError("A string with half a surrogate pair cannot become a parameter.") from None
    return quoted(value)


# bool before int and datetime before date: each is a kind of the other.
_WRITERS: tuple[tuple[type | tuple[type, ...], Callable[..., str]], ...] = (
    (_Written, str),
    (str, _string),
    (bool, lambda value: "TRUE" if value else "FALSE"),
    (int, _integer),
    (float, _float),
    (Decimal, _decimal),
    (datetime, _datetime),
    (date, lambda value: f"DATE '{value.isoformat()}'"),
    (time, _time),
    (timedelta, _timedelta),
    ((bytes, bytearray, memoryview), lambda value: f"X'{bytes(value).hex()}'"),
    (UUID, lambda value: f"UUID '{value}'"),
)
