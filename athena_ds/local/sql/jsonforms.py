"""How JSON_EXISTS, JSON_VALUE, JSON_QUERY, JSON_OBJECT and JSON_ARRAY are read."""

from __future__ import annotations

from typing import Any

from athena_ds.local.seam.types import BOOLEAN, DOUBLE, VARCHAR
from athena_ds.local.sql.expressions import string_value, type_of
from athena_ds.local.sql.jsonpath import Path, read_path
from athena_ds.local.sql.parse import Node, identifier, place
from athena_ds.local.sql.reader import Reader, error, form, reads, require
from athena_ds.local.sql.tree import Call, Cast, Constant, Expression, Form

_TEXTS = ("varchar", "char", "unknown")
_VALUES = ("varchar", "bigint", "integer", "smallint", "tinyint", "double", "boolean")
_SCALARS = (*_VALUES, "char", "decimal", "real", "date", "time", "timestamp")
_MEMBERS = ("varchar", "bigint", "integer", "smallint", "tinyint", "double", "boolean", "unknown", "decimal")
_AS_TEXT = ("char", "date", "time", "timestamp", "uuid", "ipaddress", "interval", "json")
"""Types whose values become JSON strings, as CAST to varchar writes them."""
_MADE = ("json_object", "json_array", "json_query")


def _invocation(reader: Reader, node: Node) -> tuple[Expression, Path, tuple[Expression, ...]]:
    """The document, the path, and what is passed to it."""
    inner = node.jsonValueExpression()
    value = reader.read(inner.expression())
    _check_text(value, inner)
    passed = [_passed(reader, argument) for argument in node.jsonArgument()]
    names = tuple(name for name, _, _ in passed)
    documents = tuple(name for name, _, document in passed if document)
    path = read_path(string_value(node.path), names, documents)
    return require(value, VARCHAR, "Cannot read input as JSON"), path, tuple(given for _, given, _ in passed)


def _passed(reader: Reader, node: Node) -> tuple[str, Expression, bool]:
    """A name of PASSING, in capitals unless it is quoted; its value, and whether that is a document."""
    name = identifier(node.identifier())
    inner = node.jsonValueExpression()
    value = reader.read(inner.expression())
    document = inner.FORMAT() is not None
    if document:
        _check_text(value, inner)
    if value.type.base not in (*_VALUES, "char", "decimal", "unknown"):
        raise error("NOT_SUPPORTED", f"PASSING {value.type} is not supported by the local engine", node)
    return name if str(node.identifier().getText()).startswith('"') else name.upper(), value, document


def _check_text(value: Expression, node: Node) -> None:
    if value.type.base not in _TEXTS:
        name = "NOT_SUPPORTED" if value.type.base == "varbinary" else "TYPE_MISMATCH"
        raise error(name, f"Cannot read input of type {value.type} as JSON using formatting JSON", node)


@reads("JsonExists")
def _exists(reader: Reader, node: Node) -> Expression:
    value, path, passed = _invocation(reader, node.jsonPathInvocation())
    behaviour = node.jsonExistsErrorBehavior()
    word = behaviour.getText().upper() if behaviour is not None else "FALSE"
    return form("json_exists", BOOLEAN, value, *passed, at=place(node), detail=(path, word))


@reads("JsonValue")
def _value(reader: Reader, node: Node) -> Expression:
    value, path, passed = _invocation(reader, node.jsonPathInvocation())
    kind = type_of(node.type_()) if node.type_() is not None else VARCHAR
    if kind.base not in _SCALARS:
        raise error("TYPE_MISMATCH", f"Invalid return type of function JSON_VALUE: {kind}", node)
    if kind.base not in (*_VALUES, "char", "decimal", "date"):
        raise error("NOT_SUPPORTED", f"JSON_VALUE RETURNING {kind} is not supported by the local engine", node)
    behaviours = [_behaviour(reader, node.emptyBehavior, kind), _behaviour(reader, node.errorBehavior, kind)]
    words = tuple(word for word, _ in behaviours)
    defaults = tuple(default for _, default in behaviours)
    return form("json_value", kind, value, *defaults, *passed, at=place(node), detail=(path, *words))


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
    value, path, passed = _invocation(reader, node.jsonPathInvocation())
    wrapper = node.jsonQueryWrapperBehavior()
    word = "WITHOUT" if wrapper is None or wrapper.WITHOUT() is not None else "WITH"
    if word == "WITH" and wrapper.CONDITIONAL() is not None:
        word = "CONDITIONAL"
    omit = node.OMIT() is not None
    behaviours = (_words(node.emptyBehavior), _words(node.errorBehavior))
    made = form("json_query", VARCHAR, value, *passed, at=place(node), detail=(path, word, omit, *behaviours))
    return _returned(made, node)


