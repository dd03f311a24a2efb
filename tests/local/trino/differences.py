"""Tests of the endpoint that see something else when a real Trino answers, each with the reason: the one list of them.

`pytest --engine trino=http://host:port` expects these to fail, and says so when one passes.
"""

from __future__ import annotations

import os

_FORMATS = "test_other_formats_are_refused"
_TYPES = "test_other_types_are_bad_data"
_REFUSED = "Trino refuses it as HIVE_INVALID_METADATA"
_WORDS = "Trino 476 says NOT_SUPPORTED where Athena says HIVE_BAD_DATA"

DIFFERENCES: dict[str, dict[str, str]] = {
    "tables/test_described.py": {
        "test_databases_and_tables_are_listed": "Trino's information schema has tables of roles and privileges too",
        "test_a_table_that_is_not_told_of_is_not_found": "Trino has an empty table of roles",
    },
    "tables/test_figures.py": {
        "test_counting_rows_of_parquet_scans_nothing": "Trino counts the footers it reads",
    },
    "tables/test_json_tables.py": {
        "test_what_is_no_object_is_a_row_of_nulls": "Trino 476 words a broken line otherwise",
    },
    "tables/test_other_formats.py": {
        "test_orc_columns_go_by_position": "orc.column.index.access=false is refused: Trino would read by position",
        "test_counting_rows_of_orc_scans_nothing": "Trino counts the footers it reads",
        "test_orc_timestamps_of_other_centuries_inside_of_others_are_refused": "Trino reads them",
        f"{_FORMATS}[STORED AS AVRO]": "Trino reads Avro",
        f"{_FORMATS}[STORED AS RCFILE]": "Trino reads RCFile",
        f"{_FORMATS}[STORED AS SEQUENCEFILE]": "Trino reads SequenceFile",
        f"{_FORMATS}[STORED AS ION]": _REFUSED,
        f"{_FORMATS}[ROW FORMAT SERDE 'a.B']": _REFUSED,
    },
    "tables/test_parquet_tables.py": {
        f"{_TYPES}[held0": _WORDS,
        f"{_TYPES}[held1": "Trino 476 reads a number as text",
        f"{_TYPES}[held2": _WORDS,
        f"{_TYPES}[held3": "Trino 476 narrows a number that fits",
        "test_only_the_columns_asked_for_are_read": "Trino counts footers and the gaps it reads over",
        "test_what_is_no_parquet_says_so": "Trino 476 words it otherwise",
    },
    "tables/test_partition_projection.py": {
        "test_a_table_is_read_where_its_template_says": "Trino refuses intervals of weeks, months and years",
    },
}

_TODAY = "its answer begins with the day it is asked"
STATEMENTS = {
    "SELECT CAST(TIME '10:30:45.123' AS TIMESTAMP(6))": _TODAY,
    "SELECT CAST(TIME '10:30:45 +02:00' AS TIMESTAMP(6))": _TODAY,
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT * FROM t LIMIT 3": (
        "whether Trino reaches its tenth turn, and fails, before LIMIT has its rows is chance"
    ),
}
"""Statements of the tables of known answers that a Trino does not answer each time as it did then, and why."""


def known(sql: str) -> bool:
    """Whether a statement's stored answer is what the engine behind the endpoints must give."""
    return sql not in STATEMENTS or not os.environ.get("ATHENA_DS_LOCAL_ENGINE", "").startswith("trino=")


def difference(nodeid: str) -> str | None:
    """Why a test is expected to fail; None for all others."""
    for file, tests in DIFFERENCES.items():
        head, found, test = nodeid.partition(f"{file}::")
        if found and head.endswith("tests/local/"):
            return next((why for name, why in tests.items() if test == name or test.startswith(f"{name}-")), None)
    return None
