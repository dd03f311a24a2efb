"""Athena's words about a failure become what to do, the place in the SQL, and the name that was not found."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athena_ds import AthenaDataSource
from athena_ds.errors import QueryFailedError, QuerySyntaxError
from athena_ds.execution.diagnosis import diagnose, without_cleaning
from athena_ds.execution.messages import MESSAGES, Message
from athena_ds.execution.place import place_in
from athena_ds.local import LocalAthena


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("Unable to verify/create output bucket acme", "s3:GetBucketLocation"),
        ("Access denied when writing output to url: s3://acme/x", "s3:PutObject"),
        ("The S3 location provided to save your query results is invalid", "results bucket exists in this region"),
        ("outputLocation is not a valid S3 path.", "s3://bucket/path/"),
        ("No output location provided. You did not provide", "managed query results"),
        ("User: x is not authorized to perform: athena:StartQueryExecution on resource: y", "ds.policy()"),
        ("User: x is not authorized to perform: glue:GetTable on resource: y", "every ancestor"),
        ("Insufficient permissions to execute the query. Amazon S3 access denied on s3://x", "s3:GetObject"),
        ("Insufficient permissions to execute the query. Principal does not have any privilege on x", "Lake Formation"),
        (
            "Insufficient permissions to execute the query. Please migrate your Catalog",
            "Migrate the old",
        ),
        ("Insufficient permissions to execute the query. Something new", "ds.preflight()"),
        ("Permission denied on S3 path: s3://x", "s3:GetObject"),
        ("HIVE_CURSOR_ERROR: Access Denied (Service: Amazon S3; Status Code: 403", "s3:GetObject"),
        ("WorkGroup is not found.", "workgroup's name"),
        ("WorkGroup x is disabled.", "enabled"),
        ("Query cancelled! : Bytes scanned limit was exceeded", "Filter on a partition"),
        ("HIVE_BAD_DATA: Error parsing field", "TRY_CAST"),
        ("HIVE_CANNOT_OPEN_SPLIT: Slow down", "fewer and larger files"),
        ("AccessDenied: KMS.AccessDeniedException", "kms:Decrypt"),
        ("The AWS KMS service: You have exceeded the rate", "Bucket Key"),
        ("1 validation error detected: Value at 'queryString' failed to satisfy constraint", "Shorten"),
        ("HIVE_CURSOR_ERROR: The specified key does not exist.", "Files changed"),
        ("HIVE_CURSOR_ERROR: Row is not a valid JSON Object", "$path"),
        ("HIVE_UNKNOWN_ERROR: Unable to create input format", "SerDe"),
        ("HIVE_PARTITION_SCHEMA_MISMATCH: There is a mismatch", "partition"),
        ("HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100", "INSERT INTO"),
        ("HIVE_PATH_ALREADY_EXISTS: Target directory", "empty prefix"),
        ("Query exhausted resources at this scale factor", "fewer columns"),
        ("Query timeout", "Service Quotas"),
        ("AWSGlueException: Rate exceeded", "again later"),
        ("INVALID_VIEW: View is stale; it must be re-created", "create the view again"),
        (
            "The Create Table As Select query failed because it … enforces a centralized output location",
            "external_location",
        ),
        ("NOT_SUPPORTED: Unsupported Hive type: time", "Cast the column"),
        ("COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved", "single quotes"),
        ("TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.db.t' does not exist", "ds.describe()"),
        ("TYPE_MISMATCH: line 1:8: x", "CAST"),
        ("DIVISION_BY_ZERO: Division by zero", "NULLIF"),
        ("GENERIC_INTERNAL_ERROR: null", "schemas differ"),
    ],
)
def test_known_words_have_a_remedy(reason: str, remedy: str) -> None:
    """The map of the Athena guide and of what people reported."""
    assert remedy in diagnose(reason).remedy


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.says[:40])
def test_each_message_is_told_by_its_own_pattern(message: Message) -> None:
    """Athena's words of the errors page lead to the remedy that stands beside them, and to no earlier one."""
    found = next(each for each in MESSAGES if re.search(each.pattern, message.says, re.DOTALL))
    assert found is message
    assert diagnose(message.says).remedy == message.remedy
    assert message.cause


