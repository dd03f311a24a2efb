"""How literals, names, arithmetic, casts and constructors are read."""

from __future__ import annotations

import json
import re

from athena_ds.local.seam import types
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import BIGINT, BOOLEAN, JSON, UNKNOWN, VARBINARY, VARCHAR, Type
from athena_ds.local.sql import literals
from athena_ds.local.sql.coercion import can_cast, can_coerce, common_type
from athena_ds.local.sql.correlation import require_separable
from athena_ds.local.sql.functions import resolve
from athena_ds.local.sql.operators import arithmetic
from athena_ds.local.sql.parse import Node, chain, identifier, label, parse_expression, place, source
from athena_ds.local.sql.reader import Reader, coerced, error, form, located, reads, unified
from athena_ds.local.sql.tree import Call, Cast, Constant, Expression, Subquery


@reads("Expression", "ValueExpressionDefault", "ParenthesizedExpression", "StandaloneExpression")
def _inner(reader: Reader, node: Node) -> Expression:
    return reader.read(node.getChild(1 if label(node) == "ParenthesizedExpression" else 0))


@reads("NullLiteral")
def _null(_: Reader, node: Node) -> Expression:
    return Constant(type=UNKNOWN, value=None, place=place(node))


@reads("BooleanLiteral")
def _boolean(_: Reader, node: Node) -> Expression:
    return Constant(type=BOOLEAN, value=node.getText().lower() == "true", place=place(node))


@reads("NumericLiteral")
def _number(_: Reader, node: Node) -> Expression:
    kind, value = literals.number(node.getText())
    return Constant(type=kind, value=value, place=place(node))


@reads("StringLiteral")
def _string(_: Reader, node: Node) -> Expression:
    value = string_value(node.string())
    return Constant(type=Type("varchar", (len(value),)), value=value, place=place(node))


def string_value(node: Node) -> str:
    """The value of the grammar's `string`."""
    if label(node) == "BasicStringLiteral":
        return literals.string(node.getText())
    escape = literals.string(node.STRING().getText()) if node.UESCAPE() else "\\"
    return literals.unicode_string(node.UNICODE_STRING().getText(), escape)


@reads("BinaryLiteral")
def _binary(_: Reader, node: Node) -> Expression:
    digits = "".join(node.getText()[2:-1].split())
    try:
        return Constant(type=VARBINARY, value=bytes.fromhex(digits), place=place(node))
    except ValueError:
        odd = len(digits) % 2
        message = (
            "Binary literal must contain an even number of digits"
            if odd
            else "Binary literal can only contain hexadecimal digits"
        )
        raise error("SYNTAX_ERROR", message, node) from None


@reads("IntervalLiteral", "Interval")
def _interval(_: Reader, node: Node) -> Expression:
    inner = node if label(node) == "Interval" else node.interval()
    fields = [part.getText().upper() for part in inner.intervalField()]
    negative = inner.sign is not None and inner.sign.text == "-"
    end = fields[1] if len(fields) > 1 else None
    kind, value = literals.interval(string_value(inner.string()), fields[0], end, negative=negative)
    return Constant(type=kind, value=value, place=place(node))


@reads("TypeConstructor")
def _typed(_: Reader, node: Node) -> Expression:
    word = "double" if node.DOUBLE() else identifier(node.identifier()).lower()
    text = string_value(node.string())
    found = literals.typed(word, text)
    if found is not None:
        return Constant(type=found[0], value=found[1], place=place(node))
    argument = Constant(type=Type("varchar", (len(text),)), value=text, place=place(node))
    if word == "json":
        _check_json(text, node)
        return Call(type=JSON, place=place(node), name="json_parse", signature="varchar(x)", arguments=(argument,))
    try:
        kind = types.parse(word)
    except ValueError:
        raise error("TYPE_NOT_FOUND", f"Unknown type: {word}", node) from None
    if kind.base == "interval":
        raise error("TYPE_NOT_FOUND", f"Unknown type: {word.upper()}", node)
    if not can_cast(argument.type, kind):
        raise error("INVALID_LITERAL", f"No literal form for type {kind}", node)
    if not literals.is_spelling(text, kind):
        raise error("INVALID_LITERAL", f"'{text}' is not a valid {kind.base.upper()} literal", node)
    return Cast(type=kind, place=place(node), argument=argument)


def _check_json(text: str, node: Node) -> None:
    try:
        json.loads(text)
    except ValueError:
        raise error("INVALID_LITERAL", f"'{text}' is not a valid JSON literal", node) from None


