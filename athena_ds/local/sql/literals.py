"""Literals: what their text means, and its type (Trino's `DateTimes`, `IntervalField`, string escapes)."""

from __future__ import annotations

import datetime
import ipaddress
import itertools
import re
import uuid
from collections.abc import Callable
from decimal import Decimal
from string import hexdigits

from athena_ds.local.seam import types as t
from athena_ds.local.seam import zones
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import Type

Literal = tuple[Type, object]
Reads = Callable[[str], Literal]

_DATETIME = re.compile(
    r"([-+]?\d{4,})-(\d{1,2})-(\d{1,2})(?: (?:(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?)?\s*(.+)?)?", re.DOTALL
)
_TIME = re.compile(r"(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?(?:\s*([+-])(\d\d):(\d\d))?")


def invalid(message: str) -> EngineError:
    return EngineError("INVALID_LITERAL", message)


def number(text: str) -> Literal:
    """Athena reads a bare `1.5` as double; DECIMAL '1.5' is the decimal."""
    if re.fullmatch(r"-?(\d[\d_]*|0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+)", text):
        plain = text.replace("_", "")
        based = plain.lstrip("-")[:2].lower() in ("0x", "0o", "0b")
        value = int(plain, 0 if based else 10)
        if not -(2**63) <= value < 2**63:
            raise EngineError("SYNTAX_ERROR", f"Invalid numeric literal: {text}")
        return (t.INTEGER if -(2**31) <= value < 2**31 else t.BIGINT), value
    plain = text.replace("_", "")
    if "e" not in plain.lower() and len(plain.lstrip("-0").replace(".", "")) > 38:
        raise invalid(f"'{text}' is not a valid DECIMAL literal")
    return t.DOUBLE, float(plain)


def string(text: str) -> str:
    """The value of a quoted string token."""
    return text[1:-1].replace("''", "'")


def unicode_string(text: str, escape: str = "\\") -> str:
    r"""`U&'d\\0061ta'`, with UESCAPE."""
    if not re.fullmatch(r"""[!-~]""", escape) or escape in "+\"'" or escape in hexdigits:
        words = f"Invalid Unicode escape character: {escape}" if escape else "Empty Unicode escape character"
        raise EngineError("SYNTAX_ERROR", words)
    body = string(text[2:])
    e = re.escape(escape)

    def one(match: re.Match[str]) -> str:
        if match[1] is not None:
            return escape
        after = body[match.end() : match.end() + 1]
        return _character(match[2], 6, after) if match[2] is not None else _character(match[3], 4, after)

    return re.sub(rf"{e}(?:({e})|\+([0-9a-fA-F]{{0,6}})|([0-9a-fA-F]{{0,4}}))", one, body)


def _character(digits: str, wanted: int, after: str) -> str:
    if not digits and after:
        raise EngineError("SYNTAX_ERROR", f"Invalid hexadecimal digit: {after}")
    if len(digits) < wanted:
        raise EngineError("SYNTAX_ERROR", f"Incomplete escape sequence: {digits}")
    code = int(digits, 16)
    told = f"Invalid escaped character: {digits}"
    if 0xD800 <= code <= 0xDFFF:
        raise EngineError("SYNTAX_ERROR", rf"{told}. Escaped character is a surrogate. Use '\+123456' instead.")
    if code > 0x10FFFF:
        raise EngineError("SYNTAX_ERROR", told)
    return chr(code)


def is_spelling(text: str, kind: Type) -> bool:
    """Whether a text spells a value of a type whose literal is a cast of the text."""
    try:
        match kind.base:
            case "uuid":
                return len(text) == 36 and str(uuid.UUID(text)) == text.lower()
            case "ipaddress":
                return bool(ipaddress.ip_address(text))
    except ValueError:
        return False
    return True


def typed(word: str, text: str) -> Literal | None:
    """`DATE '2024-01-01'` and its like; None for a type whose literal is a cast of the text."""
    reader = _READERS.get(word)
    return reader(text) if reader else None


