"""Which values of a partition key a query can want, as Athena's plan says it: EXPLAIN (TYPE IO, FORMAT JSON).

Every answer here is on the safe side: a value that cannot be compared may be wanted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
_WHOLE = frozenset({"tinyint", "smallint", "integer", "int", "bigint"})
_TEXT = frozenset({"varchar", "char", "string"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Values from `low` to `high`, as text; None where it has no such end."""

    low: str | None = None
    high: str | None = None
    above: bool = False
    """Whether `low` itself is outside."""
    below: bool = False
    """Whether `high` itself is outside."""

    @property
    def single(self) -> bool:
        """Whether it is one value."""
        return self.low is not None and self.low == self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """The values of one column that a query can want.

    Attributes:
        type: The column's type, as Athena's engine spells it.
        ranges: The values.
        nulls: Whether NULL is among them.
    """

    type: str
    ranges: tuple[Range, ...]
    nulls: bool = False

    @property
    def values(self) -> tuple[str, ...] | None:
        """The values where they are a list, None where they are not."""
        listed = not self.nulls and all(each.single for each in self.ranges)
        return tuple(str(each.low) for each in self.ranges) if listed else None

    def may_hold(self, value: str) -> bool:
        """Whether a partition of this value can be wanted."""
        if value == NULL_PARTITION:
            return self.nulls
        own = self._read(value)
        return own is None or any(self._inside(own, each) for each in self.ranges)

    def may_begin(self, beginning: str) -> bool:
        """Whether a text that begins so can be wanted."""
        if self.base not in _TEXT:
            return True
        size = len(beginning)
        return any(
            (each.low is None or beginning >= each.low[:size]) and (each.high is None or beginning <= each.high[:size])
            for each in self.ranges
        )

    def expression(self, name: str) -> str | None:
        """The condition as `glue:GetPartitions` takes it, or a weaker one; None where it can't be said there."""
        if self.nulls or self.base not in _TEXT | _WHOLE | {"date"} or not self.ranges:
            return None
        values = self.values
        if values is not None and len(values) <= 40:
            return f"{name} IN ({', '.join(self._literal(value) for value in values)})"
        said = []
        lows, highs = [each.low for each in self.ranges], [each.high for each in self.ranges]
        if None not in lows:
            said.append(f"{name} >= {self._literal(min(map(str, lows), key=self._order))}")
        if None not in highs:
            said.append(f"{name} <= {self._literal(max(map(str, highs), key=self._order))}")
        return " AND ".join(said) or None

    @property
    def base(self) -> str:
        """The type without its length."""
        return self.type.partition("(")[0].strip().lower()

    def _inside(self, own: Any, one: Range) -> bool:
        low = None if one.low is None else self._read(one.low)
        high = None if one.high is None else self._read(one.high)
        after = low is None or own > low or (own == low and not one.above)
        return after and (high is None or own < high or (own == high and not one.below))

    def _read(self, text: str) -> Any:
        """A value that compares as Athena's does; None for one that can't be read."""
        try:
            if self.base in _WHOLE:
                return int(text)
            if self.base == "decimal":
                return Decimal(text)
        except (ValueError, InvalidOperation):
            return None
        if self.base == "date":
            return text if _DAY.fullmatch(text) else None
        return text if self.base in _TEXT else None

    def _order(self, text: str) -> Any:
        return int(text) if self.base in _WHOLE else text

    def _literal(self, text: str) -> str:
        escaped = text.replace("'", "''")
        return str(int(text)) if self.base in _WHOLE else f"'{escaped}'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One table as a query reads it: of which catalog and database, and what it can want of its columns."""

    catalog: str
    database: str
    table: str
    domains: Mapping[str, Domain] = field(default_factory=dict)


def readings_in(plan: str) -> list[Reading] | None:
    """The tables of a plan of type IO, one for each way it is read; None for a text that is no such plan."""
    try:
        said = json.loads(plan)["inputTableColumnInfos"]
        return [_reading(each) for each in said if not _nothing(each)]
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


def _nothing(said: Mapping[str, Any]) -> bool:
    return bool((said.get("constraint") or {}).get("none"))


def _reading(said: Mapping[str, Any]) -> Reading:
    place = said["table"]
    # Trinos before 400 have the list where the constraint now is.
    constraint = said.get("constraint") or {}
    columns = constraint.get("columnConstraints") or said.get("columnConstraints") or ()
    return Reading(
        catalog=str(place["catalog"]),
        database=str(place["schemaTable"]["schema"]).lower(),
        table=str(place["schemaTable"]["table"]).lower(),
        domains={str(each["columnName"]).lower(): _domain(each) for each in columns},
    )


def _domain(said: Mapping[str, Any]) -> Domain:
    domain = said["domain"]
    ranges = tuple(_range(each["low"], each["high"]) for each in domain["ranges"])
    return Domain(type=str(said["type"]), ranges=ranges, nulls=bool(domain["nullsAllowed"]))


def _range(low: Mapping[str, Any], high: Mapping[str, Any]) -> Range:
    # An end that is open has a bound, too, and no value.
    above, below = ("value" in said and said["bound"] != "EXACTLY" for said in (low, high))
    return Range(low=low.get("value"), high=high.get("value"), above=above, below=below)