@pytest.mark.parametrize(("kind", "remedy"), [(3, "columns"), (234, "Lake"), (401, "PutObject"), (1501, "GetObject")])
def test_unknown_words_fall_back_on_the_error_type(kind: int, remedy: str) -> None:
    """Athena's error reference."""
    assert remedy in diagnose("Something that nobody has seen", kind).remedy
    assert diagnose("Something that nobody has seen", 9998).remedy == ""


@pytest.mark.parametrize(
    ("reason", "unknown"),
    [
        ("TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.db.ordrs' does not exist", ("table", "ordrs")),
        ("SYNTAX_ERROR: line 1:15: Table awsdatacatalog.db.ordrs does not exist", ("table", "ordrs")),
        ("COLUMN_NOT_FOUND: line 1:8: Column 'prce' cannot be resolved", ("column", "prce")),
        ("COLUMN_NOT_FOUND: line 1:8: Column 't.prce' cannot be resolved", ("column", "prce")),
        ("SCHEMA_NOT_FOUND: line 1:15: Schema 'sals' does not exist", ("database", "sals")),
        ("FUNCTION_NOT_FOUND: line 1:8: Function 'conut' not registered", ("function", "conut")),
        ("DIVISION_BY_ZERO: Division by zero", None),
    ],
)
def test_what_was_not_found_is_taken_from_the_words(reason: str, unknown: tuple[str, str] | None) -> None:
    """For close names."""
    assert diagnose(reason).unknown == unknown


def test_the_advice_to_clean_up_becomes_a_hint() -> None:
    """It is not the reason."""
    reason = (
        "HIVE_BAD_DATA: x. You may need to manually clean the data at location 's3://acme/tables/1' before retrying. "
        "Athena will not delete data in your account."
    )
    assert without_cleaning(reason) == "HIVE_BAD_DATA: x."
    assert "Data may be left at s3://acme/tables/1" in diagnose(reason).remedy


def test_a_place_is_a_line_with_a_caret_under_it() -> None:
    """Counted from one, as Trino does."""
    assert place_in("SELECT a,\n  b FROM t", "line 2:3: Column 'b'") == "line 2:   b FROM t\n          ^"


def test_a_long_line_is_cut_around_its_place() -> None:
    """So that the caret stays in sight."""
    line, caret = place_in("x" * 500 + "HERE" + "y" * 500, "line 1:501: x").split("\n")
    assert line[caret.index("^") :].startswith("HERE")
    assert len(line) < 120


@given(st.text(max_size=300), st.integers(0, 400), st.integers(0, 400))
def test_any_place_in_any_text_is_shown_or_left_out(sql: str, line: int, column: int) -> None:
    """Athena's numbers are not trusted."""
    shown = place_in(sql, f"line {line}:{column}: x")
    assert shown == "" or shown.endswith("^")


@given(st.text(max_size=300))
def test_any_words_are_taken(reason: str) -> None:
    """Whatever they are."""
    diagnose(reason, 5)
    without_cleaning(reason)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("\ufeffSELECT 1", "A byte order mark (U+FEFF ZERO WIDTH NO-BREAK SPACE) stands there unseen"),
        ("SELECT\u00a01", "A blank that is none (U+00A0 NO-BREAK SPACE)"),
        ("SELECT 1,\n  \u200b2", "A blank that is none (U+200B ZERO WIDTH SPACE)"),
        ("SELECT ‘x’", "‘ is a typographic quote (U+2018 LEFT SINGLE QUOTATION MARK): text goes in '"),
        ("SELECT “x”", "“ is a typographic quote"),
        ("SELECT 3 – 1", "– is no minus (U+2013 EN DASH)"),
        ("SELECT 1；", "； (U+FF1B FULLWIDTH SEMICOLON) stands outside quotes"),
        ("SELECT größe FROM flights", "ö (U+00F6 LATIN SMALL LETTER O WITH DIAERESIS) stands outside quotes"),
    ],
)
def test_a_character_that_pasting_brought_is_named(local: LocalAthena, sql: str, said: str) -> None:
    """It is not seen, or looks like another: Athena's own words show it and say nothing."""
    with pytest.raises(QuerySyntaxError) as found:
        AthenaDataSource.local(local).query(sql)
    assert found.value.remedy.startswith(said)


def test_a_column_of_no_table_gets_no_advice_about_columns(local: LocalAthena) -> None:
    """Text in double quotes, most often."""
    with pytest.raises(QueryFailedError) as found:
        AthenaDataSource.local(local).query('SELECT "abc"')
    assert not found.value.suggestion
    assert "single quotes" in found.value.remedy
