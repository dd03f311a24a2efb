"""New statements in the spirit of the table's: recombined, mutated, and made from every function's signature."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from tests.local.fidelity import constants, mutations
from tests.local.fidelity.geometries import Geometries
from tests.local.fidelity.harness import Case, cases
from tests.local.fidelity.parts import calls, kind_of, pools

T = TypeVar("T")
_SIGNATURES = Path(__file__).resolve().parents[3] / "athena_ds/local/sql/functions.jsonl"
_UNSTABLE = re.compile(
    r"\b(random|rand|uuid|now|current_\w+|localtime\w*|shuffle|show|explain|tpch|tablesample|merge|qdigest_agg)\b",
    re.IGNORECASE,
)
"""What answers otherwise each time, or is about the server asked."""


class Maker:
    """Statements without end, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        table = list(cases())
        self._common = [case for case in table if case["set"] == "common"]
        self._scalars = _called([case for case in table if case["family"] == "gen_scalar"])
        self._pools = pools(case["sql"] for case in table if case["family"] == "gen_scalar")
        self._signatures = [json.loads(line) for line in _SIGNATURES.read_text().splitlines()]
        self._mutation = mutations.Mutation(self._random, self._common)

    def statements(self, wanted: list[str]) -> Iterator[tuple[str, str]]:
        """Statements of the makes wanted, each with its make and without repeats."""
        makes: dict[str, Callable[[], str]] = {
            "scalar": self._scalar,
            "signature": self._signature,
            "columns": self._columns,
            "operator": self._operator,
            "cast": self._cast,
            "aggregate": self._aggregate,
            "common": lambda: self._mutation.mutated(self._pick(self._common)["sql"]),
        }
        usual = [*makes, "common", "common", "common"]
        makes["geospatial"] = Geometries(self._random).statement
        seen: set[str] = set()
        while True:
            make = self._pick(wanted or usual)
            sql = makes[make]()
            if sql not in seen and not _UNSTABLE.search(sql):
                seen.add(sql)
                yield make, sql

    def _pick(self, among: Sequence[T]) -> T:
        return self._random.choice(among)

    def _scalar(self) -> str:
        """A function of the table on other arguments of its own, or of their kinds."""
        name, arity, spelled = self._pick(self._scalars)
        return f"SELECT {spelled}({','.join(self._argument(name, place) for place in range(arity))})"

    def _argument(self, name: str, place: int) -> str:
        own = self._pools[name, place]
        if self._random.random() < 0.6:
            return self._pick(own)
        chosen = self._pick(own)
        kind = kind_of(chosen)
        if kind == "array" or kind not in constants.BY_KIND:
            kind, like = "array", [one for one in constants.BY_KIND["array"] if _shape(one) == _shape(chosen)]
            return self._pick(like) if like and chosen.startswith("ARRAY") else chosen
        return self._pick(constants.BY_KIND[kind])

    def _columns(self) -> str:
        """The same over columns of three rows, where nothing folds."""
        name, arity, spelled = self._pick([one for one in self._scalars if one[1] > 0])
        rows = [[self._argument(name, place) for place in range(arity)] for _ in range(3)]
        kept = [place for place in range(arity) if all(kind_of(row[place]) != "lambda" for row in rows)]
        inside = [f"c{place}" if place in kept else rows[0][place] for place in range(arity)]
        values = ",".join("(" + ",".join([str(i), *(row[place] for place in kept)]) + ")" for i, row in enumerate(rows))
        names = ",".join(["r", *(f"c{place}" for place in kept)])
        return f"SELECT r, {spelled}({','.join(inside)}) FROM (VALUES {values}) t({names}) ORDER BY r"

    def _signature(self) -> str:
        """A scalar function of any signature, on constants of its types."""
        one = self._pick([s for s in self._signatures if s["kind"] == "scalar" and s["deterministic"]])
        known = self._random.sample(sorted(constants.ELEMENTS), 3)
        return f"SELECT {one['name']}({','.join(self._typed(a, known) for a in _types(one['arguments']))})"

    def _typed(self, kind: str, known: list[str]) -> str:
        base = kind.partition("(")[0].strip()
        if kind.startswith("array("):
            inner = kind[6:-1]
            return f"ARRAY[{','.join(self._typed(inner, known) for _ in range(self._random.randint(0, 3)))}]"
        if kind.startswith("map("):
            key, value = _types(kind[4:-1])
            keys, values = self._typed(key, known), self._typed(value, known)
            return f"MAP(ARRAY[{keys}],ARRAY[{values}])"
        if kind.startswith("function("):
            return self._pick(constants.LAMBDAS[len(_types(kind[9:-1])) - 1])
        if base in ("t", "e", "k", "v", "u", "v1", "v2", "v3", "t1", "t2", "r", "s"):
            base = known[len(base + kind) % 2]
        return self._pick(constants.BY_KIND.get(constants.NAMED.get(base, base), constants.BY_KIND["varchar"]))

    def _operator(self) -> str:
        """An operator, or a function of two values of one type, between any two kinds of constant."""
        left, right = self._pick(constants.OPERANDS), self._pick(constants.OPERANDS)
        operator = self._pick(constants.OPERATORS)
        if operator in ("greatest", "least", "nullif", "coalesce"):
            return f"SELECT {operator}({left},{right})"
        return f"SELECT {left} {operator} {right}"

    def _cast(self) -> str:
        """A cast from any kind of constant to any type."""
        source, target = self._pick(constants.CAST_FROM), self._pick(constants.CAST_TO)
        return f"SELECT {self._pick(['CAST', 'CAST', 'TRY_CAST'])}({source} AS {target})"

    def _aggregate(self) -> str:
        """An aggregate over columns of its types, in one of the table's forms."""
        one = self._pick([s for s in self._signatures if s["kind"] == "aggregate"])
        arguments = _types(one["arguments"])
        known = self._random.sample(sorted(constants.COLUMNS), 3)
        if any(argument.startswith("function") for argument in arguments) or len(arguments) > 4:
            return self._operator()
        kinds = [self._column_kind(argument, known) for argument in arguments]
        names = "abcd"[: len(kinds)]
        call = f"{one['name']}({','.join(names)})"
        form = self._pick(constants.AGGREGATE_FORMS) if kinds else "SELECT {call} FROM {rows}"
        return form.format(call=call, name=one["name"], names=",".join(names), rows=self._rows(kinds, names))

    def _column_kind(self, argument: str, known: list[str]) -> str:
        base = argument.partition("(")[0].strip()
        named = constants.NAMED.get(base, base)
        return named if named in constants.COLUMNS else known[len(base) % 3]

    def _rows(self, kinds: list[str], names: str) -> str:
        if not kinds:
            return "(VALUES 1,2,3) t(a)"
        if self._random.random() < 0.15:
            nothing = ",".join(f"CAST(NULL AS {constants.SQL_TYPES[kind]})" for kind in kinds)
            return f"(VALUES ({nothing})) t({','.join(names)})"
        pool = [constants.COLUMNS[kind] for kind in kinds]
        shift = [self._random.randint(0, 4) for _ in kinds]
        rows = [[one[(i + s) % len(one)] for one, s in zip(pool, shift, strict=True)] for i in range(5)]
        values = ",".join("(" + ", ".join(row) + ")" for row in rows)
        return f"(VALUES {values}) t({','.join(names)})"


def _called(scalars: list[Case]) -> list[tuple[str, int, str]]:
    """Function, arity and spelling of the outermost call of each statement, without repeats."""
    found: dict[tuple[str, int], str] = {}
    for case in scalars:
        call = next(calls(case["sql"]), None)
        if call is not None:
            found[call.name.lower(), len(call.arguments)] = call.name
    return [(name, arity, spelled) for (name, arity), spelled in sorted(found.items())]


def _shape(array: str) -> str:
    return re.sub(r"\d+|'[^']*'|NULL,?|,", "", array)[:12]


def _types(arguments: str) -> list[str]:
    found: dict[int, str] = defaultdict(str)
    depth = at = 0
    for letter in arguments:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            at += 1
        else:
            found[at] += letter
    return [found[place].strip() for place in sorted(found) if found[place].strip()]
