"""Expressions of every kind of value: templates whose `{kind}` holes are filled with columns, constants, or others."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Draw = Callable[..., Any]

PLAIN = ("integer", "double", "decimal", "varchar", "char", "date", "timestamp", "varbinary", "boolean")
KINDS = (*PLAIN, "array", "map", "row")
ORDERED = (*PLAIN, "array")
"""Kinds whose values have an order in every row: a row with a NULL in it has none."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a query may name: its text and its kind."""

    text: str
    kind: str


CONSTANTS = {
    "integer": [
        "0",
        "1",
        "-3",
        "CAST(NULL AS integer)",
        "BIGINT '9223372036854775807'",
        "SMALLINT '7'",
        "TINYINT '-128'",
    ],
    "double": ["0e0", "-1.5e0", "1e17", "0.1", "nan()", "-infinity()", "CAST(NULL AS double)", "REAL '2.5'"],
    "decimal": ["DECIMAL '1.50'", "DECIMAL '-0.005'", "DECIMAL '12345678901234567890.12'", "DECIMAL '0'"],
    "varchar": ["'a'", "''", "'ab  '", "'é😀'", "CAST(NULL AS varchar)", "'2024-02-29'", "'12'", "'NULL'"],
    "char": ["CAST('ab' AS char(4))", "CAST('a' AS char(1))"],
    "date": ["DATE '2024-02-29'", "DATE '1969-12-31'", "DATE '9999-12-31'", "CAST(NULL AS date)"],
    "timestamp": ["TIMESTAMP '2024-01-15 10:30:00.123'", "TIMESTAMP '1969-12-31 23:59:59.999'"],
    "varbinary": ["X'6162'", "X''", "CAST(NULL AS varbinary)"],
    "boolean": ["true", "false", "CAST(NULL AS boolean)"],
    "array": ["ARRAY[1, NULL, 3]", "ARRAY[]", "ARRAY[2, 2]", "CAST(NULL AS array(integer))"],
    "map": ["MAP(ARRAY['k', 'z'], ARRAY[1, NULL])", "CAST(MAP() AS map(varchar, integer))"],
    "row": ["CAST(ROW(1, 'x') AS row(p integer, q varchar))", "CAST(ROW(NULL, 'x') AS row(p integer, q varchar))"],
}


def _templates(text: str) -> list[str]:
    return [" ".join(one.split()) for one in text.split(";") if one.strip()]


