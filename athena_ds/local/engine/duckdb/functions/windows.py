"""Window functions: DuckDB's, with Trino's refusals of offsets."""

from __future__ import annotations

from athena_ds.local.engine.duckdb.functions.registry import Call, rule


@rule("row_number")
@rule("rank")
@rule("dense_rank")
@rule("percent_rank")
@rule("cume_dist")
@rule("first_value")
@rule("last_value")
def _same(call: Call) -> str:
    return call.aggregate(call.name, *call.sql)


@rule("ntile")
def _ntile(call: Call) -> str:
    buckets = f"({call.sql[0]})"
    bad = call.fail("INVALID_FUNCTION_ARGUMENT", "'Buckets must be greater than 0'")
    return call.aggregate("ntile", f"CASE WHEN {buckets} <= 0 THEN {bad} ELSE {buckets} END")


@rule("nth_value")
def _nth_value(call: Call) -> str:
    bad = call.fail("INVALID_FUNCTION_ARGUMENT", "'Offset must be at least 1'")
    value, offset = call.sql
    found = call.aggregate("nth_value", value, offset)
    return f"CASE WHEN ({offset}) < 1 THEN {bad} ELSE {found} END"


@rule("lag")
@rule("lead")
def _shifted(call: Call) -> str:
    found = call.aggregate(call.name, *call.sql)
    if len(call.sql) == 1:
        return found
    offset = f"({call.sql[1]})"
    negative = call.fail("INVALID_FUNCTION_ARGUMENT", "'Offset must be at least 0'")
    null = call.fail("INVALID_FUNCTION_ARGUMENT", "'Offset must not be null'")
    return f"CASE WHEN {offset} IS NULL THEN {null} WHEN {offset} < 0 THEN {negative} ELSE {found} END"
