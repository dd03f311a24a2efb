"""Constants of every kind: ordinary, empty, extreme and NULL; the table's own first."""

from __future__ import annotations


def _listed(text: str) -> list[str]:
    return text.split("|")


_ARRAYS = (
    "ARRAY[]|ARRAY[3,1,NULL,3,-2]|ARRAY[3,1]|ARRAY[1,3,1]|ARRAY[3,-2]|ARRAY[3,NULL]|ARRAY['b','a',NULL,'b','é']"
    "|ARRAY['b','a']|ARRAY['a','b','a']|ARRAY['b','é']|ARRAY['b',NULL]|ARRAY[2.5e0,nan(),NULL,-1e0,2.5e0]"
    "|ARRAY[2.5e0,nan()]|ARRAY[nan(),2.5e0,nan()]|ARRAY[2.5e0,2.5e0]|ARRAY[2.5e0,NULL]|ARRAY[true,NULL,false]"
    "|ARRAY[ARRAY[3,1,NULL,3,-2],ARRAY[3,1],NULL]|ARRAY[DATE '2024-02-29',NULL]|ARRAY[NULL]|ARRAY[ROW(1,'a'),NULL]"
    "|ARRAY[X'61',X'']|ARRAY[1.50,NULL]|ARRAY[BIGINT '5',9223372036854775807]"
)
_MAPS = (
    "MAP()|MAP(ARRAY['b','a'],ARRAY['hello',NULL])|MAP(ARRAY['b','a'],ARRAY[1.5e0,NULL])|MAP(ARRAY['a'],ARRAY[0e0])"
    "|MAP(ARRAY['b','a'],ARRAY[BIGINT '5',NULL])|MAP(ARRAY['a'],ARRAY[''])|MAP(ARRAY[2.5e0,-1e0],ARRAY[1.5e0,NULL])"
    "|MAP(ARRAY[3,1],ARRAY[BIGINT '5',NULL])|MAP(ARRAY[-1e0],ARRAY[0e0])|MAP(ARRAY[3,1],ARRAY['hello',NULL])"
    "|MAP(ARRAY[1],ARRAY[BIGINT '0'])|MAP(ARRAY['a'],ARRAY[BIGINT '0'])|MAP(ARRAY[nan()],ARRAY[1])"
)
_TEXTS = (
    "'hello'|''|' A-b '|'héllo 😀'|'a,b,a'|'h '|'l'|'x'|'xy'|','|'='|'a'|'L'|'NULL'|'2024-02-29'|'5'|'-1.5'|'true'"
    "|'day'|'{\"a\":[1,2]}'|'$.a'|'l+'|'%'|'日本語'|'é'|'1e3'|'Asia/Tokyo'|'it''s'"
)
_DOUBLES = (
    "1.5e0|-2.25e0|0e0|-0e0|nan()|infinity()|-infinity()|1e17|3e0|1.96e0|0.5e0|1e-320|1.7976931348623157e308|2e0|1e0"
    "|10e0|1700000000e0|-1.5e0|8e0"
)
_TIMESTAMPS = (
    "TIMESTAMP '2024-02-29 13:14:15.678'|TIMESTAMP '2021-01-03 00:00:00.123456'|TIMESTAMP '1969-12-31 23:59:59'"
    "|TIMESTAMP '0001-01-01 00:00:00'|TIMESTAMP '9999-12-31 23:59:59.999'|TIMESTAMP '2024-12-30 10:31:45.123456789'"
)
_ZONED = (
    "TIMESTAMP '2024-02-29 13:14:15.678 America/New_York'|TIMESTAMP '2024-07-01 00:00:00 UTC'"
    "|TIMESTAMP '1969-12-31 23:59:59.123456 +05:30'|TIMESTAMP '2024-03-31 02:30:00 Europe/Paris'"
    "|TIMESTAMP '2024-11-03 01:30:00.5 America/New_York'"
)
_TIMES = "TIME '13:14:15.678'|TIME '00:00:00'|TIME '23:59:59.999999'"
_ZONED_TIMES = "TIME '13:14:15.678 +05:30'|TIME '00:00:00 +00:00'|TIME '23:59:59 -08:00'"
_INTEGERS = (
    "BIGINT '5'|BIGINT '0'|BIGINT '-3'|9223372036854775807|-9223372036854775808|2147483647|2|1|0|-1|3|63|64|16|8"
)

