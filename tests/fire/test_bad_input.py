"""Bad input ends in an error of this package or in a value, never in another exception, a loop, HTML or a path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from athena_ds import AthenaDataSource, DataSourceConfig, Profile, results
from athena_ds.aws import Door, Patience
from athena_ds.catalog.mentioned import tables_in
from athena_ds.connection import saved
from athena_ds.errors import AccessDeniedError, AthenaDSError, ResultError
from athena_ds.execution import QueryExecution, status
from athena_ds.execution.diagnosis import diagnose
from athena_ds.execution.parameters import bind
from athena_ds.execution.place import place_in
from athena_ds.local.server import LocalAthena
from athena_ds.policy import Location
from athena_ds.queries.flow import unload_statement
from athena_ds.results import nested
from tests.results.athena_text import csv_bytes, info
from tests.results.shelf import Shelf
from tests.results.transports import by_csv, by_pages, by_unload, whole

from .conftest import FULL

INFOS = [info("id", "bigint"), info("text", "varchar"), info("at", "timestamp")]
ROWS = [(str(number), 'a "b"\nc', "2024-01-01 00:00:00.000") for number in range(4)]
CSV = csv_bytes(["id", "text", "at"], ROWS)

TEXT = st.text(max_size=60) | st.text(alphabet="SELCTFROMWITH()'\"`;-/*?:,. \n\0\ud800", max_size=80)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)

PLACES = ["ResultSet", "Rows", "ResultSetMetadata", "ColumnInfo", "Data", "NextToken"]
MEMBERS = ["QueryExecutionId", "Status", "Statistics", "ResultConfiguration", "Query"]
EXECUTIONS = st.fixed_dictionaries({}, optional=dict.fromkeys(MEMBERS, JSON))

fuzz = settings(
    max_examples=1000 if FULL else 100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@fuzz
@given(sql=TEXT, values=st.lists(TEXT | st.integers() | st.floats() | st.none() | st.binary(max_size=4), max_size=3))
def test_any_statement_and_any_values(sql: str, values: list[Any]) -> None:
    """A value is bound as a literal or refused; it is never in the statement."""
    for given_values in (values, {"a": values[0]} if values else {}, None):
        try:
            bound = bind(sql, given_values)
        except AthenaDSError:
            continue
        assert re.sub(r":\w+|\?", "", bound.sql).count("'") <= sql.count("'")
    tables_in(sql, "d")
    for refusing in (
        lambda: unload_statement(sql, "s3://b/"),
        lambda: nested.probe(sql),
        lambda: place_in(sql, sql),
        lambda: diagnose(sql),
    ):
        with suppress(AthenaDSError):
            refusing()


@fuzz
@given(
    texts=st.lists(TEXT, min_size=6, max_size=6),
    scan=st.none() | TEXT | st.integers(),
    owner=st.none() | TEXT,
)
def test_any_connection_fields(texts: list[str], scan: Any, owner: Any) -> None:
    """Names, buckets, paths: all problems are one ConfigError."""
    names = ("region", "database", "results_bucket", "results_path", "workgroup", "data_catalog")
    sound = {"region": "eu-west-1", "database": "sales", "results_bucket": "acme-results"}
    fields = dict(zip(names, texts, strict=True))
    for chosen in (fields, {**fields, **sound}, *({**sound, name: text} for name, text in fields.items())):
        try:
            config = DataSourceConfig(**chosen, max_scan=scan, expected_bucket_owner=owner)
        except AthenaDSError:
            continue
        assert config.output_location.startswith(f"s3://{config.results_bucket}/")
    for text in texts:
        Location.of(text)


@fuzz
@given(at=st.integers(0, len(CSV)), lost=st.integers(0, 20), put=st.binary(max_size=12))
def test_any_damage_to_a_csv(shelf: Shelf, door: Door, at: int, lost: int, put: bytes) -> None:
    """Bytes taken out, put in, or both: a frame of the same columns, or an error that says what is wrong."""
    execution = by_csv(shelf, INFOS, ROWS)
    shelf.objects[f"results/{execution.query_execution_id}.csv"] = CSV[:at] + put + CSV[at + lost :]
    try:
        frame = whole(execution, door)
    except AthenaDSError:
        return
    assert list(frame.columns) == ["id", "text", "at"]


@fuzz
@given(body=st.binary(max_size=200), manifest=st.none() | st.binary(max_size=60))
def test_any_bytes_as_an_unloads_files(shelf: Shelf, door: Door, body: bytes, manifest: bytes | None) -> None:
    """In place of Parquet, and of the list of files."""
    import pyarrow as pa

    execution = by_unload(shelf, [pa.table({"a": [1]})])
    name = execution.query_execution_id
    shelf.objects[f"unload/{name}/0"] = body
    if manifest is not None:
        shelf.objects[f"manifests/{name}.csv"] = manifest
    with suppress(AthenaDSError):
        whole(execution, door)


@fuzz
@given(
    change=JSON, place=st.sampled_from(["ResultSet", "Rows", "ResultSetMetadata", "ColumnInfo", "Data", "NextToken"])
)
def test_any_page_of_results(shelf: Shelf, door: Door, change: Any, place: str) -> None:
    """GetQueryResults with a part of its answer replaced."""
    execution = by_pages(shelf, INFOS, ROWS)
    sound = shelf.pages({"QueryExecutionId": execution.query_execution_id})

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: change if name == place else changed(each) for name, each in value.items()}
        return [changed(each) for each in value] if isinstance(value, list) else value

    answer = changed(sound)
    if place == "NextToken":
        answer["NextToken"] = change
    shelf.answer = answer
    try:
        whole(execution, door)
    except AthenaDSError:
        pass
    finally:
        shelf.answer = None


@fuzz
@given(said=JSON | st.fixed_dictionaries({"QueryExecution": JSON | EXECUTIONS}))
def test_any_answer_about_an_execution(shelf: Shelf, door: Door, said: Any) -> None:
    """GetQueryExecution with anything in it."""
    shelf.answer = said
    try:
        assert isinstance(status(door, "x"), QueryExecution)
    except AthenaDSError:
        pass
    finally:
        shelf.answer = None


@fuzz
@given(content=st.binary(max_size=120) | TEXT.map(lambda text: ("version = 1\n" + text).encode("utf-8", "replace")))
def test_any_saved_data_source(content: bytes) -> None:
    """A file that somebody else wrote in its place."""
    file = saved.directory() / "x.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    with suppress(AthenaDSError):
        saved.load("x")


@pytest.fixture
def aws_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws"))
    return tmp_path / "aws"


@fuzz
@given(content=st.binary(max_size=80) | TEXT.map(lambda text: f"[profile x]\n{text}".encode("utf-8", "replace")))
def test_any_aws_configuration_file(aws_file: Path, endpoint: LocalAthena, content: bytes) -> None:
    """A profile out of a file of anything."""
    aws_file.write_bytes(content)
    door = Door(
        credentials=Profile(name="x"),
        region="us-east-1",
        endpoint_url=endpoint.endpoint_url,
        patience=Patience(attempts=1, unreachable_attempts=1),
    )
    with suppress(AthenaDSError):
        door.session.get_credentials()


@fuzz
@given(text=TEXT | JSON.map(json.dumps) | st.just("[" * 5000))
def test_any_cell_where_json_was_asked_for(shelf: Shelf, door: Door, text: str) -> None:
    """Lists, dicts and scalars, or the column is named."""
    execution = by_csv(shelf, [info("a", "json")], [(text.encode("utf-8", "replace").decode(),)])
    named: list[str] = []
    try:
        results.read(execution, door, options=results.ReadOptions(nested={0: "array"}))
    except ResultError as error:
        named.append(error.column)
    assert named in ([], ["a"])


WORDS = [
    "Effect",
    "Allow",
    "Deny",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
    "Version",
    "*",
    "glue:*",
]
WORDS += [
    "StringLike",
    "ArnEquals",
    "Bool",
    "IpAddress",
    "DateLessThan",
    "NumericEquals",
    "ForAllValues:StringEquals",
    "Null",
]
STATEMENT = st.dictionaries(
    st.sampled_from(WORDS) | st.text(max_size=5),
    JSON | st.sampled_from(WORDS) | st.dictionaries(st.sampled_from(WORDS), JSON | st.dictionaries(st.text(), JSON)),
    max_size=5,
)
DOCUMENT = st.fixed_dictionaries(
    {"Statement": STATEMENT | st.lists(STATEMENT, max_size=3) | JSON}, optional={"Version": JSON}
)


@pytest.fixture(scope="module")
def guarded() -> Iterator[tuple[Any, Any]]:
    """IAM's administrator, and somebody whose policy it is."""
    with LocalAthena(samples=False, iam=True) as running:
        iam = AthenaDataSource.local(running).session.client("iam")
        iam.create_user(UserName="somebody")
        key = iam.create_access_key(UserName="somebody")["AccessKey"]
        source = AthenaDataSource.from_access_key(
            access_key_id=key["AccessKeyId"],
            secret_access_key=key["SecretAccessKey"],
            region=running.region,
            database="nyc",
            results_bucket="acme-results",
            results_path="x",
            endpoint_url=running.endpoint_url,
        )
        yield iam, source.door


