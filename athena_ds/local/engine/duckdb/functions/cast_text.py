"""Casts to varchar, char, varbinary, uuid and ipaddress.

A number or date too long for `varchar(n)` is refused, other values fail with the internal error Trino has there, text
is cut. char(n) is padded.
"""

from __future__ import annotations

import base64
import datetime
import ipaddress
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from athena_ds.local.engine.duckdb.functions import java_numbers as java
from athena_ds.local.engine.duckdb.functions import temporal
from athena_ds.local.engine.duckdb.functions.cast_numbers import bad_cast, limits
from athena_ds.local.engine.duckdb.functions.refusals import broken
from athena_ds.local.engine.duckdb.functions.registry import Call, kernel, rule, template
from athena_ds.local.seam.types import BIGINT, INTEGERS, UNBOUNDED
from athena_ds.local.seam.zones import OffsetTime, Zoned


def fitted(text: str, length: int) -> str:
    """`text` if it has at most `length` characters, else Trino's internal error for casts that forgot to check."""
    if len(text) > length:
        shown = base64.b64encode(text.encode()).decode()
        raise broken(f"Character count exceeds length limit {length}: base64:{shown}")
    return text


def _represented(text: str, length: int, shown: str = "") -> str:
    if length is not None and len(text) > length:
        raise bad_cast(f"Value {shown or text} cannot be represented as varchar({length})")
    return text


def length_of(call: Call) -> int:
    """The length of the target `varchar(n)`, the unbounded one's as AWS reports it."""
    return call.result.arguments[0] if call.result.arguments else UNBOUNDED


def integer_text(value: int, length: int) -> str:
    return _represented(str(value), length)


@rule("cast", *(f"{base} -> varchar" for base in INTEGERS))
def integer_to_varchar(call: Call) -> str:
    longest = len(str(limits(call.arguments[0].base)[0]))
    return _plain_or_bounded(call, f"CAST({call.sql[0]} AS VARCHAR)", longest, integer_text)


def _plain_or_bounded(call: Call, plain: str, longest: int, bounded: Callable[..., Any]) -> str:
    length = length_of(call)
    if length >= longest:
        return plain
    return call.kernel(bounded, (call.sql[0], call.arguments[0]), (str(length), BIGINT))


def decimal_text(value: Decimal, length: int) -> str:
    return _represented(f"{value:f}", length)


@rule("cast", "decimal -> varchar")
def decimal_to_varchar(call: Call) -> str:
    kind = call.arguments[0]
    plain = f"CAST({call.sql[0]} AS VARCHAR)"
    if kind.precision == kind.scale:
        plain = f"replace({plain}, '.', '0.')"
    return _plain_or_bounded(call, plain, kind.precision + 3, decimal_text)


@kernel("cast", "double -> varchar", "real -> varchar", typed=True)
def floating_to_varchar(value: float, *, call: Call) -> str:
    if call.arguments[0].base == "real":
        text, java_text = java.real_scientific(value), java.real_text(value)
    else:
        text, java_text = java.double_scientific(value), java.double_text(value)
    return _represented(text, length_of(call), f"{java_text} ({text})")


@kernel("cast", "boolean -> varchar", typed=True)
def boolean_to_varchar(value: bool, *, call: Call) -> str:
    return fitted("true" if value else "false", length_of(call))


def date_text(value: datetime.date, length: int) -> str:
    return _represented(value.isoformat(), length)


@rule("cast", "date -> varchar")
def date_to_varchar(call: Call) -> str:
    """DuckDB writes years before 1 as `(BC)`; Trino counts them with a sign, and has a year 0."""
    x = call.sql[0]
    sign = f"CASE WHEN year({x}) < 0 THEN '-' ELSE '' END"
    signed = f"printf('%s%04d-%02d-%02d', {sign}, abs(year({x})), month({x}), day({x}))"
    plain = f"CASE WHEN {x} >= DATE '0001-01-01' THEN CAST({x} AS VARCHAR) ELSE {signed} END"
    return _plain_or_bounded(call, plain, 17, date_text)


def bounded_timestamp_text(value: datetime.datetime, precision: int, length: int) -> str:
    return fitted(temporal.timestamp_text(value, precision), length)


@rule("cast", "timestamp -> varchar")
def timestamp_to_varchar(call: Call) -> str:
    x, kind = call.sql[0], call.arguments[0]
    if length_of(call) < 26:
        numbers = ((str(kind.precision), BIGINT), (str(length_of(call)), BIGINT))
        return call.kernel(bounded_timestamp_text, (x, kind), *numbers)
    digits = {0: "", 3: ".%g"}.get(kind.precision, ".%f")
    written = f"strftime({x}, '%Y-%m-%d %H:%M:%S{digits}')"
    if digits == ".%f" and kind.precision < 6:
        written = f"left({written}, {20 + kind.precision})"
    plain = f"{x} BETWEEN TIMESTAMP '0001-01-01' AND TIMESTAMP '9999-12-31 23:59:59.999999'"
    refused = call.fail("NOT_SUPPORTED", "'The text of a timestamp before year 1 or after 9999'")
    return f"CASE WHEN {plain} THEN {written} WHEN {x} IS NOT NULL THEN {refused} END"