BY_KIND: dict[str, list[str]] = {
    "null": ["NULL"],
    "boolean": ["true", "false", "NULL"],
    "bigint": [*_INTEGERS.split("|"), "SMALLINT '-7'", "TINYINT '5'", "SMALLINT '32767'", "TINYINT '-128'", "NULL"],
    "double": [*_DOUBLES.split("|"), "NULL"],
    "real": ["REAL '1.5'", "REAL '0'", "REAL '-0.25'", "CAST(nan() AS REAL)", "REAL '3.4028235E38'", "REAL '1E-45'"],
    "decimal": [
        "DECIMAL '0'",
        "DECIMAL '12.345'",
        "DECIMAL '-0.50'",
        "DECIMAL '12345678901234567890.12'",
        "DECIMAL '99999999999999999999999999999999999999'",
        "1.5",
    ],
    "varchar": [*_TEXTS.split("|"), "NULL"],
    "char": ["CAST('ab' AS CHAR(4))", "CAST('' AS CHAR(2))", "CAST('é' AS CHAR(1))"],
    "varbinary": ["X'616263'", "X''", "X'ff00'", "X'00'", "NULL"],
    "array": _ARRAYS.split("|"),
    "map": _MAPS.split("|"),
    "timestamp": _TIMESTAMPS.split("|"),
    "timestamp with time zone": _ZONED.split("|"),
    "time": _TIMES.split("|"),
    "time with time zone": _ZONED_TIMES.split("|"),
    "interval": [
        "INTERVAL '1 02:03:04.567' DAY TO SECOND",
        "INTERVAL '-90' MINUTE",
        "INTERVAL '14' MONTH",
        "INTERVAL '-1' YEAR",
        "INTERVAL '0' SECOND",
    ],
    "day": ["INTERVAL '1 02:03:04.567' DAY TO SECOND", "INTERVAL '-90' MINUTE", "INTERVAL '2' DAY"],
    "month": ["INTERVAL '14' MONTH", "INTERVAL '-1' YEAR"],
    "date": ["DATE '2024-02-29'", "DATE '1969-12-31'", "DATE '2021-01-01'", "DATE '9999-12-31'", "DATE '0001-01-01'"],
    "json": ['JSON \'{"a":[1,2],"b":"x"}\'', "JSON '[1,\"x\",null]'", "JSON 'null'", "JSON '5'", "JSON '\"s\"'"],
    "jsonpath": ["'$.a'", "'$'", "'$.zz'", "'$.a[0]'", "'$[1]'", "'$.b'", "'$..a'", "'$[\"a\"]'", "'$.*'"],
    "joniregexp": ["'l+'", "'(\\w)(\\d*)'", "'^$'", "''", "'[a-z]'", "'(?i)L'", "'.'", "'(a)|(b)'", "'\\s'", "'('"],
    "ipaddress": ["IPADDRESS '10.0.0.1'", "IPADDRESS '2001:db8::1'"],
    "uuid": ["UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59'"],
}
"""By what `kind_of` says, and by the names of signatures."""

NAMED = {
    "integer": "bigint",
    "smallint": "bigint",
    "tinyint": "bigint",
    "interval day to second": "day",
    "interval year to month": "month",
    "unknown": "null",
    "codepoints": "varchar",
}
"""A signature's word for a kind, where it is another."""

ELEMENTS = ("bigint", "varchar", "double", "date", "boolean")

LAMBDAS = (
    ["() -> 1"],
    ["x -> x IS NOT NULL", "x -> x IS NULL", "x -> (x, 1)", "x -> CAST(x AS varchar)", "x -> x", "x -> x = x"],
    ["(x, y) -> (y, x)", "(k, v) -> v IS NOT NULL", "(k, v) -> CAST(k AS varchar)", "(x, y) -> x", "(s, x) -> s"],
    ["(k, v, w) -> (v, w)", "(x, y, z) -> z"],
)
"""By the number of their arguments."""

OPERANDS = _listed(
    "DECIMAL '12.34'|TINYINT '3'|1|NULL|BIGINT '7'|REAL '1.5'|2.5e0|INTERVAL '2' DAY|DATE '2024-02-29'"
    "|INTERVAL '3' MONTH|TIMESTAMP '2024-02-29 10:00:00.000'|TIME '10:00:00'|'5'"
    "|TIMESTAMP '2024-02-29 10:00:00 UTC'|X'01'|true|CAST('5' AS CHAR(3))|JSON '1'|ARRAY[1,2]"
    "|MAP(ARRAY['a'],ARRAY[1])|ROW(1,'a')|SMALLINT '-5'|TIME '10:00:00 +02:00'"
    "|UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59'|IPADDRESS '10.0.0.1'|1.5"
)


OPERATORS = ["||", *_listed("=|+|<|*|-|/|%|greatest|nullif|coalesce|<>|>=|least|IS DISTINCT FROM")]

