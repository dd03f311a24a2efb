"""A statement as an analyst wrote it, changed in one to three places into another an analyst might write."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from tests.local.fidelity.constants import BY_KIND, CAST_TO
from tests.local.fidelity.harness import Case
from tests.local.fidelity.oracle import pieces
from tests.local.fidelity.parts import calls, kind_of, pools

_SWAPS = (
    ("+", "-", "*", "/", "%"),
    ("=", "<>", "<", "<=", ">", ">="),
    ("AND", "OR"),
    ("UNION", "INTERSECT", "EXCEPT"),
    ("LEFT", "RIGHT", "FULL", "INNER"),
    ("DESC", "ASC"),
    ("ROWS", "RANGE", "GROUPS"),
    ("min", "max", "sum", "avg", "count", "array_agg", "stddev", "approx_distinct", "min_by", "arbitrary"),
    ("rank", "dense_rank", "row_number", "percent_rank", "cume_dist"),
    ("lag", "lead", "first_value", "last_value", "nth_value"),
    ("date", "timestamp"),
    ("year", "month", "day", "hour", "week", "quarter", "second", "minute", "millisecond"),
    ("ROLLUP", "CUBE"),
    ("true", "false", "NULL"),
)
_WRAPS = (
    "typeof({})",
    "CAST({} AS VARCHAR)",
    "try({})",
    "coalesce({}, NULL)",
    "({}) IS NULL",
    "ARRAY[{}]",
    "json_format(CAST({} AS JSON))",
    "format('%s', {})",
    "CAST({} AS JSON)",
    "ROW({}, 1)",
    "if({} IS NOT NULL, 1, 0)",
    "count({})",
    "CASE WHEN true THEN {} END",
    "{} = {}",
    "max({})",
    "TRY_CAST({} AS DOUBLE)",
    "TRY_CAST({} AS VARCHAR(5))",
)
_NUMBERS = (
    *("0", "1", "2", "3", "5", "10", "-1", "100", "2147483647", "2147483648", "9223372036854775807"),
    *("1.5", "0.1", "2.50", "1e0", "0.5e0", "-2.5e0", "1e10"),
)
_TYPED = re.compile(
    r"DATE|TIMESTAMP|TIME|INTERVAL|DECIMAL|REAL|BIGINT|SMALLINT|TINYINT|JSON|X|UUID|IPADDRESS", re.IGNORECASE
)


class Mutation:
    """Changes statements, from what the others of their function hold."""

    def __init__(self, chance: random.Random, table: Sequence[Case]) -> None:
        self._random = chance
        self._pools = pools(case["sql"] for case in table)
        self._texts: dict[str, list[str]] = defaultdict(list)
        for case in table:
            self._texts[case["function"]] += [p for p in pieces(case["sql"]) if p.startswith("'")]
        self._typed = _typed_literals(case["sql"] for case in table)
        self._functions = {case["sql"]: case["function"] for case in table}

    def mutated(self, sql: str) -> str:
        """Another statement; now and then a broken one, as people write too."""
        ways: list[Callable[[str, str], str]] = [
            self._argument,
            self._argument,
            self._text,
            self._text,
            self._number,
            self._word,
            self._typed_literal,
            self._cast,
            self._wrapped,
            self._column,
            self._call,
        ]
        function, changed = self._functions[sql], sql
        for _ in range(self._random.choice((1, 1, 2, 2, 3))):
            changed = self._random.choice(ways)(changed, function)
        return changed if changed != sql else self._wrapped(changed, function)

    def _argument(self, sql: str, function: str) -> str:
        """An argument another call of the same function had there."""
        found = [call for call in calls(sql) if call.arguments]
        if not found:
            return sql
        call = self._random.choice(found)
        place = self._random.randrange(len(call.arguments))
        pool = self._pools.get((call.name.lower(), place), [])
        kind = kind_of(call.arguments[place])
        if kind in BY_KIND and self._random.random() < 0.4:
            pool = BY_KIND[kind]
        if not pool:
            return sql
        arguments = list(call.arguments)
        arguments[place] = self._random.choice(pool)
        return call.text(call.name, arguments)

    def _text(self, sql: str, function: str) -> str:
        """A string from another statement about the same thing, or an edge."""
        found = pieces(sql)
        places = [i for i, piece in enumerate(found) if piece.startswith("'") and not _typed_before(found, i)]
        if not places:
            return self._argument(sql, function)
        place = self._random.choice(places)
        pool = self._texts[function] if self._random.random() < 0.7 else BY_KIND["varchar"]
        found[place] = self._random.choice(pool or BY_KIND["varchar"])
        return "".join(found)

    def _number(self, sql: str, function: str) -> str:
        found = pieces(sql)
        places = [i for i, piece in enumerate(found) if piece[0].isdigit()]
        if not places:
            return self._text(sql, function)
        found[self._random.choice(places)] = self._random.choice(_NUMBERS)
        return "".join(found)

    def _word(self, sql: str, function: str) -> str:
        """An operator, a keyword or a function in place of another of its sort."""
        found = pieces(sql)
        places = [(i, sort) for i, piece in enumerate(found) for sort in _SWAPS if piece in sort]
        if not places:
            return self._number(sql, function)
        place, sort = self._random.choice(places)
        found[place] = self._random.choice(sort)
        return "".join(found)

    def _typed_literal(self, sql: str, function: str) -> str:
        found = pieces(sql)
        places = [i for i, piece in enumerate(found) if piece.startswith("'") and _typed_before(found, i)]
        if not places:
            return self._word(sql, function)
        place = self._random.choice(places)
        kind = _typed_before(found, place)
        found[place] = self._random.choice(self._typed[kind] or ["''"])
        return "".join(found)

    def _cast(self, sql: str, function: str) -> str:
        found = [call for call in calls(sql) if call.name.upper() in ("CAST", "TRY_CAST") and len(call.arguments) == 1]
        if not found:
            return self._argument(sql, function)
        call = self._random.choice(found)
        value = re.split(r"\s+AS\s+", call.arguments[0], flags=re.I)[0]
        return call.text(self._random.choice((call.name, "TRY_CAST")), [f"{value} AS {self._random.choice(CAST_TO)}"])

    def _wrapped(self, sql: str, function: str) -> str:
        """The whole of a one-value statement, or a call in it, inside another expression."""
        wrap = self._random.choice(_WRAPS)
        plain = re.fullmatch(r"SELECT (.*)", sql, re.DOTALL)
        if plain and " FROM " not in sql and not re.search(r"\bas\b(?![^(]*\))", sql, re.I):
            return "SELECT " + wrap.replace("{}", plain[1])
        found = list(calls(sql))
        if not found:
            return sql
        call = self._random.choice(found)
        return call.before + wrap.replace("{}", f"{call.name}({','.join(call.arguments)})") + call.after

    def _column(self, sql: str, function: str) -> str:
        """Constants of a call as columns of one row, where nothing folds."""
        found = [call for call in calls(sql) if call.before.strip().upper() == "SELECT" and not call.after.strip()]
        if not found:
            return self._argument(sql, function)
        call, places = found[0], []
        arguments = list(call.arguments)
        for place, argument in enumerate(arguments):
            if kind_of(argument) not in ("lambda", "expression"):
                places.append(argument)
                arguments[place] = f"c{place}"
        if not places:
            return sql
        names = ",".join(argument for argument in arguments if re.fullmatch(r"c\d", argument))
        return f"SELECT {call.name}({','.join(arguments)}) FROM (VALUES ({','.join(places)})) t({names})"

    def _call(self, sql: str, function: str) -> str:
        """One argument more or less."""
        found = [call for call in calls(sql) if call.arguments]
        if not found or self._random.random() < 0.7:
            return self._typed_literal(sql, function)
        call = self._random.choice(found)
        fewer = call.arguments[:-1]
        more = (*call.arguments, self._random.choice(self._random.choice(list(BY_KIND.values()))))
        return call.text(call.name, self._random.choice((fewer, more)))


def _typed_before(found: list[str], place: int) -> str:
    before = found[place - 2] if place > 1 and found[place - 1] == " " else found[place - 1] if place else ""
    return before.upper() if _TYPED.fullmatch(before) else ""


def _typed_literals(statements: Iterable[str]) -> dict[str, list[str]]:
    typed: dict[str, list[str]] = defaultdict(list)
    for sql in statements:
        found = pieces(sql)
        for place, piece in enumerate(found):
            if piece.startswith("'") and (kind := _typed_before(found, place)):
                typed[kind].append(piece)
    return typed
