"""Requests checked against AWS's own service model, in the words AWS's front uses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from botocore import loaders
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from athena_ds.local.athena.errors import ApiError, invalid, unfit

_UPPER: Final[Mapping[tuple[str, str], int]] = {("GetQueryResults", "maxResults"): 100_000}
"""Upper bounds other than the model's: Athena checks the model's 1000 itself, later and in other words."""

_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    # A fraction is cut off, not refused.
    "integer": (int, float),
    "long": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "map": (dict,),
    "structure": (dict,),
    "timestamp": (int, float, str),
}
_LIST: Final = "Start of list found where not expected"
_STRUCTURE: Final = "Start of structure or map found where not expected."
_NAMES: Final[Mapping[str, str]] = {
    "string": "a String",
    "integer": "an Integer",
    "long": "a Long",
    "double": "a Double",
    "boolean": "a Boolean",
    "timestamp": "a Timestamp",
}


@cache
def model() -> ServiceModel:
    """The model botocore has of Athena."""
    return ServiceModel(loaders.Loader().load_service_model("athena", "service-2"), service_name="athena")


@cache
def operations() -> frozenset[str]:
    return frozenset(model().operation_names)


def read(operation: str, body: bytes) -> dict[str, Any]:
    """The request's members, of the right types and within the model's bounds; anything else raises ApiError."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise unfit() from None
    shape = model().operation_model(operation).input_shape
    if not isinstance(given, dict):
        raise unfit(_LIST if isinstance(given, list) else "")
    _typed(shape, given)
    problems = list(_broken(shape, given, "", operation))
    if problems:
        plural = "error" if len(problems) == 1 else "errors"
        raise invalid(f"{len(problems)} validation {plural} detected: {'; '.join(problems)}")
    return {name: value for name, value in given.items() if value is not None}


def _typed(shape: Shape, value: Any) -> None:
    """Raise SerializationException for a value of another JSON type than the model's."""
    if value is None:
        return
    kinds: Any = _KINDS.get(shape.type_name, (object,))
    if not isinstance(value, kinds) or (isinstance(value, bool) and shape.type_name != "boolean"):
        raise unfit(_mismatch(shape, value))
    match shape:
        case StructureShape():
            for name, member in shape.members.items():
                _typed(member, value.get(name))
        case ListShape():
            for inner in value:
                _typed(shape.member, inner)
        case MapShape():
            for inner in value.values():
                _typed(shape.value, inner)


def _mismatch(shape: Shape, value: Any) -> str:
    """AWS's words, by what was given and what was wanted (measured)."""
    match value:
        case list():
            return _LIST
        case dict():
            return _STRUCTURE
    if shape.type_name not in _NAMES:
        return "Expected list or null" if shape.type_name == "list" else "Expected null"
    kind = {bool: f"{str(value).upper()}_VALUE", str: "STRING_VALUE"}.get(type(value), "NUMBER_VALUE")
    return f"{kind} can not be converted to {_NAMES[shape.type_name]}"


def _broken(shape: Shape, value: Any, path: str, operation: str) -> Iterator[str]:
    """Every constraint of the model the value breaks, as AWS words it."""
    match shape:
        case StructureShape():
            yield from _members(shape, value, path, operation)
        case ListShape():
            yield from _bounds(shape, len(value), path, "length")
            for index, inner in enumerate(value, 1):
                yield from _broken(shape.member, inner, f"{path}.{index}.member", operation)
        case MapShape():
            for name, inner in value.items():
                yield from _broken(shape.value, inner, f"{path}.{name}.member", operation)
        case _ if isinstance(value, str):
            yield from _text(shape, value, path)
        case _ if isinstance(value, int):
            yield from _bounds(shape, value, path, "value", most=_UPPER.get((operation, path)))


def _members(shape: StructureShape, value: Mapping[str, Any], path: str, operation: str) -> Iterator[str]:
    for name, member in shape.members.items():
        place = f"{path}.{_camel(name)}" if path else _camel(name)
        if value.get(name) is not None:
            yield from _broken(member, value[name], place, operation)
        elif name in shape.required_members:
            yield f"Value null at '{place}' failed to satisfy constraint: Member must not be null"


def _text(shape: Shape, value: str, path: str) -> Iterator[str]:
    yield from _length(shape, value, path)
    if shape.metadata.get("enum") and value not in shape.metadata["enum"]:
        allowed = ", ".join(shape.metadata["enum"])
        yield f"Value at '{path}' failed to satisfy constraint: Member must satisfy enum value set: [{allowed}]"
    pattern = shape.metadata.get("pattern")
    if pattern and not _pattern(pattern)(value):
        yield (
            f"Value at '{path}' failed to satisfy constraint: Member must satisfy regular expression pattern: {pattern}"
        )


def _length(shape: Shape, value: str, path: str) -> Iterator[str]:
    """The least length counts characters, the greatest bytes (measured on ClientRequestToken)."""
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max")
    yield from _bounds(shape, len(value) if len(value) < least else len(value.encode()), path, "length", most=most)


def _bounds(shape: Shape, size: int, path: str, what: str, *, most: int | None = None) -> Iterator[str]:
    least, most = shape.metadata.get("min"), most or shape.metadata.get("max")
    start = f"Value at '{path}' failed to satisfy constraint: Member must have {what}"
    if least is not None and size < least:
        yield f"{start} greater than or equal to {least}"
    if most is not None and size > most:
        yield f"{start} less than or equal to {most}"


@cache
def _pattern(pattern: str) -> Callable[[str], Any]:
    """A check for a Java pattern; the few Python can't read (surrogate ranges) let everything pass."""
    try:
        return re.compile(pattern).fullmatch
    except re.error:
        return lambda _: True


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]


def known(operation: str) -> None:
    """Raise UnknownOperationException for a name the service does not have."""
    if operation not in operations():
        raise ApiError("UnknownOperationException", "")