CAST_FROM = _listed(
    "true|SMALLINT '-5'|REAL '1.5'|'42'|TIMESTAMP '2024-01-15 10:30:45.123 Europe/Paris'|DECIMAL '12.345'"
    "|X'616263'|BIGINT '9000000000'|42|TIME '10:30:45.123'|TINYINT '5'|2.5e0|TIME '10:30:45 +02:00'"
    "|ROW(1,'a')|DATE '2024-01-15'|MAP(ARRAY['a'],ARRAY[1])|JSON '[1,2]'"
    "|UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59'|'abc'|CAST('ab' AS CHAR(4))|INTERVAL '14' MONTH"
    "|INTERVAL '90' MINUTE|ARRAY[1,2]|TIMESTAMP '2024-01-15 10:30:45.123'|IPADDRESS '10.0.0.1'|NULL|JSON '1'"
    "|JSON '\"x\"'|JSON 'null'|JSON '{\"a\":1}'|TIMESTAMP '2024-01-15 10:30:45.123456789'|'2024-01-15'|'10:30:45'"
    "|'2024-01-15 10:30:45.5'|'true'|'1.5'|DECIMAL '-0.5'|-0e0|nan()|1e10|1.5|'é'|''"
)


CAST_TO = _listed(
    "BIGINT|DECIMAL(10,2)|VARCHAR(3)|DOUBLE|REAL|DATE|BOOLEAN|SMALLINT|VARCHAR|CHAR(6)|TIME(6) WITH TIME ZONE"
    "|TIMESTAMP(6)|JSON|TINYINT|INTEGER|TIMESTAMP|INTERVAL DAY TO SECOND|TIMESTAMP WITH TIME ZONE"
    "|ARRAY(BIGINT)|TIME|MAP(VARCHAR,BIGINT)|ROW(x BIGINT,y VARCHAR)|UUID|INTERVAL YEAR TO MONTH|VARBINARY"
    "|IPADDRESS|DECIMAL(38,0)|TIMESTAMP(0)|TIME(0)|ARRAY(VARCHAR)|ROW(VARCHAR,DOUBLE)"
    "|TIMESTAMP(9) WITH TIME ZONE|CHAR|DECIMAL|VARCHAR(40)"
)


COLUMNS: dict[str, list[str]] = {
    "boolean": ["true", "NULL", "false", "true", "NULL"],
    "bigint": ["5", "BIGINT '-3'", "NULL", "5", "100"],
    "double": ["1.5e0", "-2.25e0", "NULL", "1.5e0", "7e0"],
    "real": ["REAL '1.5'", "REAL '-2.25'", "NULL", "REAL '1.5'", "REAL '-2.25'"],
    "varchar": ["'b'", "'a'", "NULL", "'b'", "'é'"],
    "date": ["DATE '2024-02-29'", "NULL", "DATE '1969-12-31'", "DATE '2024-02-29'", "NULL"],
    "timestamp": [
        "TIMESTAMP '2024-02-29 13:14:15.678'",
        "NULL",
        "TIMESTAMP '1969-12-31 23:59:59.000'",
        "TIMESTAMP '2024-02-29 13:14:15.678'",
        "NULL",
    ],
    "decimal": ["DECIMAL '12.345'", "DECIMAL '-0.500'", "NULL", "DECIMAL '1.000'", "DECIMAL '12.345'"],
    "varbinary": ["X'61'", "NULL", "X'00'", "X'61'", "NULL"],
    "day": ["INTERVAL '1' DAY", "NULL", "INTERVAL '-90' MINUTE", "INTERVAL '1' DAY", "NULL"],
    "month": ["INTERVAL '14' MONTH", "NULL", "INTERVAL '-1' YEAR", "INTERVAL '14' MONTH", "NULL"],
    "array": ["ARRAY[3,1]", "NULL", "ARRAY[]", "ARRAY[3,1,NULL]", "ARRAY[3,1]"],
    "map": ["MAP(ARRAY['a'],ARRAY[1])", "NULL", "MAP(ARRAY['b','a'],ARRAY[2,NULL])", "MAP()", "NULL"],
    "json": ["JSON '1'", "JSON '\"x\"'", "NULL", "JSON '1'", "JSON '[1]'"],
}
"""Five rows of every kind a column of an aggregate may have."""

SQL_TYPES = {kind: kind for kind in COLUMNS} | {
    "day": "interval day to second",
    "month": "interval year to month",
    "decimal": "decimal(5,3)",
    "array": "array(integer)",
    "map": "map(varchar,integer)",
}

AGGREGATE_FORMS = (
    "SELECT {call} FROM {rows}",
    "SELECT {call} FROM {rows}",
    "SELECT {call} FILTER (WHERE a IS NOT NULL) FROM {rows}",
    "SELECT a, {call} OVER (ORDER BY a) FROM {rows} ORDER BY a",
    "SELECT {name}(DISTINCT {names}) FROM {rows}",
    "SELECT {call} FROM {rows} WHERE false",
    "SELECT {name}({names} ORDER BY a) FROM {rows}",
    "SELECT a, {call} FROM {rows} GROUP BY a ORDER BY a",
    "SELECT {call} OVER (PARTITION BY a) FROM {rows} ORDER BY 1",
)
