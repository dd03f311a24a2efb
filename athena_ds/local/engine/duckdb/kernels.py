"""Python functions inside DuckDB: values in and out of Arrow, and errors carried through DuckDB unharmed."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from athena_ds.local.engine.duckdb.functions.geometry.shape import pack, unpack
from athena_ds.local.engine.duckdb.physical import SHAPES, physical, text
from athena_ds.local.seam.arrow import arrow_type
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import VARCHAR, Type
from athena_ds.local.seam.zones import OffsetTime, Zoned

_MARK = "\x02error:"

CAUGHT_BY_TRY = frozenset(
    ("DIVISION_BY_ZERO", "INVALID_CAST_ARGUMENT", "INVALID_FUNCTION_ARGUMENT", "NUMERIC_VALUE_OUT_OF_RANGE")
)
"""What TRY answers NULL for; every other failure goes through it."""


LITERALLY = "SET disabled_optimizers='expression_rewriter,common_subexpressions,statistics_propagation'"
"""For queries with TRY, or with a constant that fails where it isn't chosen: DuckDB would look while planning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """A kernel for one combination of types."""

    function: Callable[..., Any]
    arguments: tuple[Type, ...]
    result: Type
    strict: bool
    volatile: bool


@dataclass(slots=True)
class Kernels:
    """The Python functions one connection knows, and the errors they raised."""

    connection: duckdb.DuckDBPyConnection
    names: dict[_Shape, str] = field(default_factory=dict)
    errors: dict[str, EngineError] = field(default_factory=dict)
    uncaught: list[EngineError] = field(default_factory=list)
    literally: bool = False
    """`LITERALLY` is set: nothing is evaluated while planning, so failures need not be volatile, which TRY refuses."""
    _numbers: Any = field(default_factory=itertools.count)

    def call(
        self,
        function: Callable[..., Any],
        arguments: tuple[tuple[str, Type], ...],
        result: Type,
        *,
        strict: bool = True,
        volatile: bool = False,
    ) -> str:
        """A DuckDB expression that calls `function` on the arguments' expressions."""
        kinds = tuple(kind for _, kind in arguments)
        shape = _Shape(function=function, arguments=kinds, result=result, strict=strict, volatile=volatile)
        name = self.names.get(shape) or self._register(shape)
        return f"{name}({', '.join(sql for sql, _ in arguments) or '0'})"

    def fail(self, name: str, message: str, result: Type, *, about: str | None = None) -> str:
        """An expression that raises EngineError `name` with the text of the `message` expression.

        DuckDB evaluates what is constant while planning, so it is told that the failure is volatile; `about`, an
        expression of columns, makes it depend on them instead.
        """
        if about is not None:
            message = f"{message} || left(CAST(({about}) IS NULL AS VARCHAR), 0)"
        volatile = not self.literally and about is None
        raised = self.call(_fail, ((text(name), VARCHAR), (message, VARCHAR)), VARCHAR, strict=False, volatile=volatile)
        return f"CASE WHEN {raised} IS NULL THEN CAST(NULL AS {physical(result)}) END"

    def failure(self, message: str) -> EngineError | None:
        """The error a DuckDB message carries, None where it carries none of ours."""
        start = message.find(_MARK)
        if start < 0:
            return None
        key = message[start + len(_MARK) :].split(":", 1)[0]
        return self.errors.get(key)

    def _register(self, shape: _Shape) -> str:
        name = f"k{next(self._numbers)}"
        run = self._guarded(shape)
        self.connection.create_function(  # type: ignore[call-overload]
            name,
            run,
            [physical(kind) for kind in shape.arguments] or ["INTEGER"],
            physical(shape.result),
            type="arrow",
            null_handling="special",
            side_effects=shape.volatile,
        )
        self.names[shape] = name
        return name

    def _guarded(self, shape: _Shape) -> Callable[..., pa.Array]:
        readers = [_reader(kind) for kind in shape.arguments]
        write, answer = _writer(shape.result), _physical_arrow(shape.result)
        function, strict = shape.function, shape.strict

        def one(values: tuple[Any, ...]) -> Any:
            if strict and any(value is None for value in values):
                return None
            found = function(*values)
            return found if found is None or write is None else write(found)

        def run(*columns: Any) -> pa.Array:
            try:
                if not readers:
                    return pa.array([one(()) for _ in range(len(columns[0]))], type=answer)
                lists = [_values(column, reader) for column, reader in zip(columns, readers, strict=True)]
                return pa.array([one(values) for values in zip(*lists, strict=True)], type=answer)
            except Exception as failure:
                raise self._carried(failure, function) from None

        names = (f"a{i}" for i in range(max(len(readers), 1)))
        parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
        setattr(run, "__signature__", inspect.Signature(parameters))  # noqa: B010 - DuckDB counts them; mypy knows no such attribute
        return run

    def _carried(self, failure: Exception, function: Callable[..., Any]) -> Exception:
        error = failure if isinstance(failure, EngineError) else _translated(failure, function)
        key = str(len(self.errors))
        self.errors[key] = error
        if error.name not in CAUGHT_BY_TRY:
            self.uncaught.append(error)
        return RuntimeError(f"{_MARK}{key}:")


