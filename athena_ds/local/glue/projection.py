"""Partition projection: partitions computed from a table's properties, none of them in Glue.

https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from athena_ds.local.glue import calendar_patterns
from athena_ds.local.seam.engine import Allowed, Column, EngineError, Partition, Table

_MOST = 1_000_000
"""A table that projects more partitions than this for a query is refused rather than computed for hours."""

_UNITS = {"MINUTES": 60, "HOURS": 3600, "DAYS": 86_400, "WEEKS": 604_800}
_NOW = re.compile(r"NOW\s*(?:([+-])\s*(\d+)\s*([A-Z]+))?", re.IGNORECASE)


def enabled(table: Table) -> bool:
    """Whether partitions are projected, whatever Glue holds."""
    return table.parameters.get("projection.enabled", "").lower() == "true" and bool(table.partition_keys)


def partitions(table: Table, allowed: Mapping[str, Allowed], *, now: datetime | None = None) -> list[Partition]:
    """Every projected partition the predicate leaves, in the order of the keys' values."""
    moment = now or datetime.now(UTC).replace(tzinfo=None)
    columns = [list(_values(table, key, allowed.get(key.name), moment)) for key in table.partition_keys]
    total = 1
    for values in columns:
        total *= len(values)
    if total > _MOST:
        message = f"Table {table.database}.{table.name} projects {total} partitions; narrow the query"
        raise EngineError("HIVE_EXCEEDED_PARTITION_LIMIT", message)
    return [
        Partition(values=values, location=_location(table, values)) for values in itertools.product(*columns)
    ]  # fmt: skip


def _values(table: Table, key: Column, allowed: Allowed, now: datetime) -> Iterator[str]:
    kind = _property(table, key, "type").lower()
    match kind:
        case "enum":
            every = iter([value.strip() for value in _property(table, key, "values").split(",")])
        case "integer":
            every = _integers(table, key)
        case "date":
            every = _dates(table, key, now)
        case "injected":
            return iter(_injected(key, allowed))
        case _:
            raise _invalid(table, key, f"Unknown projection type: {kind}")
    if allowed is None:
        return every
    wanted = set(allowed)
    return (value for value in every if value in wanted or _number(value) in wanted)


def _number(value: str) -> str:
    """`007` is allowed where a query says 7."""
    return str(int(value)) if value.lstrip("-").isdigit() else value


def _integers(table: Table, key: Column) -> Iterator[str]:
    low, high = _range(table, key)
    step, digits = int(_optional(table, key, "interval", "1")), int(_optional(table, key, "digits", "0"))
    try:
        return (str(value).zfill(digits) for value in range(int(low), int(high) + 1, step))
    except ValueError:
        raise _invalid(table, key, f"not an integer range: {low},{high}") from None


def _dates(table: Table, key: Column, now: datetime) -> Iterator[str]:
    pattern = calendar_patterns.Pattern(_property(table, key, "format"))
    unit = _optional(table, key, "interval.unit", pattern.unit).upper().removesuffix("S") + "S"
    step = int(_optional(table, key, "interval", "1"))
    low, high = (_moment(table, key, bound, pattern, now) for bound in _range(table, key))
    return _steps(low, high, step, unit, pattern)


def _steps(low: datetime, high: datetime, step: int, unit: str, pattern: calendar_patterns.Pattern) -> Iterator[str]:
    moment, seen = low, None
    for count in itertools.count(1):
        if moment > high:
            return
        text = pattern.text(moment)
        if text != seen:
            yield text
        seen = text
        moment = _later(low, count * step, unit)


def _injected(key: Column, allowed: Allowed) -> list[str]:
    if not allowed:
        message = (
            f"For the injected projected partition column {key.name}, the WHERE clause must contain only static "
            "equality conditions, and at least one such condition must be present."
        )
        raise EngineError("CONSTRAINT_VIOLATION", message)
    return list(allowed)


def _moment(table: Table, key: Column, text: str, pattern: calendar_patterns.Pattern, now: datetime) -> datetime:
    relative = _NOW.fullmatch(text)
    if relative is None:
        try:
            return pattern.moment(text)
        except ValueError:
            raise _invalid(table, key, f"{text!r} is not of the format {pattern.text_of_pattern}") from None
    if relative[1] is None:
        return now
    amount = int(relative[2]) * (1 if relative[1] == "+" else -1)
    return _later(now, amount, relative[3].upper().removesuffix("S") + "S")


def _later(moment: datetime, amount: int, unit: str) -> datetime:
    if unit in _UNITS:
        return moment + timedelta(seconds=amount * _UNITS[unit])
    if unit == "SECONDS":
        return moment + timedelta(seconds=amount)
    months = moment.year * 12 + moment.month - 1 + amount * (12 if unit == "YEARS" else 1)
    year, month = divmod(months, 12)
    last = calendar_patterns.days_in(year, month + 1)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def _range(table: Table, key: Column) -> tuple[str, str]:
    parts = [part.strip() for part in _property(table, key, "range").split(",")]
    if len(parts) != 2:
        raise _invalid(table, key, "projection range must be 'low,high'")
    return parts[0], parts[1]


def _location(table: Table, values: tuple[str, ...]) -> str:
    template = table.parameters.get("storage.location.template")
    if template is None:
        path = "/".join(f"{key.name}={value}" for key, value in zip(table.partition_keys, values, strict=True))
        return f"{table.location.rstrip('/')}/{path}/"
    known = {key.name: value for key, value in zip(table.partition_keys, values, strict=True)}
    template = re.sub(r"\$\{(\w+)\}", lambda found: known.get(found[1].lower(), found[0]), template)
    return template if template.endswith("/") else f"{template}/"


def _property(table: Table, key: Column, name: str) -> str:
    found = _optional(table, key, name, "")
    if not found:
        raise _invalid(table, key, f"Missing required property: projection.{key.name}.{name}")
    return found


def _optional(table: Table, key: Column, name: str, default: str) -> str:
    wanted = f"projection.{key.name}.{name}".lower()
    return next((value for known, value in table.parameters.items() if known.lower() == wanted), default)


def _invalid(table: Table, key: Column, reason: str) -> EngineError:
    message = f"Table {table.database}.{table.name} column {key.name} projection is invalid: {reason}"
    return EngineError("INVALID_TABLE_PROPERTY", message)
