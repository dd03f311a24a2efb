"""How JSON_EXISTS, JSON_VALUE, JSON_QUERY, JSON_OBJECT and JSON_ARRAY are read."""

from __future__ import annotations

from typing import Any

from athena_ds.local.seam.types import BOOLEAN, VARCHAR
from athena_ds.local.sql.expressions import string_value, type_of
from athena_ds.local.sql.jsonpath import Path, read_path
from athena_ds.local.sql.parse import Node, place
from athena_ds.local.sql.reader import Reader, error, form, reads, require
from athena_ds.local.sql.tree import Constant, Expression, Form

_TEXTS = ("varchar", "char", "unknown")
_VALUES = ("varchar", "bigint", "integer", "smallint", "tinyint", "double", "boolean")
_MEMBERS = ("varchar", "bigint", "integer", "smallint", "tinyint", "double", "boolean", "unknown")
_MADE = ("json_object", "json_array", "json_query")


def _invocation(reader: Reader, node: Node) -> tuple[Expression, Path]:
    if node.jsonArgument():
        raise error("NOT_SUPPORTED", "PASSING is not supported by the local engine", node)
    inner = node.jsonValueExpression()
    value = reader.read(inner.expression())
    _check_text(value, inner)
    return require(value, VARCHAR, "Cannot read input as JSON"), read_path(string_value(node.path))


def _check_text(value: Expression, node: Node) -> None:
    if value.type.base not in _TEXTS:
        name = "NOT_SUPPORTED" if value.type.base == "varbinary" else "TYPE_MISMATCH"
        raise error(name, f"Cannot read input of type {value.type} as JSON using formatting JSON", node)


@reads("JsonExists")
def _exists(reader: Reader, node: Node) -> Expression:
    value, path = _invocation(reader, node.jsonPathInvocation())
    behaviour = node.jsonExistsErrorBehavior()
    word = behaviour.getText().upper() if behaviour is not None else "FALSE"
    return form("json_exists", BOOLEAN, value, at=place(node), detail=(path, word))


@reads("JsonValue")
def _value(reader: Reader, node: Node) -> Expression:
    value, path = _invocation(reader, node.jsonPathInvocation())
    kind = type_of(node.type_()) if node.type_() is not None else VARCHAR
    if kind.base not in _VALUES or kind.arguments:
        raise error("NOT_SUPPORTED", f"JSON_VALUE RETURNING {kind} is not supported by the local engine", node)
    behaviours = [_behaviour(reader, node.emptyBehavior, kind), _behaviour(reader, node.errorBehavior, kind)]
    words = tuple(word for word, _ in behaviours)
    defaults = tuple(default for _, default in behaviours)
    return form("json_value", kind, value, *defaults, at=place(node), detail=(path, *words))


def _behaviour(reader: Reader, node: Node, kind: Any) -> tuple[str, Expression]:
    if node is None or node.NULL() is not None:
        return "NULL", Constant(type=kind, value=None)
    if node.ERROR() is not None:
        return "ERROR", Constant(type=kind, value=None)
    default = reader.read(node.expression())
    if not isinstance(default, Constant):
        raise error("NOT_SUPPORTED", "JSON_VALUE with a computed default is not supported by the local engine", node)
    return "DEFAULT", require(default, kind, f"Function json_value default result must be {kind}")


@reads("JsonQuery")
def _query(reader: Reader, node: Node) -> Expression:
    value, path = _invocation(reader, node.jsonPathInvocation())
    _text_only(node)
    wrapper = node.jsonQueryWrapperBehavior()
    word = "WITHOUT" if wrapper is None or wrapper.WITHOUT() is not None else "WITH"
    if word == "WITH" and wrapper.CONDITIONAL() is not None:
        word = "CONDITIONAL"
    omit = node.OMIT() is not None
    behaviours = (_words(node.emptyBehavior), _words(node.errorBehavior))
    return form("json_query", VARCHAR, value, at=place(node), detail=(path, word, omit, *behaviours))


def _words(node: Node) -> str:
    """NULL, ERROR, EMPTYARRAY or EMPTYOBJECT."""
    return "NULL" if node is None else str(node.getText()).upper()


def _text_only(node: Node) -> None:
    if node.type_() is not None and type_of(node.type_()) != VARCHAR:
        raise error(
            "NOT_SUPPORTED", "JSON text RETURNING other than varchar is not supported by the local engine", node
        )


@reads("JsonObject")
def _object(reader: Reader, node: Node) -> Expression:
    _text_only(node)
    parts: list[Expression] = []
    kinds = []
    for member in node.jsonObjectMember():
        key = reader.read(member.expression())
        if key.type.base != "varchar":
            raise error("TYPE_MISMATCH", f"Invalid type of JSON object key: {key.type}", member)
        value, kind = _member(reader, member.jsonValueExpression())
        parts += [require(key, VARCHAR, "Invalid type of JSON object key"), value]
        kinds.append(kind)
    return form("json_object", VARCHAR, *parts, at=place(node), detail=(tuple(kinds), node.ABSENT() is not None))


@reads("JsonArray")
def _array(reader: Reader, node: Node) -> Expression:
    _text_only(node)
    members = [_member(reader, part) for part in node.jsonValueExpression()]
    kinds = tuple(kind for _, kind in members)
    absent = not _nulls_kept(node)
    return form("json_array", VARCHAR, *(value for value, _ in members), at=place(node), detail=(kinds, absent))


def _nulls_kept(node: Node) -> bool:
    """NULL ON NULL: its words are children of the form itself."""
    words = [str(node.getChild(i).getText()).upper() for i in range(node.getChildCount())]
    return any(words[i : i + 3] == ["NULL", "ON", "NULL"] for i in range(len(words)))


def _member(reader: Reader, node: Node) -> tuple[Expression, str]:
    """A value and what it is in JSON: `json` where its text is JSON already, else its type."""
    value = reader.read(node.expression())
    if node.FORMAT() is not None:
        _check_text(value, node)
    if node.FORMAT() is not None or (isinstance(value, Form) and value.op in _MADE):
        return value, "json"
    if value.type.base not in _MEMBERS:
        raise error("NOT_SUPPORTED", f"JSON of {value.type} is not supported by the local engine", node)
    return value, value.type.base
