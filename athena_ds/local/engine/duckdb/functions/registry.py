"""Where a Trino function gets its meaning in DuckDB: a rule that writes SQL, or a kernel of ours that computes values.

A call is resolved first, by type, against Trino's own signatures (`athena_ds/local/sql/functions.jsonl`). No signature:
FUNCTION_NOT_FOUND. A signature nothing here answers for: NOT_SUPPORTED, naming the function. So what is not known to
be right is refused.

Values as kernels see them, None for NULL (a strict kernel is never called with one):

| Trino | Python |
| --- | --- |
| boolean, integers, double, real | bool, int, float (a real already rounded to 32 bits) |
| decimal(p,s) | decimal.Decimal with exactly s digits after the point |
| varchar, char, json, uuid, ipaddress | str (char padded; json as its canonical text; uuid lower case) |
| varbinary | bytes |
| date, time(p), timestamp(p) | datetime.date, datetime.time, datetime.datetime (p <= 6; finer is refused before) |
| timestamp with time zone | Zoned(utc, zone) (`seam/zones.py`) |
| time with time zone | OffsetTime(local, offset) |
| interval day to second, year to month | int milliseconds, int months |
| geometry, sphericalgeography | Shape (`functions/geometry/shape.py`) |
| color; hyperloglog, tdigest, setdigest | int; str (base64) |
| bingtile, kdbtree | int (`functions/geometry/tiles.py`), str (its JSON) |
| array, map, row | list, list of (key, value) pairs, tuple |
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, Protocol

from athena_ds.local.seam.types import Type, array

Kind = Literal["scalar", "aggregate", "window"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lambda:
    """A lambda argument: its variables as DuckDB names with their types, its body as a DuckDB expression over them."""

    parameters: tuple[str, ...]
    types: tuple[Type, ...]
    body: str
    result: Type

    @property
    def sql(self) -> str:
        """DuckDB's spelling, as `list_transform` and its like take it: `lambda l1, l2: ...`."""
        return f"lambda {', '.join(self.parameters)}: {self.body}"


class Workshop(Protocol):
    """What a rule may ask of the query it writes for."""

    def kernel(
        self,
        function: Callable[..., Any],
        *arguments: tuple[str, Type],
        result: Type,
        strict: bool = True,
        call: Call | None = None,
    ) -> str:
        """A DuckDB call of a Python function (a module-level one) on these expressions, values as in the table above.

        With `call`, the function also gets it as its keyword `call`, as `typed` kernels do.
        """
        ...

    def cast(self, sql: str, source: Type, target: Type) -> str:
        """`CAST(sql AS target)` by Trino's rules."""
        ...

    def fail(self, name: str, message: str, result: Type) -> str:
        """An expression of type `result` that raises EngineError `name`; `message` is a VARCHAR expression."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What surrounds an aggregate or window call, as DuckDB text, each with its leading blank; empty where absent.

    `order` is ` ORDER BY x DESC NULLS LAST` (inside the parentheses), `nulls` ` IGNORE NULLS`, `filter`
    ` FILTER (WHERE ...)`, `over` ` OVER (...)`. `listed`: the rows come from VALUES in one group, or from a window:
    where the order of equal ones matters, Trino's is known.
    """

    distinct: bool = False
    order: str = ""
    nulls: str = ""
    filter: str = ""
    over: str = ""
    listed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call after resolution and coercion, as a rule sees it.

    `sql` holds a DuckDB expression for each argument (a lambda argument: its `Lambda.sql`); `constants` the Python
    value of each argument known when planning, `Unknown` otherwise; `lambdas` the lambda arguments (None elsewhere);
    `signature` the text of the arguments as in `functions.jsonl` (`varchar(x),bigint`).

    For an aggregate or window, `sql` are the arguments only; a rule writes each DuckDB aggregate it needs with
    `call.aggregate("sum", call.sql[0])`, which carries the call's DISTINCT, ORDER BY, FILTER and OVER, and may compute
    with the results (`round(... / ...)`). A group without rows: `list` answers NULL.
    """

    name: str
    signature: str
    arguments: tuple[Type, ...]
    result: Type
    sql: tuple[str, ...]
    constants: tuple[Any, ...] = ()
    lambdas: tuple[Lambda | None, ...] = ()
    around: Around = Around()
    workshop: Workshop | None = field(default=None, compare=False, repr=False)

    def aggregate(self, name: str, *arguments: str) -> str:
        """A DuckDB aggregate or window call on these expressions, within what surrounds this call."""
        around = self.around
        distinct = "DISTINCT " if around.distinct else ""
        inside = f"{distinct}{', '.join(arguments)}{around.order}{around.nulls}"
        return f"{name}({inside}){around.filter}{around.over}"

    def lists(self) -> tuple[str, ...]:
        """For each argument, the list of the group's values (NULL for a group without rows): what kernels get."""
        if len(self.sql) < 2:
            return tuple(self.aggregate("list", sql) for sql in self.sql)
        fields = ", ".join(f"f{i} := {sql}" for i, sql in enumerate(self.sql))
        rows = self.aggregate("list", f"struct_pack({fields})")
        return tuple(f"list_transform({rows}, lambda __row: __row.f{i})" for i in range(len(self.sql)))

    def kernel(
        self, function: Callable[..., Any], *arguments: tuple[str, Type], strict: bool = True, typed: bool = False
    ) -> str:
        """A call of a Python function, answering `self.result`: `call.kernel(_any, (mapped, array(BOOLEAN)))`."""
        assert self.workshop is not None
        told = self if typed else None
        return self.workshop.kernel(function, *arguments, result=self.result, strict=strict, call=told)

    def compute(self, function: Callable[..., Any], *, typed: bool = False) -> str:
        """The case of a rule that a Python function computes, from the arguments as they are."""
        return self.kernel(function, *zip(self.sql, self.arguments, strict=True), typed=typed)

    def gather(self, function: Callable[..., Any], *, typed: bool = False) -> str:
        """The same for an aggregate: the function gets the lists of the group's values, empty without rows."""
        lists = (f"coalesce({sql}, [])" for sql in self.lists())
        arguments = zip(lists, map(array, self.arguments), strict=True)
        return self.kernel(function, *arguments, strict=False, typed=typed)

    def fail(self, name: str, message: str) -> str:
        """An expression that raises when evaluated (`CASE WHEN ... THEN call.fail(...)`); `message` is DuckDB SQL."""
        assert self.workshop is not None
        return self.workshop.fail(name, message, self.result)