_MADE = {
    kind: _templates(text)
    for kind, text in {
        "integer": """
        length({varchar}); cardinality({array}); cardinality({map}); year({date}); month({timestamp}); day({date});
        day_of_week({date}); date_diff('day', {date}, {date}); date_diff('hour', {timestamp}, {timestamp});
        abs({integer}); sign({integer}); {integer} + 1; {integer} - {integer}; {integer} * 2; {integer} % 7;
        {integer} / 3; -({integer}); bitwise_and({integer}, 6); TRY_CAST({varchar} AS integer); TRY_CAST({double} AS
        bigint); TRY_CAST({decimal} AS integer); CAST({boolean} AS integer); element_at({array}, 1);
        element_at({map}, 'k'); array_max({array}); ({row}).p; strpos({varchar}, 'b'); array_position({array}, 2);
        reduce({array}, 0, (s, x) -> s + coalesce(x, 0), s -> s); codepoint(CAST('é' AS varchar(1)));
        length({varbinary}); levenshtein_distance({varchar}, 'abc'); quarter({date}); date_diff('month', {date},
        {timestamp}); hour({timestamp}); TRY({integer} / {integer}); TRY({integer} * {integer});
        width_bucket({double}, 0e0, 10e0, 4); week({date}); millisecond({timestamp}); bit_count({integer}, 64)""",
        "double": """
        {double} + {double}; {double} - 1e0; {double} * {double}; {double} / 2e0; {double} / {double};
        abs({double}); CAST({integer} AS double); CAST({decimal} AS double); sqrt({double}); round({double});
        round({double}, 1); floor({double}); ceil({double}); sign({double}); -({double}); CAST({double} AS real);
        TRY_CAST({varchar} AS double); truncate({double}); {integer} * 0.5; {double} % 2e0;
        to_unixtime({timestamp}); {decimal} * {double}; mod({double}, 3e0)""",
        "decimal": """
        {decimal} + DECIMAL '0.01'; TRY({decimal} + {decimal}); TRY({decimal} * DECIMAL '1.5'); -({decimal});
        TRY({decimal} - {decimal}); TRY({decimal} / DECIMAL '3'); TRY({decimal} % DECIMAL '0.7'); abs({decimal});
        round({decimal}); round({decimal}, 1); floor({decimal}); ceil({decimal}); TRY_CAST({decimal} AS
        decimal(8,1)); TRY_CAST({integer} AS decimal(12,2)); TRY_CAST({double} AS decimal(20,4)); TRY_CAST({varchar}
        AS decimal(10,2)); TRY({decimal} * {integer}); truncate({decimal}); TRY({decimal} * {decimal});
        sign({decimal})""",
        "varchar": """
        upper({varchar}); lower({varchar}); trim({varchar}); reverse({varchar}); {varchar} || {varchar};
        substr({varchar}, 2); substr({varchar}, -2, 1); replace({varchar}, 'a', 'xy'); lpad({varchar}, 5, '*');
        rpad({varchar}, 3, 'é'); split_part({varchar}, 'b', 1); CAST({integer} AS varchar); CAST({double} AS
        varchar); CAST({decimal} AS varchar); CAST({date} AS varchar); CAST({timestamp} AS varchar); CAST({boolean}
        AS varchar); CAST({char} AS varchar); to_hex({varbinary}); array_join({array}, ','); array_join({array},
        ',', '-'); json_format(CAST({array} AS json)); date_format({timestamp}, '%Y-%m-%d %H:%i'); ({row}).q;
        regexp_replace({varchar}, '[ab]', '<$0>'); concat({varchar}, '-', {char}); format_datetime({timestamp},
        'yyyy-MM-dd'); CAST({varchar} AS varchar(2)); json_extract_scalar('{"a":' || coalesce(CAST({integer} AS
        varchar), 'null') || '}', '$.a'); regexp_extract({varchar}, '([a-z])'); translate({varchar}, 'ab', 'b');
        normalize({varchar}); ltrim({varchar}); typeof({any}); json_format(CAST({map} AS json)); concat_ws(',',
        {varchar}, {varchar}); date_format({date}, '%W %j')""",
        "char": """
        CAST({varchar} AS char(4)); {char} || {char}; CAST({integer} AS char(8)); lower({char}); trim({char});
        substr({char}, 1, 2); reverse({char})""",
        "date": """
        date_add('day', 1, {date}); date_add('month', -1, {date}); date_trunc('month', {date}); CAST({timestamp} AS
        date); TRY_CAST({varchar} AS date); {date} - INTERVAL '1' DAY; last_day_of_month({date}); date({timestamp});
        {date} + INTERVAL '2' MONTH; date_trunc('week', {date}); date_trunc('year', {date})""",
        "timestamp": """
        date_add('hour', 25, {timestamp}); date_trunc('hour', {timestamp}); CAST({date} AS timestamp); {timestamp} +
        INTERVAL '90' MINUTE; TRY_CAST({varchar} AS timestamp); date_add('month', 1, {timestamp});
        TRY_CAST(CAST({timestamp} AS varchar) AS timestamp(6)); {timestamp} - INTERVAL '1' YEAR;
        date_trunc('quarter', {timestamp}); CAST({timestamp} AS timestamp(0)); from_unixtime(1700000000) AT TIME
        ZONE 'UTC'""",
        "varbinary": """
        {varbinary} || {varbinary}; to_utf8({varchar}); substr({varbinary}, 1, 1); reverse({varbinary});
        md5({varbinary}); from_hex('FF00'); CAST({varchar} AS varbinary); concat({varbinary}, X'00');
        sha256(to_utf8({varchar}))""",
        "boolean": """
        {integer} = {integer}; {integer} <> {integer}; {integer} < {integer}; {integer} >= 2; {double} > {double};
        {double} = {double}; {decimal} <= {decimal}; {decimal} = {integer}; {decimal} < {double}; {integer} <
        {double}; {varchar} = {varchar}; {varchar} < {varchar}; {varchar} LIKE 'a%'; {varchar} LIKE '%b_'; {varchar}
        NOT LIKE '_'; {char} = {varchar}; {char} < {char}; {date} = {date}; {date} < {timestamp}; {timestamp} >=
        {timestamp}; {varbinary} = {varbinary}; {varbinary} < {varbinary}; {array} = {array}; {array} < {array};
        {map} = {map}; {row} = {row}; ({boolean} AND {boolean}); ({boolean} OR {boolean}); NOT ({boolean}); {any} IS
        NULL; {any} IS NOT NULL; {integer} IN (1, {integer}, NULL); {integer} IN (1, 2, 3); {varchar} IN ('a',
        {varchar}); {varchar} NOT IN ('a', ''); {double} BETWEEN {double} AND {double}; {date} BETWEEN DATE
        '1970-01-01' AND {date}; contains({array}, {integer}); {T0} IS DISTINCT FROM {T0}; {T0} IS NOT DISTINCT FROM
        {T0}; regexp_like({varchar}, '[a-c]'); is_nan({double}); starts_with({varchar}, 'b'); any_match({array}, x
        -> x > 1); all_match({array}, x -> x IS NOT NULL); {boolean} = {boolean}; is_finite({double});
        arrays_overlap({array}, {array}); {decimal} IN ({decimal}, DECIMAL '1.5'); TRY_CAST({varchar} AS boolean);
        {row} IS NULL; {boolean} IS DISTINCT FROM true; {char} LIKE 'a%'""",
        "array": """
        array_distinct({array}); array_sort({array}); {array} || {array}; {array} || {integer}; reverse({array});
        filter({array}, x -> x > 1); transform({array}, x -> x + 1); slice({array}, 1, 2); array_remove({array}, 1);
        array_union({array}, {array}); array_intersect({array}, {array}); map_values({map}); array_except({array},
        {array}); ARRAY[{integer}, {integer}]; sequence(1, 3); CAST({array} AS array(bigint)); repeat({integer}, 2);
        flatten(ARRAY[{array}]); zip_with({array}, {array}, (x, y) -> coalesce(x, y)); array_sort({array}, (x, y) ->
        CASE WHEN x > y THEN -1 WHEN x < y THEN 1 ELSE 0 END); map_keys({map}); split({varchar}, 'a');
        transform({array}, x -> CAST(x AS varchar))""",
        "map": """
        map_filter({map}, (k, v) -> v IS NOT NULL); transform_values({map}, (k, v) -> v + 1); map_concat({map},
        {map}); MAP(ARRAY['a'], ARRAY[{integer}]); transform_keys({map}, (k, v) -> k || '!'); TRY(map({array},
        {array})); map_from_entries(ARRAY[('a', {integer})])""",
        "row": """
        ROW({integer}, {varchar}); CAST(ROW({integer}, {varchar}) AS row(p integer, q varchar)); ROW({double},
        {date}, {array})""",
    }.items()
}

