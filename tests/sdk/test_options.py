"""Options of a query: what is misspelt or cannot be is refused before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from athena_ds import AthenaDataSource, Encryption
from athena_ds.aws import recording
from athena_ds.errors import NotFoundError, ParameterError


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"max_scam": "1 GB"}, "Did you mean max_scan"),
        ({"colour": "red"}, "Options are database, "),
        ({"dtype_backend": "polars"}, "'numpy' or 'pyarrow', not 'polars'"),
        ({"nested": "yes"}, "'text' or 'json', not 'yes'"),
        ({"timeout": 0}, "seconds above zero, not 0"),
        ({"timeout": "5"}, "a number of seconds above zero, not '5'"),
        ({"reuse_minutes": "60"}, "a number of minutes, not '60'"),
        ({"database": None}, "a name, not None"),
        ({"watch": 5}, "a function, not 5"),
    ],
)
@pytest.mark.parametrize("verb", ["query", "submit", "query_batches", "query_many", "explain", "unload", "result"])
def test_an_option_that_cannot_be_is_refused(
    ds: AthenaDataSource, verb: str, options: dict[str, Any], said: str
) -> None:
    """By each way to run a query: a misspelt limit must not go unseen."""
    given = ["SELECT 1"] if verb == "query_many" else "SELECT 1"
    with recording() as calls, pytest.raises(ParameterError, match=said):
        getattr(ds, verb)(given, **options)
    assert not calls


def test_a_statement_is_text(ds: AthenaDataSource) -> None:
    """Not bytes or a number that would be spelt as text."""
    with pytest.raises(ParameterError, match="text, not bytes"):
        ds.query(b"SELECT 1")  # type: ignore[arg-type]
    assert "text, not int" in str(ds.query_many([5])[0].error)  # type: ignore[list-item]
    with pytest.raises(ParameterError, match="at least 1, not 0"):
        next(iter(ds.query_batches("SELECT 1", rows=0)))


def test_only_a_query_is_unloaded(ds: AthenaDataSource) -> None:
    """SHOW and INSERT cannot stand in UNLOAD's brackets."""
    with pytest.raises(ParameterError, match="Only a query"):
        ds.query("SHOW TABLES", unload=True)
    with pytest.raises(ParameterError, match="Only a query"):
        ds.unload("INSERT INTO t SELECT 1")


def test_an_execution_nobody_knows_is_not_promised_for_later(ds: AthenaDataSource) -> None:
    """It says where executions are kept, and how long."""
    with pytest.raises(NotFoundError) as found:
        ds.result("00000000-0000-0000-0000-000000000000")
    assert "45 days" in found.value.remedy
    assert "reads the query's rows later" not in found.value.remedy


SEALED = Encryption(option="CSE_KMS", kms_key="alias/results")
BY_WORKGROUP = {
    "EnforceWorkGroupConfiguration": True,
    "ResultConfiguration": {
        "OutputLocation": "s3://athena-ds-results/query-results/",
        "EncryptionConfiguration": {"EncryptionOption": "CSE_KMS", "KmsKey": "alias/results"},
    },
}


@pytest.fixture(params=["data source", "workgroup"])
def sealed(request: pytest.FixtureRequest, ds: AthenaDataSource) -> Iterator[AthenaDataSource]:
    """Where results are encrypted before S3 has them, by whose wish ever."""
    if request.param == "data source":
        yield AthenaDataSource(config=replace(ds.config, encryption=SEALED), credentials=ds.credentials)
        return
    ds.door.call("athena:CreateWorkGroup", Name="sealed", Configuration=BY_WORKGROUP)
    yield AthenaDataSource(config=replace(ds.config, workgroup="sealed"), credentials=ds.credentials)
    ds.door.call("athena:DeleteWorkGroup", WorkGroup="sealed", RecursiveDeleteOption=True)


@pytest.mark.parametrize(
    "ask",
    [
        lambda ds: ds.query("SELECT 1", unload=True),
        lambda ds: ds.submit("SELECT 1", unload=True),
        lambda ds: next(ds.query_batches("SELECT 1", unload=True)),
        lambda ds: ds.query_many(["SELECT 1"], unload=True)[0].result(),
        lambda ds: ds.unload("SELECT 1"),
    ],
    ids=["query", "submit", "query_batches", "query_many", "unload"],
)
def test_files_that_could_not_be_read_back_are_not_paid_for(sealed: AthenaDataSource, ask: Any) -> None:
    """With CSE_KMS S3 holds what only Athena reads: an UNLOAD is refused before it is sent."""
    with recording() as calls, pytest.raises(ParameterError, match="CSE_KMS") as found:
        ask(sealed)
    assert "SSE_KMS" in found.value.remedy
    assert "athena:StartQueryExecution" not in {call.operation for call in calls}