def _date(text: str) -> Literal:
    match = re.fullmatch(r"\s*([-+]?\d+)-(\d{1,2})-(\d{1,2})\s*", text)
    if match is None:
        raise invalid(f"'{text}' is not a valid DATE literal")
    try:
        return t.DATE, datetime.date(*(int(part) for part in match.groups()))
    except ValueError:
        raise _out_of_range(text, "DATE", int(match[1])) from None


def _out_of_range(text: str, word: str, year: int = 1) -> EngineError:
    if not 1 <= year <= 9999:
        return EngineError("NOT_SUPPORTED", f"Years outside 1 to 9999 are not supported by the local engine: {text}")
    return invalid(f"'{text}' is not a valid {word} literal")


def _timestamp(text: str) -> Literal:
    match = _DATETIME.fullmatch(text)
    if match is None:
        raise invalid(f"'{text}' is not a valid TIMESTAMP literal")
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    precision = len(fraction or "")
    if precision > 12:
        raise invalid(f"'{text}' is not a valid TIMESTAMP literal")
    y, mo, d, h, mi, sec = (int(part or 0) for part in (year, month, day, hour, minute, second))
    try:
        local = datetime.datetime(y, mo, d, h, mi, sec, int((fraction or "").ljust(6, "0")[:6]))
    except ValueError:
        raise _out_of_range(text, "TIMESTAMP", int(year)) from None
    if zone is None:
        return t.timestamp(precision), local
    shown = zones.zone_name(zone.strip())
    moment = zones.zoned(local, shown) if shown else None
    if moment is None or zones.local(moment) != local:
        # No such zone, or a wall time that its clocks never show: they were put forward over it.
        raise invalid(f"'{text}' is not a valid TIMESTAMP literal")
    return t.timestamp_tz(precision), moment


def _time(text: str) -> Literal:
    match = _TIME.fullmatch(text)
    if match is None:
        raise invalid(f"'{text}' is not a valid TIME literal")
    hour, minute, second, fraction, sign, hours, minutes = match.groups()
    precision = len(fraction or "")
    try:
        local = datetime.time(int(hour), int(minute), int(second or 0), int((fraction or "").ljust(6, "0")[:6]))
    except ValueError:
        raise invalid(f"'{text}' is not a valid TIME literal") from None
    if sign is None:
        return t.time(precision), local
    offset = (int(hours) * 60 + int(minutes)) * (1 if sign == "+" else -1)
    if int(minutes) > 59 or abs(offset) > 14 * 60 or precision > 12:
        raise invalid(f"'{text}' is not a valid TIME literal")
    return t.time_tz(precision), zones.OffsetTime(local, offset)


def _decimal(text: str) -> Literal:
    match = re.fullmatch(r"\s*([+-]?)(\d[\d_]*)?(?:\.(\d*))?\s*", text)
    if match is None or not (match[2] or match[3]):
        raise invalid(f"'{text}' is not a valid DECIMAL literal")
    whole, fraction = (match[2] or "").replace("_", "").lstrip("0"), match[3] or ""
    precision = max(len(whole) + len(fraction), 1)
    if precision > 38:
        raise invalid(f"'{text}' is not a valid DECIMAL literal")
    return t.decimal(precision, len(fraction)), Decimal(
        f"{match[1]}{whole or '0'}.{fraction or '0'}" if fraction else f"{match[1]}{whole or '0'}"
    )


def _integer(kind: Type, bits: int) -> Reads:
    def read(text: str) -> Literal:
        match = re.fullmatch(r"[+-]?\d+", text)
        if match is None or not -(2 ** (bits - 1)) <= int(text) < 2 ** (bits - 1):
            raise invalid(f"'{text}' is not a valid {kind.base.upper()} literal")
        return kind, int(text)

    return read


def _float(kind: Type) -> Reads:
    def read(text: str) -> Literal:
        plain = text.strip()
        if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?|[+-]?NaN|[+-]?Infinity", plain):
            raise invalid(f"'{text}' is not a valid {kind.base.upper()} literal")
        return kind, float(plain.lower() if plain[-1] in "Ny" else plain.rstrip("dDfF"))

    return read