_EVERY = _templates(
    "coalesce({T}, {T}); CASE WHEN {boolean} THEN {T} ELSE {T} END; CASE WHEN {boolean} THEN {T} END; try({T});"
    "if({boolean}, {T}, {T})"
)
"""For every kind."""

_WITH_ORDER = _templates("nullif({T}, {T}); greatest({T}, {T}); least({T}, {T})")
"""For kinds with an order."""

_HOLE = re.compile(r"\{(\w+)\}")


def expression(draw: Draw, scope: Sequence[Column], kind: str, depth: int) -> str:
    """An expression of a kind over the columns in scope, `depth` templates deep at most."""
    columns = [column.text for column in scope if column.kind == kind]
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return str(draw(st.sampled_from(columns * 4 + CONSTANTS[kind] if columns else CONSTANTS[kind])))
    own = _MADE[kind] * 3 + _EVERY + (_WITH_ORDER if kind in ORDERED else [])
    template = draw(st.sampled_from(own))
    same = draw(st.sampled_from(KINDS)) if "{T0}" in template else kind

    def filled(hole: re.Match[str]) -> str:
        wanted = {"T": kind, "T0": same}.get(hole[1]) or hole[1]
        return expression(draw, scope, draw(st.sampled_from(KINDS)) if wanted == "any" else wanted, depth - 1)

    made = _HOLE.sub(filled, template)
    return f"({made})" if template.startswith(("{", "NOT", "-")) else made