@reads("Parameter")
def _parameter(reader: Reader, node: Node) -> Expression:  # noqa: ARG001
    index = reader.session.used_parameters
    if index >= len(reader.session.parameters):
        raise EngineError(
            "INVALID_PARAMETER_USAGE", f"Incorrect number of parameters: expected {index + 1} but found {index}"
        )
    reader.session.used_parameters += 1
    return reader.read(reader.session.parameters[index])


def parameters(texts: tuple[str, ...]) -> tuple[Node, ...]:
    return tuple(parse_expression(text) for text in texts)


@reads("ColumnReference")
def _column(reader: Reader, node: Node) -> Expression:
    name = identifier(node.identifier())
    found = reader.scope.find((name,), place(node))
    if found is None:
        raise error("COLUMN_NOT_FOUND", f"Column '{name.lower()}' cannot be resolved", node)
    return found


@reads("Dereference")
def _dereference(reader: Reader, node: Node) -> Expression:
    parts = chain(node)
    found = reader.scope.find(parts, place(node)) if parts else None
    if found is not None:
        return found
    if parts and reader.scope.find(parts[:1], place(node)) is None and _base_missing(reader, node):
        raise error("COLUMN_NOT_FOUND", f"Column '{'.'.join(parts).lower()}' cannot be resolved", node)
    base = reader.read(node.base)
    name = identifier(node.fieldName).lower()
    if base.type.base != "row":
        raise error("TYPE_MISMATCH", f"Expression {source(node.base)} is not of type ROW", node.base)
    hits = [i for i, field in enumerate(base.type.names) if field is not None and field.lower() == name]
    if not hits:
        told = ".".join(parts) if parts else name
        raise error("INVALID_COLUMN_REFERENCE", f"Column reference '{told}' is invalid", node)
    if len(hits) > 1:
        raise error("AMBIGUOUS_NAME", f"Ambiguous row field reference: {name}", node.fieldName)
    return form("field", base.type.elements[hits[0]], base, at=place(node), detail=hits[0])


def _base_missing(reader: Reader, node: Node) -> bool:
    """Whether no prefix of `a.b.c` is a column, so that the whole is what can't be resolved."""
    while label(node) == "Dereference":
        node = node.base
        parts = chain(node)
        if parts and reader.scope.find(parts, place(node)) is not None:
            return False
    return True


@reads("ArithmeticBinary")
def _arithmetic(reader: Reader, node: Node) -> Expression:
    pair = reader.read(node.left), reader.read(node.right)
    return applied(node.operator.text, *pair, at=place(node))


def applied(operator: str, *arguments: Expression, at: tuple[int, int]) -> Expression:
    """An arithmetic operator on typed operands, coerced to what its signature takes."""
    found = arithmetic(operator, tuple(a.type for a in arguments))
    taken = tuple(coerced(a, kind) for a, kind in zip(arguments, found.arguments, strict=True))
    return form(operator, found.result, *taken, at=at, detail=found.signature.text)


@reads("ArithmeticUnary")
def _unary(reader: Reader, node: Node) -> Expression:
    value = reader.read(node.valueExpression())
    if node.operator.text == "+":
        if value.type.base not in _SIGNED:
            raise error("TYPE_MISMATCH", f"Unary '+' operator cannot by applied to {value.type} type", node)
        return value
    return applied("negate", value, at=place(node))


_SIGNED = (*types.INTEGERS, "real", "double")


@reads("Concatenation")
def _concatenation(reader: Reader, node: Node) -> Expression:
    pair = reader.read(node.left), reader.read(node.right)
    operator = node.CONCAT().symbol
    where = (operator.line, operator.column + 1)
    try:
        found = resolve("concat", [e.type for e in pair])
    except EngineError as failure:
        raise located(failure, where) from None
    taken = tuple(coerced(e, kind) for e, kind in zip(pair, found.arguments, strict=True))
    return Call(type=found.result, place=where, name="concat", signature=found.signature.text, arguments=taken)


@reads("Cast")
def _cast(reader: Reader, node: Node) -> Expression:
    kind = type_of(node.type_(), node)
    value = reader.read(node.expression())
    if kind == UNKNOWN:
        raise error("TYPE_MISMATCH", "UNKNOWN is not a valid type", node)
    if not can_cast(value.type, kind):
        raise error("TYPE_MISMATCH", f"Cannot cast {value.type} to {kind}", node)
    return Cast(type=kind, place=place(node), argument=value, safe=node.TRY_CAST() is not None)