def _words(node: Node) -> str:
    """NULL, ERROR, EMPTYARRAY or EMPTYOBJECT."""
    return "NULL" if node is None else str(node.getText()).upper()


def _returned(made: Form, node: Node) -> Expression:
    """The text in the type RETURNING names: a varchar or char, cut where it is too long, or bytes of UTF-8."""
    if node.type_() is None:
        return made
    kind = type_of(node.type_())
    told = node.jsonRepresentation()
    utf8 = told is None or told.ENCODING() is None or told.UTF8() is not None
    if kind.base == "varbinary" and utf8:
        signature = "varchar(x)"
        return Call(type=kind, place=made.place, name="to_utf8", signature=signature, arguments=(made,))
    if kind.base not in ("varchar", "char"):
        raise error("NOT_SUPPORTED", f"JSON text RETURNING {kind} is not supported by the local engine", node)
    return made if kind == VARCHAR else Cast(type=kind, place=made.place, argument=made)


@reads("JsonObject")
def _object(reader: Reader, node: Node) -> Expression:
    parts: list[Expression] = []
    kinds = []
    for member in node.jsonObjectMember():
        key = reader.read(member.expression())
        if key.type.base != "varchar":
            raise error("TYPE_MISMATCH", f"Invalid type of JSON object key: {key.type}", member)
        value, kind = _member(reader, member.jsonValueExpression(), node, "JSON_OBJECT")
        parts += [require(key, VARCHAR, "Invalid type of JSON object key"), value]
        kinds.append(kind)
    unique = node.UNIQUE() is not None and node.WITHOUT() is None
    if unique and "json" in kinds:
        words = "WITH UNIQUE KEYS behavior is not supported for JSON_OBJECT function when input expression has FORMAT"
        raise error("NOT_SUPPORTED", words, node)
    detail = tuple(kinds), node.ABSENT() is not None, unique
    return _returned(form("json_object", VARCHAR, *parts, at=place(node), detail=detail), node)


@reads("JsonArray")
def _array(reader: Reader, node: Node) -> Expression:
    members = [_member(reader, part, node, "JSON_ARRAY") for part in node.jsonValueExpression()]
    kinds = tuple(kind for _, kind in members)
    absent = not _nulls_kept(node)
    made = form("json_array", VARCHAR, *(value for value, _ in members), at=place(node), detail=(kinds, absent))
    return _returned(made, node)


def _nulls_kept(node: Node) -> bool:
    """NULL ON NULL: its words are children of the form itself."""
    words = [str(node.getChild(i).getText()).upper() for i in range(node.getChildCount())]
    return any(words[i : i + 3] == ["NULL", "ON", "NULL"] for i in range(len(words)))


def _member(reader: Reader, node: Node, whole: Node, made: str) -> tuple[Expression, str]:
    """A value and what it is in JSON: `json` where its text is JSON already, else its type."""
    value = reader.read(node.expression())
    if node.FORMAT() is not None:
        _check_text(value, node)
    if node.FORMAT() is not None or (isinstance(value, Form) and value.op in _MADE):
        return value, "json"
    if value.type.base.startswith(_AS_TEXT):
        return Cast(type=VARCHAR, argument=value, place=value.place), "varchar"
    if value.type.base == "real":
        # The shortest decimal of the real itself, not of the double nearest to it.
        return Cast(type=DOUBLE, argument=Cast(type=VARCHAR, argument=value)), "double"
    if value.type.base not in _MEMBERS:
        raise error("NOT_SUPPORTED", f"Unsupported type of value passed to {made} function: {value.type}", whole)
    return value, value.type.base
