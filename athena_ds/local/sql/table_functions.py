"""How `FROM TABLE(function(...))` is read: `sequence`, the one table function of Trino's that needs no table."""

from __future__ import annotations

from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import BIGINT
from athena_ds.local.sql.coercion import can_coerce
from athena_ds.local.sql.parse import Node, identifier, names
from athena_ds.local.sql.reader import Reader, coerced, error
from athena_ds.local.sql.tree import Constant, Expression, Field, Numbers

_TAKES = ("START", "STOP", "STEP")
_OTHERS = ("exclude_columns",)


def read_table_function(reader: Reader, node: Node) -> Numbers:
    """`TABLE(sequence(start => 1, stop => 10, step => 3))`: a column `sequential_number` of bigint."""
    call = node.tableFunctionCall()
    name = names(call.qualifiedName())[-1]
    if name in _OTHERS:
        raise error("NOT_SUPPORTED", f"Table function not supported by the local engine: {name}", call)
    if name != "sequence":
        raise error("FUNCTION_NOT_FOUND", f"Table function '{name}' not registered", call)
    given = _given(reader, call)
    if "STOP" not in given:
        arguments = call.tableFunctionArgument()
        raise error("MISSING_ARGUMENT", "Missing argument: STOP", arguments[0] if arguments else call)
    start, stop, step = (given.get(word, default) for word, default in zip(_TAKES, (0, None, 1), strict=True))
    for word, value in zip(_TAKES, (start, stop, step), strict=True):
        if value is None:
            raise EngineError("INVALID_FUNCTION_ARGUMENT", f"{word.capitalize()} is null")
    assert start is not None
    assert stop is not None
    assert step is not None
    if start < stop and step <= 0:
        raise EngineError("INVALID_FUNCTION_ARGUMENT", f"Step must be positive for sequence [{start}, {stop}]")
    if start > stop and step >= 0:
        raise EngineError("INVALID_FUNCTION_ARGUMENT", f"Step must be negative for sequence [{start}, {stop}]")
    field = Field(number=reader.session.number(), type=BIGINT, name="sequential_number")
    return Numbers(fields=(field,), start=start, stop=stop, step=step)


def _given(reader: Reader, call: Node) -> dict[str, int | None]:
    """The arguments by name, however they were passed."""
    arguments = call.tableFunctionArgument()
    if len(arguments) > len(_TAKES):
        message = f"Too many arguments. Expected at most {len(_TAKES)} arguments, got {len(arguments)} arguments"
        raise error("INVALID_ARGUMENTS", message, arguments[0])
    named = [argument.identifier() is not None for argument in arguments]
    if any(named) and not all(named):
        message = "All arguments must be passed by name or all must be passed positionally"
        raise error("INVALID_ARGUMENTS", message, arguments[0])
    given: dict[str, int | None] = {}
    for place, argument in enumerate(arguments):
        word = identifier(argument.identifier()).upper() if named[place] else _TAKES[place]
        if word in given:
            raise error("INVALID_FUNCTION_ARGUMENT", f"Duplicate argument name: {word}", argument)
        if word not in _TAKES:
            raise error("INVALID_FUNCTION_ARGUMENT", f"Unexpected argument name: {word}", argument)
        if argument.expression() is None:
            raise error("NOT_SUPPORTED", "Tables as arguments are not supported by the local engine", argument)
        given[word] = _number(reader.read(argument.expression()), argument.expression())
    return given


def _number(value: Expression, node: Node) -> int | None:
    if not can_coerce(value.type, BIGINT):
        raise error("TYPE_MISMATCH", f"Cannot cast type {value.type} to bigint", node)
    found = coerced(value, BIGINT)
    if not isinstance(found, Constant):
        raise error("NOT_SUPPORTED", "Computed arguments of sequence are not supported by the local engine", node)
    return None if found.value is None else int(found.value)