def type_of(node: Node, of: Node | None = None) -> Type:
    """The type a type's text means; raises EngineError TYPE_MISMATCH, placed at what it is the type `of`."""
    at = of or node
    text = re.sub(r",\s*", ", ", source(node).replace("<", "(").replace(">", ")"))
    try:
        kind = types.parse(" ".join(text.replace("WITHOUT TIME ZONE", "").split()), folded=True)
    except ValueError:
        raise error("TYPE_MISMATCH", f"Unknown type: {text}", at) from None
    if kind.base == "decimal" and not (1 <= kind.precision <= 38 and 0 <= kind.scale <= kind.precision):
        words = f"DECIMAL precision must be in range [1, 38]: {kind.precision}"
        if 1 <= kind.precision <= 38:
            words = f"DECIMAL scale must be in range [0, precision ({kind.precision})]: {kind.scale}"
        raise EngineError("INVALID_FUNCTION_ARGUMENT", words)
    if kind.base in ("timestamp", "time") and kind.precision > 12:
        raise error("TYPE_MISMATCH", f"Unknown type: {text}", at)
    if any(int(length) > _LONGEST[base.lower()] for base, length in _LENGTHS.findall(text)):
        raise error("TYPE_MISMATCH", f"Unknown type: {text}", at)
    return kind


_LONGEST = {"varchar": 2**31 - 1, "char": 65_536}
_LENGTHS = re.compile(r"\b(varchar|char)\s*\(\s*(\d+)\s*\)", re.IGNORECASE)


@reads("ArrayConstructor")
def _array(reader: Reader, node: Node) -> Expression:
    elements, shared = unified(reader, node.expression(), "All ARRAY elements")
    return form("array", types.array(shared), *elements, at=place(node))


@reads("RowConstructor")
def _row(reader: Reader, node: Node) -> Expression:
    elements = reader.read_all(node.expression())
    return form("row", types.row(*((None, e.type) for e in elements)), *elements, at=place(node))


@reads("Subscript")
def _subscript(reader: Reader, node: Node) -> Expression:
    value, index = reader.read(node.value), reader.read(node.index)
    if value.type.base == "row":
        return _row_subscript(value, index, node)
    if value.type.base == "map":
        key, element = value.type.elements
        shared = common_type(key, index.type)
        if shared is None:
            raise error("TYPE_MISMATCH", f"Cannot use {index.type} for subscript of {value.type}", node)
        return form(
            "subscript", element, coerced(value, types.map_of(shared, element)), coerced(index, shared), at=place(node)
        )
    if value.type.base != "array":
        raise error("TYPE_MISMATCH", f"Cannot use {index.type} for subscript of {value.type}", node)
    if not can_coerce(index.type, BIGINT):
        raise error("TYPE_MISMATCH", f"Cannot use {index.type} for subscript of {value.type}", node)
    taken = coerced(index, BIGINT)
    return form("subscript", value.type.elements[0], value, taken, at=place(node))


def _row_subscript(value: Expression, index: Expression, node: Node) -> Expression:
    if not isinstance(index, Constant) or index.type != types.INTEGER or index.value is None:
        raise error("EXPRESSION_NOT_CONSTANT", "Subscript expression on ROW requires a constant index", node.index)
    size = len(value.type.elements)
    if index.value < 1:
        raise error(
            "INVALID_FUNCTION_ARGUMENT", f"Invalid subscript index: {index.value}. ROW indices start at 1", node.index
        )
    if index.value > size:
        raise error(
            "INVALID_FUNCTION_ARGUMENT",
            f"Subscript index out of bounds: {index.value}, max value is {size}",
            node.index,
        )
    return form("field", value.type.elements[index.value - 1], value, at=place(node), detail=index.value - 1)


@reads("SubqueryExpression")
def _subquery(reader: Reader, node: Node) -> Expression:
    query = require_separable(reader.query(node.query(), reader.scope.inner()), "scalar", node.query())
    kinds = [f.type for f in query.fields]
    kind = kinds[0] if len(kinds) == 1 else types.row(*((f.name, f.type) for f in query.fields))
    return Subquery(type=kind, place=place(node), kind="scalar", query=query)


@reads("Exists")
def _exists(reader: Reader, node: Node) -> Expression:
    query = require_separable(reader.query(node.query(), reader.scope.inner()), "exists", node)
    return Subquery(type=BOOLEAN, place=place(node), kind="exists", query=query)


@reads("CurrentUser", "CurrentCatalog", "CurrentSchema", "CurrentPath")
def _current(reader: Reader, node: Node) -> Expression:
    session = reader.session
    value = {"CurrentCatalog": session.catalog_name, "CurrentSchema": session.database, "CurrentPath": ""}.get(
        label(node), "local"
    )
    return Constant(type=VARCHAR, value=value, place=place(node))
