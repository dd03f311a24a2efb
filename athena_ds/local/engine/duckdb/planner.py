"""The state of one query's lowering, and the way its parts find each other."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from athena_ds.local.engine.duckdb.formats.context import Pruning
from athena_ds.local.engine.duckdb.functions.registry import Call as RegistryCall
from athena_ds.local.engine.duckdb.functions.registry import Kernel, Lambda, Rule
from athena_ds.local.engine.duckdb.kernels import Kernels
from athena_ds.local.seam.engine import EngineError, Table
from athena_ds.local.seam.types import Type
from athena_ds.local.sql.tree import Expression, Relation

Scans = Callable[[Table, Sequence[str], Pruning], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowering:
    """How each kind of thing is lowered: the modules that know it stand above this one."""

    expression: Callable[[Planner, Expression], str]
    relation: Callable[[Planner, Relation], str]
    cast: Callable[[Planner, str, Type, Type], str]


@dataclass(slots=True, kw_only=True)
class Planner:
    """Lowers one query: expressions and relations to DuckDB SQL, on one connection's kernels."""

    kernels: Kernels
    scan: Scans
    now: datetime.datetime
    lowering: Lowering
    tries: bool = field(default=False)
    conjuncts: list[Expression] = field(default_factory=list)
    """Predicates that hold for every row the relation being lowered may usefully answer."""
    listed: bool = False
    """The aggregation being lowered is over VALUES as a whole."""
    used: set[int] = field(default_factory=set)
    """Symbols the query reads anywhere: what a scan must answer."""

    def expression(self, expression: Expression) -> str:
        return self.lowering.expression(self, expression)

    def relation(self, relation: Relation) -> str:
        """A SELECT whose columns are `c<symbol>`, in the order of the relation's fields."""
        return self.lowering.relation(self, relation)

    def kernel(
        self,
        function: Callable[..., Any],
        *arguments: tuple[str, Type],
        result: Type,
        strict: bool = True,
        call: RegistryCall | None = None,
    ) -> str:
        told = function if call is None else bound(function, call)
        return self.kernels.call(told, arguments, result, strict=strict)

    def fail(self, name: str, message: str, result: Type) -> str:
        return self.kernels.fail(name, message, result)

    def cast(self, sql: str, source: Type, target: Type) -> str:
        return self.lowering.cast(self, sql, source, target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A registry call with what the planner knows beyond it."""

    call: RegistryCall
    deterministic: bool = True


def column(number: int) -> str:
    return f'"c{number}"'


_BOUND: dict[tuple[Any, ...], Any] = {}


def apply(planner: Planner, how: Rule | Kernel, applied: Applied) -> str:
    """What a rule writes, or a call of a kernel."""
    call = applied.call
    if not isinstance(how, Kernel):
        return how(call)
    if any(isinstance(part, Lambda) for part in call.lambdas):
        raise EngineError("NOT_SUPPORTED", f"Function not supported by the local engine with a lambda: {call.name}")
    function = how.function if not how.typed else bound(how.function, call)
    arguments = tuple(zip(call.sql, call.arguments, strict=True))
    return planner.kernels.call(function, arguments, call.result, strict=how.strict, volatile=not applied.deterministic)


def bound(function: Callable[..., Any], call: RegistryCall) -> Callable[..., Any]:
    """The kernel with its call bound: one for each distinct call's types, so that it is registered once."""
    constants = tuple(repr(c) for c in call.constants)
    key = (function, (call.name, call.signature, call.arguments, call.result, constants))
    if key not in _BOUND:

        def told(*values: Any) -> Any:
            return function(*values, call=call)

        told.__name__ = getattr(function, "__name__", "kernel")
        _BOUND[key] = told
    return _BOUND[key]  # type: ignore[no-any-return]
