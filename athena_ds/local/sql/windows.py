"""How window functions are read: OVER, named windows, frames."""

from __future__ import annotations

from collections.abc import Iterable

from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.types import BIGINT, INTEGERS, NUMBERS
from athena_ds.local.sql.coercion import is_comparable, is_orderable
from athena_ds.local.sql.functions import kind_of
from athena_ds.local.sql.matching import aggregate, matched, sort_key
from athena_ds.local.sql.operators import arithmetic
from athena_ds.local.sql.parse import Node, identifier, label, place
from athena_ds.local.sql.reader import Reader, coerced, error
from athena_ds.local.sql.spelled import spelled
from athena_ds.local.sql.tree import Aggregate, Cast, Constant, Expression, Frame, SortKey, Window
from athena_ds.local.sql.walk import walk

_IGNORES_NULLS = ("lag", "lead", "first_value", "last_value", "nth_value")


def read_window(reader: Reader, node: Node, name: str) -> Expression:
    """`function(...) OVER (...)`."""
    kind = kind_of(name)
    if kind == "scalar":
        raise EngineError("FUNCTION_NOT_WINDOW", f"Not a window function: {name}", line=1, column=1)
    function = _function(reader, node, name) if kind == "window" else aggregate(reader, node, name)
    if node.filter_() is not None:
        raise EngineError("NOT_SUPPORTED", "FILTER is not yet supported for window functions", line=1, column=1)
    _check_nesting(function.arguments, "window function arguments")
    partition, order, frame = _specification(reader, node.over())
    _check_kind(name, kind, node, ordered=bool(order), framed=frame is not None)
    ignores = node.nullTreatment() is not None and node.nullTreatment().IGNORE() is not None
    return Window(
        type=function.type,
        place=place(node),
        function=function,
        kind="window" if kind == "window" else "aggregate",
        partition=partition,
        order=order,
        frame=frame,
        ignore_nulls=ignores,
    )


_UNFRAMED = ("row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead")


def _function(reader: Reader, node: Node, name: str) -> Aggregate:
    if node.sortItem():
        raise error("NOT_SUPPORTED", "Only aggregation window functions with ORDER BY are supported", node)
    found, taken = matched(reader, name, list(node.expression()))
    if node.setQuantifier() is not None and node.setQuantifier().DISTINCT() is not None:
        words = f"Only aggregation window functions with DISTINCT are supported: {spelled(node)}"
        raise EngineError("NOT_SUPPORTED", words, line=1, column=1)
    return Aggregate(type=found.result, place=place(node), name=name, signature=found.signature.text, arguments=taken)


def _check_kind(name: str, kind: str | None, node: Node, *, ordered: bool, framed: bool) -> None:
    """What the ranking functions, `lag` and `lead` demand of their window, and who may leave NULLs out."""
    inside = node.over().windowSpecification() or node.over()
    if name in ("lag", "lead") and not ordered:
        raise error("MISSING_ORDER_BY", f"{name} function requires an ORDER BY window clause", inside)
    if framed and name in _UNFRAMED:
        words = f"Cannot specify window frame for {name} function"
        raise error("INVALID_WINDOW_FRAME", words, inside.windowFrame() or inside)
    if node.nullTreatment() is not None and (kind != "window" or name not in _IGNORES_NULLS):
        words = f"Cannot specify null treatment clause for {name} function"
        raise error("NULL_TREATMENT_NOT_ALLOWED", words, node)


_Parts = tuple[tuple[Expression, ...], tuple[SortKey, ...], Frame | None]


def _specification(reader: Reader, over: Node) -> _Parts:
    if over.windowName is not None:
        return _named(reader, over.windowName)
    return _read(reader, over.windowSpecification())


def _named(reader: Reader, node: Node) -> _Parts:
    name = identifier(node)
    found = reader.scope.windows.get(name.lower())
    if found is None:
        raise error("INVALID_WINDOW_REFERENCE", f"Cannot resolve WINDOW name {name}", node)
    scope = reader.scope
    while scope.parent is not None and scope.parent.windows is scope.windows:
        scope = scope.parent
    # ORDER BY sees the output's names before the columns, what WINDOW defines the columns alone.
    with reader.scoped(scope):
        return _read(reader, found)


def _read(reader: Reader, node: Node) -> _Parts:
    partition: tuple[Expression, ...] = ()
    order: tuple[SortKey, ...] = ()
    if node.existingWindowName is not None:
        partition, order, frame = _named(reader, node.existingWindowName)
        _check_extension(node, order, frame)
    if node.partition:
        partition = reader.read_all(node.partition)
        for expression, part in zip(partition, node.partition, strict=True):
            if not is_comparable(expression.type):
                raise error(
                    "TYPE_MISMATCH",
                    f"{expression.type} is not comparable, and therefore cannot be used"
                    " in window function PARTITION BY",
                    part,
                )
    order = tuple(_order_key(reader, item) for item in node.sortItem()) or order
    _check_nesting((*partition, *(key.expression for key in order)), "window specification")
    frame = _frame(reader, node.windowFrame(), order) if node.windowFrame() is not None else None
    return partition, order, frame


def _order_key(reader: Reader, item: Node) -> SortKey:
    key = sort_key(reader.read(item.expression()), item)
    if not is_orderable(key.expression.type):
        words = f"{key.expression.type} is not orderable, and therefore cannot be used in window function ORDER BY"
        raise error("TYPE_MISMATCH", words, item)
    return key


