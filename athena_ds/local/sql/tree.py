"""A query with its meaning settled: every name is a symbol, every expression has its Trino type and its place.

It knows nothing of an engine. Columns, lambda variables and group keys are symbols: numbers unique in an analysis,
so no scope is left to resolve. Coercions are explicit (`Cast`). Places do not count when expressions are compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from athena_ds.local.seam.engine import Table
from athena_ds.local.seam.types import Type

Place = tuple[int, int]
"""Line and column of the statement, both from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """Anything that has a value."""

    type: Type
    place: Place = field(default=(1, 1), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant(Expression):
    """A value known from the text: bool, int, float, Decimal, str, bytes; for dates, times and zones their text.

    Intervals are milliseconds or months; None is NULL.
    """

    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol(Expression):
    """A column of the relation below (or around), or a lambda's variable. `text`: as it was written."""

    number: int
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Expression):
    """A resolved scalar function; arguments already have the types it takes."""

    name: str
    signature: str
    arguments: tuple[Expression, ...]
    deterministic: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Expression):
    """An operator or special form: `+`, `and`, `case`, `subscript`, ...; `detail` where arguments don't tell all."""

    op: str
    arguments: tuple[Expression, ...]
    detail: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast(Expression):
    argument: Expression
    safe: bool = False
    explicit: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Lambda(Expression):
    """`type` is `function(parameter types..., result)`."""

    parameters: tuple[int, ...]
    body: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class SortKey:
    expression: Expression
    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate(Expression):
    name: str
    signature: str
    arguments: tuple[Expression, ...]
    distinct: bool = False
    condition: Expression | None = None
    order: tuple[SortKey, ...] = ()
    detail: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """`unit` is ROWS, RANGE or GROUPS; a bound is (UNBOUNDED PRECEDING | PRECEDING | CURRENT ROW | ..., value)."""

    unit: str
    start: tuple[str, Expression | None]
    end: tuple[str, Expression | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Expression):
    function: Aggregate
    kind: Literal["aggregate", "window"]
    partition: tuple[Expression, ...] = ()
    order: tuple[SortKey, ...] = ()
    frame: Frame | None = None
    ignore_nulls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subquery(Expression):
    """`kind` scalar | exists | in. `value`: the left side of IN, `element` the type both its sides have.

    `joined`: an IN that WHERE demands by itself. Trino makes a join of it, which compares with `=`.
    """

    kind: Literal["scalar", "exists", "in"]
    query: Relation
    value: Expression | None = None
    element: Type | None = None
    joined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column of a relation: its symbol, and the names it may be called by."""

    number: int
    type: Type
    name: str | None = None
    qualifier: tuple[str, ...] = ()
    hidden: bool = False
    origin: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Anything that has rows."""

    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan(Relation):
    """A table; a field's `name` is the table's column."""

    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Values(Relation):
    rows: tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Relation):
    """Exactly `expressions`, one for each field."""

    source: Relation
    expressions: tuple[Expression, ...]
    distinct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(Relation):
    source: Relation
    condition: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(Relation):
    """`kind` inner | left | right | full | cross; `lateral`: the right side may use the left's columns."""

    kind: str
    left: Relation
    right: Relation
    condition: Expression | None = None
    lateral: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unnest(Relation):
    """Rows from arrays and maps, side by side; one field or more for each (a row's fields, a map's key and value)."""

    expressions: tuple[Expression, ...]
    ordinality: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers(Relation):
    """`TABLE(sequence(...))`: whole numbers from `start` to `stop`, which is one of them where `step` meets it."""

    start: int
    stop: int
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregation(Relation):
    """Groups by symbols of the source. Fields: the keys, then the aggregates. `sets`: indexes of keys, one each."""

    source: Relation
    keys: tuple[int, ...]
    sets: tuple[tuple[int, ...], ...]
    aggregates: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOperation(Relation):
    """`kind` union | intersect | except. Inputs have the fields' types already, in order."""

    kind: str
    distinct: bool
    inputs: tuple[Relation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort(Relation):
    """Ordered rows, then an offset and a limit; `ties`: FETCH ... WITH TIES."""

    source: Relation
    keys: tuple[SortKey, ...] = ()
    offset: int = 0
    limit: int | None = None
    ties: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recursive(Relation):
    """WITH RECURSIVE: `step` reads `name` through a Recursion; rows of base and step have the fields' types."""

    name: str
    base: Relation
    step: Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Recursion(Relation):
    """The rows of the step before, inside a recursive query."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(Relation):
    source: Relation
    method: str
    percentage: float
