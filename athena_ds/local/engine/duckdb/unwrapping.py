"""Comparisons with a constant that is brought to the value's own type, where the value would have been cast."""

from __future__ import annotations

from athena_ds.local.engine.duckdb.casting import cast
from athena_ds.local.engine.duckdb.comparison import compare, unbroken
from athena_ds.local.engine.duckdb.physical import physical
from athena_ds.local.engine.duckdb.planner import Planner
from athena_ds.local.seam.types import Type
from athena_ds.local.sql.tree import Cast, Expression, Form
from athena_ds.local.sql.unwrapping import is_foldable, is_unwrapped

_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_UP = {">": ">=", ">=": ">=", "<": "<", "<=": "<"}
"""How to compare with a constant that was rounded up: what is above it was at least the rounded one."""
_DOWN = {">": ">", ">=": ">", "<": "<=", "<=": "<="}
_UNEQUAL = {"=": "false", "<>": "true"}


def unwrapped(planner: Planner, form: Form) -> str:
    """A comparison that `athena_ds.local.sql.unwrapping` marked."""
    left, right = form.arguments
    if is_unwrapped(left) and is_foldable(right):
        return _compared(planner, form.op, left, right)
    return _compared(planner, _FLIPPED.get(form.op, form.op), right, left)


def _compared(planner: Planner, operator: str, value: Expression, constant: Expression) -> str:
    if constant.type.base == "decimal":
        return _decimals(planner, operator, value, constant)
    if constant.type.base == "time":
        return _times(planner, operator, value, constant)
    sides = planner.expression(value), unbroken(planner.expression(constant), constant.type, planner.kernels)
    return compare(operator, constant.type, sides, planner.kernels)


def _decimals(planner: Planner, operator: str, value: Expression, constant: Expression) -> str:
    """The constant is rounded to the number's scale; which way it went decides what the comparison becomes."""
    assert isinstance(value, Cast)
    own = _decimal(value.argument.type)
    number = f"CAST({planner.expression(value.argument)} AS {physical(own)})"
    exact = planner.expression(constant)
    near = cast(planner, exact, constant.type, own)
    again = cast(planner, near, own, constant.type)
    if operator == "IS DISTINCT FROM":
        return f"CASE WHEN {again} <> {exact} THEN true ELSE {number} IS DISTINCT FROM {near} END"
    if operator in _UNEQUAL:
        known = f"CASE WHEN {number} IS NOT NULL THEN {_UNEQUAL[operator]} END"
        return f"CASE WHEN {again} <> {exact} THEN {known} ELSE {number} {operator} {near} END"
    return (
        f"CASE WHEN {again} > {exact} THEN {number} {_UP[operator]} {near}"
        f" WHEN {again} < {exact} THEN {number} {_DOWN[operator]} {near} ELSE {number} {operator} {near} END"
    )


def _times(planner: Planner, operator: str, value: Expression, constant: Expression) -> str:
    """A constant that rounds up to midnight becomes the midnight before, on Trino."""
    assert isinstance(value, Cast)
    exact = planner.expression(constant)
    near = cast(planner, exact, constant.type, value.argument.type)
    failed = planner.kernels.fail("NOT_SUPPORTED", "'A time compared with one that rounds to midnight'", constant.type)
    guarded = f"CASE WHEN {near} = TIME '00:00:00' AND {exact} > TIME '12:00:00' THEN {failed} ELSE {exact} END"
    return compare(operator, constant.type, (planner.expression(value), guarded), planner.kernels)


def _decimal(kind: Type) -> Type:
    """The decimal that holds every value of a number's type."""
    digits = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}.get(kind.base)
    return kind if digits is None else Type("decimal", (digits, 0))
