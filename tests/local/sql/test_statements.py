"""A statement is told apart by its first words, as Athena reports it; what no library parses is read here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from athena_ds.local.engine.duckdb.engine import DuckDBEngine
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.sql import statement as s
from athena_ds.local.sql.executor import StatementExecutor
from athena_ds.local.sql.reading import read
from athena_ds.local.sql.tokens import Text


@pytest.mark.parametrize(
    ("sql", "kind", "substatement"),
    [
        ("SELECT 1", "DML", "SELECT"),
        ("-- c\n/* x */ with a as (select 1) select * from a;", "DML", "SELECT"),
        ("(SELECT 1)", "DML", "SELECT"),
        ("VALUES 1", "DML", "SELECT"),
        ("TABLE t", "DML", "SELECT"),
        ("explain analyze select 1", "DML", "EXPLAIN"),
        ("CREATE/**/TABLE t AS SELECT 1 a", "DDL", "CREATE_TABLE_AS_SELECT"),
        ("INSERT INTO t SELECT 1", "DML", "INSERT"),
        ("UNLOAD (SELECT 1 a) TO 's3://b/' WITH (format='ORC')", "DML", "UNLOAD"),
        ("CREATE OR REPLACE VIEW v AS SELECT 1 a", "DDL", "CREATE_VIEW"),
        ("DROP VIEW IF EXISTS v", "DDL", "DROP_VIEW"),
        ("SHOW TABLES IN db 'a*'", "UTILITY", "SHOW_TABLES"),
        ("SHOW SCHEMAS", "UTILITY", "SHOW_DATABASES"),
        ("SHOW TBLPROPERTIES t('x')", "UTILITY", "SHOW_TABLE_PROPERTIES"),
        ("SHOW CREATE TABLE t", "UTILITY", "SHOW_CREATE_TABLE"),
        ("desc t", "UTILITY", "DESCRIBE_TABLE"),
        ("CREATE SCHEMA x", "DDL", "CREATE_DATABASE"),
        ("CREATE EXTERNAL TABLE t (a int) LOCATION 's3://b/'", "DDL", "CREATE_TABLE"),
        ("ALTER TABLE t ADD IF NOT EXISTS PARTITION (p=1)", "DDL", "ALTER_TABLE_ADD_PARTITION"),
        ("ALTER TABLE t ADD COLUMNS (a int)", "DDL", "ALTER_TABLE_ADD_COLUMN"),
        ("ALTER TABLE t REPLACE COLUMNS (a int)", "DDL", "ALTER_TABLE_REPLACE_COLUMN"),
        ("ALTER TABLE t CHANGE COLUMN a b int", "DDL", "ALTER_TABLE_CHANGE_COLUMN"),
        ("ALTER TABLE t SET TBLPROPERTIES ('a'='b')", "DDL", "ALTER_TABLE_PROPERTIES"),
        ("ALTER TABLE t SET LOCATION 's3://b/'", "DDL", "ALTER_TABLE_SET_LOCATION"),
        ("ALTER TABLE t RENAME TO u", "DDL", "ALTER_TABLE_RENAME"),
        ("ALTER TABLE t DROP COLUMN a", "DDL", "ALTER_TABLE_DROP_COLUMN"),
        ("MSCK REPAIR TABLE t", "DDL", "MSCK_REPAIR"),
        ("DELETE FROM t", "DML", "DELETE"),
    ],
)
def test_types_are_those_athena_reports(sql: str, kind: str, substatement: str) -> None:
    """StatementType and SubstatementType."""
    assert read(sql).reported == (kind, substatement)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM t", "UPDATE t SET a = 1", "MERGE INTO t USING u ON true", "TRUNCATE TABLE t", "CALL p()",
        "USING EXTERNAL FUNCTION f(x int) RETURNS int LAMBDA 'l' SELECT f(1)",
        "VACUUM t", "GRANT SELECT ON t TO u", "SET SESSION a = 1", "USE db", "ANALYZE t", "OPTIMIZE t REWRITE DATA",
        "SHOW CATALOGS", "ALTER VIEW v RENAME TO w",
        "INSERT OVERWRITE t SELECT 1", "CREATE ROLE r",

        "CREATE TABLE t (a int) LOCATION 's3://b/' TBLPROPERTIES ('table_type'='iceberg')",
        "EXECUTE IMMEDIATE 'SELECT 1'",
    ],
)  # fmt: skip
def test_what_is_not_run_is_refused_with_a_reason(sql: str) -> None:
    """Not a syntax error: the statement is known, and not supported."""
    found = read(sql)
    assert isinstance(found, s.Refused)
    assert found.reason


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELEC 1", "line 1:1: mismatched input 'SELEC'. Expecting: "),
        ("", "line 1:1: mismatched input '<EOF>'. Expecting: "),
        ('DROP TABLE "t"', "line 1:12: mismatched input '\"t\"'. Expecting: identifier"),
        ('DESCRIBE "t"', "line 1:10: mismatched input '\"t\"'"),
        ('ALTER TABLE "t" ADD COLUMNS (a int)', "line 1:13: mismatched input"),
        ("SHOW CREATE TABLE\n  a b", "line 2:5: mismatched input 'b'. Expecting: <EOF>"),
        ("CREATE EXTERNAL TABLE t (date string) LOCATION 's3://b/'", "line 1:26: mismatched input 'date'"),
        ("CREATE EXTERNAL TABLE t (a int, _b int) LOCATION 's3://b/'", "line 1:33: mismatched input '_b'"),
        ("CREATE EXTERNAL TABLE t (a integerr) LOCATION 's3://b/'", "line 1:28: no viable alternative"),
        ("CREATE EXTERNAL TABLE t (a int)", "Expecting: 'LOCATION'"),
        ("CREATE EXTERNAL TABLE t (a array<int) LOCATION 's3://b/'", "line 1:28: no viable alternative at input"),
        ("UNLOAD (SELECT (1 TO 's3://b/'", "Expecting: ')'"),
        ("CREATE TABLE t WITH (a='b', a='c') AS SELECT 1 x", "line 1:29: Duplicate property: a"),
        ("SHOW", "Expecting: 'COLUMNS', 'CREATE', 'DATABASES'"),
    ],
)
def test_syntax_errors_say_where_and_what_was_expected(sql: str, words: str) -> None:
    """Line and column from 1."""
    with pytest.raises(EngineError) as refused:
        read(sql)
    assert refused.value.name == "SYNTAX_ERROR"
    assert words in str(refused.value)


def test_queries_inside_keep_their_place() -> None:
    """An error in the inner query is told where it stands in the statement."""
    found = read("CREATE TABLE t\nWITH (format = 'ORC') AS\nSELECT nope FROM x WITH NO DATA")
    assert isinstance(found, s.CreateTableAs)
    assert found.query == "              \n                        \nSELECT nope FROM x"
    assert not found.with_data
    wrapped = read("CREATE TABLE t AS (SELECT (1) a)")
    assert isinstance(wrapped, s.CreateTableAs)
    assert wrapped.query.strip() == "SELECT (1) a"


def test_an_inserts_columns_are_told_from_its_query() -> None:
    """`(a, b)` is a list, `(SELECT ...)` is not."""
    listed, query = read('INSERT INTO d.t (a, "B") VALUES (1, 2)'), read("INSERT INTO t (SELECT 1)")
    assert isinstance(listed, s.InsertInto)
    assert listed.columns == ("a", "b")
    assert isinstance(query, s.InsertInto)
    assert query.columns is None


def test_literals_and_comments_hide_what_is_in_them() -> None:
    """Question marks, semicolons, parentheses."""
    text = Text("SELECT '?;)', \"?\" /* ? */ -- ?\n, ? FROM t WHERE a = ? ;")
    assert text.placeholders == 2
    assert text.tokens[-2].text == "?"


def test_hive_strings_have_escapes() -> None:
    r"""Backslash, octal and Unicode escapes; double quotes as well as single ones."""
    table = read(
        r"""CREATE EXTERNAL TABLE t (`a-b` struct<X:int,y:array<decimal(5,2)>> COMMENT "it's")
        ROW FORMAT DELIMITED FIELDS TERMINATED BY '\001' ESCAPED BY '\\' COLLECTION ITEMS TERMINATED BY '\u0002'
        LOCATION 's3://b/' TBLPROPERTIES ("k"='a\tb')"""
    )
    assert isinstance(table, s.CreateExternalTable)
    assert table.columns == (s.Field(name="a-b", type="struct<x:int,y:array<decimal(5,2)>>", comment="it's"),)
    assert table.storage.serde_parameters == {
        "field.delim": "\x01",
        "serialization.format": "\x01",
        "escape.delim": "\\",
        "colelction.delim": "\x02",
    }
    assert table.properties == {"k": "a\tb"}


@pytest.mark.parametrize("sql", ["SELECT 1; SELECT 2", "DROP TABLE a; DROP TABLE b;", "SELECT 1;\n-- two\nSELEC 2"])
def test_two_statements_are_refused(executor: StatementExecutor, sql: str) -> None:
    """In Athena's own words, which Trino has not."""
    with pytest.raises(EngineError) as refused:
        executor.plan(sql)
    assert refused.value.message == f"Only one sql statement is allowed. Got: {sql}"
    assert refused.value.name == "SYNTAX_ERROR"


@pytest.mark.parametrize("sql", ["SELECT ';'", "SELECT 1;", "SELECT 1 -- a; b", "SELECT '\\', ';'", 'SELECT 1 AS ";"'])
def test_a_semicolon_may_stand_in_a_statement(executor: StatementExecutor, sql: str) -> None:
    """In literals, names and comments, and once at the end."""
    assert executor.plan(sql).statement_type == "DML"


@pytest.fixture
def executor() -> Iterator[StatementExecutor]:
    with closing(DuckDBEngine()) as engine:
        yield StatementExecutor(engine)