def _check_nesting(parts: Iterable[Expression], where: str) -> None:
    for part in parts:
        nested = next((e for e in walk(part) if isinstance(e, Window)), None)
        if nested is not None:
            words = f"Cannot nest window functions or row pattern measures inside {where}"
            raise error("NESTED_WINDOW", words, nested.place)


def _check_extension(node: Node, order: tuple[SortKey, ...], frame: Frame | None) -> None:
    """What a specification that names another may add to it."""
    words = "WINDOW specification with named WINDOW reference cannot specify PARTITION BY"
    if node.partition:
        raise error("INVALID_PARTITION_BY", words, node.partition[0])
    if order and node.sortItem():
        words = "Cannot specify ORDER BY if referenced named WINDOW specifies ORDER BY"
        raise error("INVALID_ORDER_BY", words, node.ORDER())
    if frame is not None:
        raise error("INVALID_WINDOW_REFERENCE", "Cannot reference named WINDOW containing frame specification", node)


_BOUNDS = ("UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW", "FOLLOWING", "UNBOUNDED FOLLOWING")


def _frame(reader: Reader, node: Node, order: tuple[SortKey, ...]) -> Frame:
    extent = node.frameExtent()
    if node.PATTERN() is not None or node.MEASURES() is not None:
        raise error("NOT_SUPPORTED", "Pattern recognition is not supported by the local engine", node)
    unit = extent.frameType.text.upper()
    start = _bound(reader, extent.start_bound if hasattr(extent, "start_bound") else extent.frameBound(0), unit, order)
    end = (
        _bound(reader, extent.frameBound(1), unit, order) if extent.frameBound(1) is not None else ("CURRENT ROW", None)
    )
    if start[0] == _BOUNDS[4]:
        raise error("INVALID_WINDOW_FRAME", "Window frame start cannot be UNBOUNDED FOLLOWING", node)
    if end[0] == _BOUNDS[0]:
        raise error("INVALID_WINDOW_FRAME", "Window frame end cannot be UNBOUNDED PRECEDING", node)
    if _BOUNDS.index(start[0]) > _BOUNDS.index(end[0]):
        raise error("INVALID_WINDOW_FRAME", f"Window frame starting from {start[0]} cannot end with {end[0]}", node)
    if unit == "GROUPS" and not order and (start[1] is not None or end[1] is not None):
        words = "Window frame of type GROUPS PRECEDING or FOLLOWING requires ORDER BY"
        raise error("MISSING_ORDER_BY", words, node.parentCtx)
    return Frame(unit=unit, start=start, end=end)


def _bound(reader: Reader, node: Node, unit: str, order: tuple[SortKey, ...]) -> tuple[str, Expression | None]:
    kind = label(node)
    if kind == "CurrentRowBound":
        return "CURRENT ROW", None
    word = node.boundType.text.upper()
    if kind == "UnboundedFrame":
        return f"UNBOUNDED {word}", None
    value = reader.read(node.expression())
    if unit == "RANGE":
        _check_range(node, order)
        _check_distance(node.expression(), order[0].expression, value, "-" if word == "PRECEDING" else "+")
        return word, value
    if value.type.base not in INTEGERS and (value.type.base != "decimal" or value.type.arguments[1]):
        side = "end" if node.parentCtx.frameBound(1) is node else "start"
        raise error(
            "TYPE_MISMATCH",
            f"Window frame {unit} {side} value type must be exact numeric type with scale 0 (actual {value.type})",
            node.expression(),
        )
    return word, _rows(value)


_MOST_ROWS = 2**63 - 1


def _rows(value: Expression) -> Expression:
    """How many rows a frame reaches; no partition has as many as a bigint can't hold."""
    if value.type.base != "decimal":
        return coerced(value, BIGINT)
    if isinstance(value, Constant) and value.value is not None:
        return Constant(type=BIGINT, place=value.place, value=min(int(value.value), _MOST_ROWS))
    return Cast(type=BIGINT, place=value.place, argument=value)


def _check_range(node: Node, order: tuple[SortKey, ...]) -> None:
    window = node.parentCtx.parentCtx.parentCtx
    if not order:
        raise error("MISSING_ORDER_BY", "Window frame of type RANGE PRECEDING or FOLLOWING requires ORDER BY", window)
    if len(order) > 1:
        raise error(
            "INVALID_ORDER_BY",
            "Window frame of type RANGE PRECEDING or FOLLOWING requires single sort item in ORDER BY"
            f" (actual: {len(order)})",
            window.ORDER() or window,
        )


_POINTS = ("date", "time", "timestamp", "interval")


def _check_distance(node: Node, key: Expression, offset: Expression, operator: str) -> None:
    """A number moves by numbers, a point in time or an interval by intervals."""
    number = key.type.base in NUMBERS
    if not number and not key.type.base.startswith(_POINTS):
        message = (
            "Window frame of type RANGE PRECEDING or FOLLOWING requires that sort item type be numeric,"
            f" datetime or interval (actual: {key.type})"
        )
        raise error("TYPE_MISMATCH", message, key.place)
    fits = offset.type.base in NUMBERS if number else offset.type.base.startswith("interval")
    try:
        if fits:
            arithmetic(operator, (key.type, offset.type))
            return
    except EngineError:
        pass
    message = f"Window frame RANGE value type ({offset.type}) not compatible with sort item type ({key.type})"
    raise error("TYPE_MISMATCH", message, node)