def _translated(failure: Exception, function: Callable[..., Any]) -> EngineError:
    """A value Python or Arrow can't hold is refused; anything else is a bug of ours and says so."""
    if isinstance(failure, (OverflowError, pa.ArrowException)):
        return EngineError("NOT_SUPPORTED", f"Value out of the local engine's range: {failure}")
    if isinstance(failure, UnicodeEncodeError):
        return EngineError("NOT_SUPPORTED", "Half of a surrogate pair is not supported by the local engine")
    where = getattr(function, "__name__", "function")
    return EngineError("GENERIC_INTERNAL_ERROR", f"{where}: {type(failure).__name__}: {failure}", kind="INTERNAL")


def _fail(name: str, message: str | None) -> None:
    raise EngineError(name, message or "")


def _values(column: Any, reader: Callable[[Any], Any] | None) -> list[Any]:
    values = column.to_pylist()
    return values if reader is None else [None if v is None else reader(v) for v in values]


_ARROW = {
    "unknown": pa.int32(),
    **dict.fromkeys(("bingtile", "color"), pa.int64()),
    **dict.fromkeys(SHAPES, pa.binary()),
    **dict.fromkeys(("joniregexp", "jsonpath", "codepoints", "likepattern"), pa.string()),
}
"""Where DuckDB holds a type otherwise than the seam."""


def _physical_arrow(kind: Type) -> pa.DataType:
    match kind.base:
        case base if base in _ARROW:
            return _ARROW[base]
        case "array":
            return pa.list_(_physical_arrow(kind.elements[0]))
        case "map":
            return pa.map_(_physical_arrow(kind.elements[0]), _physical_arrow(kind.elements[1]))
        case "row":
            return pa.struct([(f"f{i}", _physical_arrow(e)) for i, e in enumerate(kind.elements)])
        case _:
            return arrow_type(kind)


def _reader(kind: Type) -> Callable[[Any], Any] | None:  # noqa: PLR0911 - one a kind
    """From Arrow's Python value to a kernel's; None where they are the same."""
    inner = [_reader(element) for element in kind.elements]
    match kind.base:
        case "timestamp with time zone":
            return lambda v: Zoned(v["utc"], v["zone"])
        case "time with time zone":
            return lambda v: OffsetTime(v["local"], v["offset"])
        case base if base in SHAPES:
            return unpack
        case "row":
            return lambda v: tuple(_through(r, v[f"f{i}"]) for i, r in enumerate(inner))
        case "array" if inner[0] is not None:
            return lambda v: [_through(inner[0], item) for item in v]
        case "map" if any(r is not None for r in inner):
            return lambda v: [(_through(inner[0], key), _through(inner[1], item)) for key, item in v]
        case _:
            return None


def _writer(kind: Type) -> Callable[[Any], Any] | None:  # noqa: PLR0911
    """From a kernel's value to what Arrow takes; None where they are the same."""
    inner = [_writer(element) for element in kind.elements]
    match kind.base:
        case "timestamp with time zone":
            return lambda v: {"utc": v[0], "zone": v[1]}
        case "time with time zone":
            return lambda v: {"local": v[0], "offset": v[1]}
        case base if base in SHAPES:
            return pack
        case "row":
            return lambda v: {f"f{i}": _through(w, item) for i, (w, item) in enumerate(zip(inner, v, strict=True))}
        case "array" if inner[0] is not None:
            return lambda v: [_through(inner[0], item) for item in v]
        case "map" if any(w is not None for w in inner):
            return lambda v: [(_through(inner[0], key), _through(inner[1], item)) for key, item in _pairs(v)]
        case "map":
            return _pairs
        case _:
            return None


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    return list(value.items()) if isinstance(value, dict) else list(value)


def _through(change: Callable[[Any], Any] | None, value: Any) -> Any:
    return value if change is None or value is None else change(value)