@fuzz
@given(document=DOCUMENT.map(json.dumps) | JSON.map(json.dumps) | TEXT.map(lambda text: f"{text}x"))
def test_any_policy_document(guarded: tuple[Any, Any], document: str) -> None:
    """Refused as malformed, or in force: then it allows or denies, and breaks nothing."""
    iam, door = guarded
    text = document.encode("utf-8", "replace").decode()
    codes: list[str] = []
    try:
        iam.put_user_policy(UserName="somebody", PolicyName="p", PolicyDocument=text)
    except ClientError as error:
        codes.append(error.response["Error"]["Code"])
    assert codes in ([], ["MalformedPolicyDocument"], ["ValidationError"])
    with suppress(AccessDeniedError):
        door.call("glue:GetDatabases")


HOSTILE = ['<img src=x onerror="alert(1)">', "../../etc/passwd", "a'; DROP TABLE b --", '"', "&amp;", "{{x}}", "%s"]


@pytest.fixture
def hostile(endpoint: LocalAthena) -> Iterator[AthenaDataSource]:
    """A database whose tables, columns, comments and places have such names."""
    made = AthenaDataSource.local(endpoint, database="hostile")
    call = made.door.call
    call("glue:CreateDatabase", DatabaseInput={"Name": "hostile"})
    for name in HOSTILE:
        columns = [{"Name": name, "Type": name, "Comment": name}]
        storage = {"Columns": columns, "Location": f"s3://acme/{name}/"}
        table = {"Name": name, "Description": name, "StorageDescriptor": storage, "PartitionKeys": columns}
        call("glue:CreateTable", DatabaseName="hostile", TableInput=table)
    yield made
    call("glue:DeleteDatabase", Name="hostile")


def test_names_from_glue_stay_text_in_html_and_make_no_path(hostile: AthenaDataSource, tmp_path: Path) -> None:
    """What a notebook shows of them is escaped; no file is made of any."""
    before = sorted(tmp_path.rglob("*"))
    tables = hostile.describe()
    assert set(tables.iloc[:, 0]) == {name.lower() for name in HOSTILE}
    shown = [tables, *(hostile.describe(name) for name in tables.iloc[:, 0] if not set(name) & set('."'))]
    for frame in shown:
        assert "<img" not in frame._repr_html_()  # type: ignore[operator]
        assert isinstance(frame, pd.DataFrame)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_token_that_never_ends_is_an_error(shelf: Shelf, door: Door) -> None:
    """A page that names itself as the next is no reason to ask for ever."""
    execution = by_pages(shelf, INFOS, ROWS)
    page = shelf.pages({"QueryExecutionId": execution.query_execution_id})
    shelf.answer = json.loads(json.dumps({**page, "NextToken": "again"}))
    try:
        with pytest.raises(AthenaDSError):
            whole(execution, door)
    finally:
        shelf.answer = None