class _UnknownValue:
    """The value of an argument that is not a constant."""

    def __repr__(self) -> str:
        return "Unknown"


Unknown = _UnknownValue()

Rule = Callable[[Call], str]
"""Writes the DuckDB expression of a call. It may use any DuckDB function whose meaning it has made sure of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """A Python function that computes a call's value, registered with DuckDB as a vectorised function on demand.

    `strict`: NULL if any argument is NULL, without a call. `typed`: the function also gets the resolved `Call` as its
    keyword `call` (for those whose answer depends on types). An aggregate kernel gets, for each argument, the list of
    the group's values (`Call.lists`: NULLs included, in order; None for a group without rows) and answers one value;
    `strict` has no meaning for it. It raises EngineError for what Trino refuses.
    """

    function: Callable[..., Any]
    strict: bool = True
    typed: bool = False


_RULES: dict[tuple[str, str], Rule | Kernel] = {}


def rule(name: str, *signatures: str) -> Callable[[Rule], Rule]:
    """Register a rule for the named signatures of a function, or for all of them when none is named."""

    def register(function: Rule) -> Rule:
        _add(name, signatures, function)
        return function

    return register


def template(name: str, *signatures: str, sql: str) -> None:
    """Register the rule of a function that DuckDB has too: `sql` with the arguments in place of `{0}`, `{1}`."""
    _add(name, signatures, lambda call: sql.format(*call.sql))


def kernel(
    name: str, *signatures: str, strict: bool = True, typed: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a Python function for the named signatures of a function, or for all of them when none is named."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _add(name, signatures, Kernel(function=function, strict=strict, typed=typed))
        return function

    return register


SELDOM = (
    "bing_tiles",
    "colors",
    "geometry_measures",
    "geometry_operations",
    "geometry_parts",
    "geometry_relations",
    "geometry_text",
    "set_digests",
    "stems",
    "tdigests",
)
"""Modules beside this one that are imported when a name isn't known otherwise: a start doesn't wait for them."""


def meaning(name: str, signature: str) -> Rule | Kernel | None:
    """What answers for this signature: the one registered for it, else for the whole function, else None (refused)."""
    return _meaning(name, signature) or (_meaning(name, signature) if _seldom() else None)


def _meaning(name: str, signature: str) -> Rule | Kernel | None:
    return _RULES.get((name, _plain(signature))) or _RULES.get((name, "*"))


@cache
def _seldom() -> bool:
    for module in SELDOM:
        importlib.import_module(f"{__package__}.{module}")
    return True


def _plain(signature: str) -> str:
    """Signatures are the same with and without the blank after a comma."""
    return signature.replace(", ", ",")


def _add(name: str, signatures: tuple[str, ...], how: Rule | Kernel) -> None:
    for signature in map(_plain, signatures or ("*",)):
        if (name, signature) in _RULES:
            raise ValueError(f"{name}({signature}) has a meaning already")
        _RULES[name, signature] = how