@kernel("cast", "timestamp with time zone -> varchar", typed=True)
def zoned_to_varchar(value: Zoned, *, call: Call) -> str:
    return fitted(temporal.zoned_text(value, call.arguments[0].precision), length_of(call))


@kernel("cast", "time -> varchar", typed=True)
def time_to_varchar(value: datetime.time, *, call: Call) -> str:
    return fitted(temporal.time_text(value, call.arguments[0].precision), length_of(call))


@kernel("cast", "time with time zone -> varchar", typed=True)
def offset_time_to_varchar(value: OffsetTime, *, call: Call) -> str:
    return fitted(temporal.offset_time_text(value, call.arguments[0].precision), length_of(call))


@kernel("cast", "interval day to second -> varchar", typed=True)
def day_interval_to_varchar(value: int, *, call: Call) -> str:
    return fitted(temporal.day_interval_text(value), length_of(call))


@kernel("cast", "interval year to month -> varchar", typed=True)
def year_interval_to_varchar(value: int, *, call: Call) -> str:
    return fitted(temporal.year_interval_text(value), length_of(call))


@rule("cast", "varchar -> varchar", "char -> varchar")
def text_to_varchar(call: Call) -> str:
    held = call.arguments[0].arguments
    if not call.result.arguments or (held and held[0] <= call.result.arguments[0]):
        return call.sql[0]
    return f"left({call.sql[0]}, {call.result.arguments[0]})"


@rule("cast", "varchar -> char")
def text_to_char(call: Call) -> str:
    length = call.result.precision
    return f"rpad(left({call.sql[0]}, {length}), {length}, ' ')"


@rule("cast", "char -> char")
def char_to_char(call: Call) -> str:
    """Trino cuts without trimming: a space at the new end makes a char that equals none, and that it can't show."""
    length = call.result.precision
    if length >= call.arguments[0].precision:
        return text_to_char(call)
    broken = f"length(rtrim({call.sql[0]}, ' ')) > {length} AND left({call.sql[0]}, {length}) LIKE '% '"
    failed = call.fail(
        "NOT_SUPPORTED", f"'A char cut to char({length}) at a space: Trino neither compares nor shows it'"
    )
    return f"CASE WHEN {broken} THEN {failed} ELSE {text_to_char(call)} END"


@rule("cast", "uuid -> varchar", "ipaddress -> varchar")
def identity_to_varchar(call: Call) -> str:
    return call.sql[0]


template("cast", "varchar -> varbinary", sql="encode({0})")


@kernel("cast", "varchar -> uuid")
def varchar_to_uuid(text: str) -> str:
    groups = text.split("-")
    if len(groups) != 5 or not all(g and all(c in "0123456789abcdefABCDEF" for c in g) for g in groups):
        raise bad_cast(f"Cannot cast value to UUID: {text}")
    if len(text) != 36:
        raise bad_cast(f"Invalid UUID string length: {len(text)}")
    if tuple(map(len, groups)) != (8, 4, 4, 4, 12):
        raise bad_cast(f"Cannot cast value to UUID: {text}")
    return text.lower()


@kernel("cast", "varbinary -> uuid")
def varbinary_to_uuid(data: bytes) -> str:
    if len(data) != 16:
        raise bad_cast(f"Invalid UUID binary length: {len(data)}")
    return str(uuid.UUID(bytes=data))


@kernel("cast", "uuid -> varbinary")
def uuid_to_varbinary(text: str) -> bytes:
    return uuid.UUID(text).bytes


def address_text(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """The address as Trino shows it: an IPv4-mapped one as IPv4."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def parse_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address's text, the scope of an IPv6 one dropped; None when it is none."""
    try:
        return ipaddress.ip_address(text.split("%", 1)[0] if ":" in text else text)
    except ValueError:
        return None


@kernel("cast", "varchar -> ipaddress")
def varchar_to_ipaddress(text: str) -> str:
    address = parse_address(text)
    if address is None:
        raise bad_cast(f"Cannot cast value to IPADDRESS: {text}")
    return address_text(address)


@kernel("cast", "varbinary -> ipaddress")
def varbinary_to_ipaddress(data: bytes) -> str:
    if len(data) not in (4, 16):
        raise bad_cast(f"Invalid IP address binary length: {len(data)}")
    return address_text(ipaddress.ip_address(data))


@kernel("cast", "ipaddress -> varbinary")
def ipaddress_to_varbinary(text: str) -> bytes:
    address = ipaddress.ip_address(text)
    return address.packed if len(address.packed) == 16 else b"\0" * 10 + b"\xff\xff" + address.packed


for _sketch in ("hyperloglog", "setdigest", "tdigest"):
    template("cast", f"{_sketch} -> varbinary", sql="from_base64({0})")
    template("cast", f"varbinary -> {_sketch}", sql="to_base64({0})")
