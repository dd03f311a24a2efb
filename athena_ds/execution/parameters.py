"""Named and positional parameters -> `?` in the SQL and execution parameters beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from ..errors import ParameterError
from .literals import literal

Parameters = Sequence[object] | Mapping[str, object]
"""A list for `?`, a dict for `:name`; arrays and Series of numpy and pandas count as lists."""

# Text in quotes, quoted names and comments are stepped over; `::` is no parameter, nor is `:` inside a JSON path.
_TOKEN = re.compile(
    r"""(?sx)
    (?P<skip> '(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*` | --[^\n]* | /\*.*?\*/ | :: )
    | (?P<question> \? )
    | (?<![\w:]) : (?P<name> [A-Za-z_]\w* )
    """
)
# The places of a prepared statement are in the statement that Athena keeps.
_EXECUTE = re.compile(r"\s*EXECUTE\s", re.IGNORECASE)
_QUERY = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/|\()*(?:SELECT|WITH|VALUES|TABLE)\b", re.IGNORECASE | re.DOTALL)
_SEQUENCES = (list, tuple, set, frozenset, range)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A statement with `?` only, and the literals for them in order."""

    sql: str
    parameters: tuple[str, ...] = ()


def bind(sql: str, parameters: Parameters | None = None) -> Bound:
    """Bind values to a statement: a mapping to its `:name`s, a sequence to its `?`s. A list stands for the items of IN.

    Raises:
        ParameterError: When places and values do not match, or a value has no literal.
    """
    if parameters is None:
        return Bound(sql=sql)
    if isinstance(parameters, str | bytes):
        remedy = "Put a single value into a list: parameters=['text']."
        raise ParameterError("Parameters are a list or a dict, not one text.", remedy=remedy)
    if isinstance(parameters, Mapping):
        return _named(sql, parameters)
    values = _sequence(parameters)
    if values is None:
        remedy = f"Put a single value into a list: parameters=[{parameters!r}]."
        raise ParameterError(f"Parameters are a list or a dict, not {type(parameters).__name__}.", remedy=remedy)
    return _positional(sql, values)


def unbound(sql: str) -> list[str]:
    """The places of a statement that want a value: `?` and `:name`."""
    return [found["question"] or f":{found['name']}" for found in _places(sql)]


def is_query(sql: str) -> bool:
    """Whether a statement gives rows and can stand in brackets: its first word, after comments and brackets, tells."""
    return bool(_QUERY.match(sql))


def _sequence(value: object) -> list[object] | None:
    """The items of what stands for several values; None for a single one."""
    if isinstance(value, _SEQUENCES):
        return list(value)
    if type(value).__module__.partition(".")[0] in ("numpy", "pandas") and getattr(value, "ndim", 0) == 1:
        return list(cast("Iterable[object]", value))
    return None


def _named(sql: str, values: Mapping[str, object]) -> Bound:
    places = [found["name"] for found in _places(sql) if found["name"]]
    missing = sorted(set(places) - set(values))
    unused = sorted(set(map(str, values)) - set(places))
    if any(found["question"] for found in _places(sql)):
        raise ParameterError("The statement has ? while the parameters have names.", remedy="Write :name instead of ?.")
    if missing or unused:
        raise ParameterError(_mismatch(missing, unused), remedy="Give each :name of the statement one value.")
    return _filled(sql, named=values)


def _positional(sql: str, values: list[object]) -> Bound:
    count = sum(1 for found in _places(sql) if found["question"])
    if count != len(values) and not _EXECUTE.match(sql):
        # Athena would ignore what is too much without a word.
        said = f"The statement has {_of(count, 'place')} (?) and {_of(len(values), 'parameter')}."
        raise ParameterError(said, remedy="Give as many parameters as there are ?; a ? inside quotes is text.")
    return _filled(sql, positional=values)


def _filled(sql: str, *, named: Mapping[str, object] | None = None, positional: Sequence[object] = ()) -> Bound:
    """The statement with `?` for its places. Without names, `:name` stays what it is."""
    written: list[str] = []
    rest = iter(positional)

    def place(found: re.Match[str]) -> str:
        if found["skip"] or (found["name"] and named is None):
            return found[0]
        value = named[found["name"]] if named is not None else next(rest)
        several = _sequence(value)
        items = [literal(value)] if several is None else _items(several, found["name"] or f"{len(positional)}")
        written.extend(items)
        marks = ", ".join("?" * len(items))
        return f"({marks})" if several is not None and not _in_brackets(sql, found) else marks

    text = _TOKEN.sub(place, sql)
    return Bound(sql=text, parameters=(*written, *(literal(value) for value in rest)))


def _items(values: list[object], name: str) -> list[str]:
    items = [literal(each) for each in values]
    if not items:
        remedy = "Leave the condition out when there is nothing to look for: neither IN () nor IN (NULL) means that."
        raise ParameterError(f"The list for parameter {name!r} is empty.", remedy=remedy)
    return items


def _in_brackets(sql: str, found: re.Match[str]) -> bool:
    """Whether the place already stands alone in brackets, as in `IN (?)`, or among other items."""
    before, after = sql[: found.start()].rstrip(), sql[found.end() :].lstrip()
    return before.endswith(("(", ",")) and after.startswith((")", ","))


def _places(sql: str) -> Iterator[re.Match[str]]:
    return (found for found in _TOKEN.finditer(sql) if not found["skip"])


def _mismatch(missing: Sequence[str], unused: Sequence[str]) -> str:
    said = []
    if missing:
        said.append(f"no value is given for {', '.join(':' + name for name in missing)}")
    if unused:
        said.append(f"the statement has no {', '.join(':' + name for name in unused)}")
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def _of(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