def _boolean(text: str) -> Literal:
    if text.lower() not in ("t", "true", "1", "f", "false", "0"):
        raise invalid(f"'{text}' is not a valid BOOLEAN literal")
    return t.BOOLEAN, text.lower() in ("t", "true", "1")


def _char(text: str) -> Literal:
    """As long as its UTF-16, in which a character beyond the basic plane counts twice."""
    length = len(text.encode("utf-16-le")) // 2
    return t.char(length), text.ljust(length)


_READERS: dict[str, Reads] = {
    "date": _date,
    "timestamp": _timestamp,
    "time": _time,
    "decimal": _decimal,
    "boolean": _boolean,
    "tinyint": _integer(t.TINYINT, 8),
    "smallint": _integer(t.SMALLINT, 16),
    "integer": _integer(t.INTEGER, 32),
    "int": _integer(t.INTEGER, 32),
    "bigint": _integer(t.BIGINT, 64),
    "real": _float(t.REAL),
    "double": _float(t.DOUBLE),
    "varchar": lambda text: (t.VARCHAR, text),
    "char": _char,
}

_MILLISECONDS = {"DAY": 86400000, "HOUR": 3600000, "MINUTE": 60000, "SECOND": 1000}
_ORDER = ("DAY", "HOUR", "MINUTE", "SECOND")
_FIELDS = (("YEAR", "MONTH"), _ORDER)


def interval(text: str, start: str, end: str | None, *, negative: bool) -> Literal:
    """`INTERVAL '1 02:03' DAY TO MINUTE`: milliseconds or months."""
    sign = -1 if negative else 1
    told = f"INTERVAL {start}" + (f" TO {end}" if end else "")
    if end is not None and not any(end in fields[fields.index(start) + 1 :] for fields in _FIELDS if start in fields):
        raise invalid(f"Invalid interval qualifier: {start} TO {end}")
    if start in ("YEAR", "MONTH"):
        months = _months(text, start, end)
        if months is None:
            raise invalid(f"Invalid {told} value: {text}")
        return t.INTERVAL_YEAR, sign * months
    found = _milliseconds(text, _ORDER[_ORDER.index(start) : _ORDER.index(end or start) + 1])
    if found is None:
        raise invalid(f"Invalid {told} value: {text}")
    return t.INTERVAL_DAY, sign * found


def _months(text: str, start: str, end: str | None) -> int | None:
    both = start == "YEAR" and end == "MONTH"
    match = re.fullmatch(r"\s*([+-]?)\s*(\d+)(?:-(\d+))?\s*" if both else r"\s*([+-]?)\s*(\d+)\s*()", text)
    if match is None:
        return None
    months = int(match[2]) * (12 if start == "YEAR" else 1) + int(match[3] or 0)
    if months >= 2**31:
        return None
    return -months if match[1] == "-" else months


def _milliseconds(text: str, fields: tuple[str, ...]) -> int | None:
    parts = {"DAY": r"(?P<DAY>\d+)", "HOUR": r"(?P<HOUR>\d+)", "MINUTE": r"(?P<MINUTE>\d+)"}
    parts["SECOND"] = r"(?P<SECOND>\d+)(?:\.(?P<fraction>\d{1,9}))?"
    shape = parts[fields[0]]
    closing = ""
    for before, name in itertools.pairwise(fields):
        shape += f"(?:{' +' if before == 'DAY' else ':'}{parts[name]}"
        closing += ")?"
    match = re.fullmatch(rf"\s*(?P<sign>[+-]?)\s*{shape}{closing}\s*", text)
    if match is None:
        return None
    found = match.groupdict()
    total = sum(int(found.get(name) or 0) * size for name, size in _MILLISECONDS.items())
    total += int((found.get("fraction") or "").ljust(3, "0")[:3])
    return -total if found["sign"] == "-" else total
