"""Reading objects: ranges cost the range, conditions are kept, what is missing is told."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto.s3.models import FakeKey
from pyarrow import fs

from athena_ds.local import LocalAthena
from tests.conftest import clients_of
from tests.local.athena.calls import refused

KEY = "a b/é+=&.txt"
BODY = b"0123456789"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[LocalAthena]:
    with LocalAthena(samples=False) as running:
        s3 = clients_of(running)("s3")
        s3.create_bucket(Bucket="things")
        s3.put_object(Bucket="things", Key=KEY, Body=BODY, Metadata={"m": "v"}, ContentType="text/plain")
        s3.put_object(Bucket="things", Key="empty", Body=b"")
        yield running


@pytest.fixture(scope="module")
def s3(endpoint: LocalAthena) -> Any:
    return clients_of(endpoint)("s3")


def test_a_whole_object_with_its_headers(s3: Any) -> None:
    """Body, type, metadata, ETag and checksum as they were put."""
    found = s3.get_object(Bucket="things", Key=KEY)
    assert found["Body"].read() == BODY
    assert (found["ContentType"], found["Metadata"], found["ContentLength"]) == ("text/plain", {"m": "v"}, 10)
    assert found["ETag"] == s3.head_object(Bucket="things", Key=KEY)["ETag"]
    assert found["ChecksumCRC32"] == s3.head_object(Bucket="things", Key=KEY, ChecksumMode="ENABLED")["ChecksumCRC32"]


@pytest.mark.parametrize(
    ("asked", "body", "content_range"),
    [
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=0-0", b"0", "bytes 0-0/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-30", BODY, "bytes 0-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
    ],
)
def test_ranges(s3: Any, asked: str, body: bytes, content_range: str) -> None:
    """206 with the bytes asked for and where they are from."""
    found = s3.get_object(Bucket="things", Key=KEY, Range=asked)
    assert (found["Body"].read(), found["ContentRange"]) == (body, content_range)
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 206


@pytest.mark.parametrize(("key", "asked"), [(KEY, "bytes=10-"), (KEY, "bytes=100-200"), ("empty", "bytes=0-0")])
def test_a_range_outside_is_refused(s3: Any, key: str, asked: str) -> None:
    """416 InvalidRange, also of an empty object."""
    found = refused(s3.get_object, Bucket="things", Key=key, Range=asked)
    assert (found["Code"], found["status"]) == ("InvalidRange", 416)


def test_a_range_that_is_none_gives_the_object(s3: Any) -> None:
    """Several ranges, or nonsense: the whole object, as S3 does."""
    for asked in ("bytes=0-1,3-4", "lines=1-2", "bytes=-"):
        assert s3.get_object(Bucket="things", Key=KEY, Range=asked)["Body"].read() == BODY


def test_conditions(s3: Any) -> None:
    """If-Match of another version is 412, with a range too; If-None-Match of this one is 304."""
    etag = s3.head_object(Bucket="things", Key=KEY)["ETag"]
    assert s3.get_object(Bucket="things", Key=KEY, IfMatch=etag, Range="bytes=0-1")["Body"].read() == b"01"
    for more in ({}, {"Range": "bytes=0-1"}):
        found = refused(s3.get_object, Bucket="things", Key=KEY, IfMatch='"other"', **more)
        assert (found["Code"], found["status"]) == ("PreconditionFailed", 412)
    assert refused(s3.get_object, Bucket="things", Key=KEY, IfNoneMatch=etag)["status"] == 304


def test_what_is_missing(s3: Any) -> None:
    """NoSuchKey, NoSuchBucket, and 404 without a body for HEAD."""
    assert refused(s3.get_object, Bucket="things", Key="nope")["Code"] == "NoSuchKey"
    assert refused(s3.get_object, Bucket="nowhere", Key="nope")["Code"] == "NoSuchBucket"
    assert refused(s3.head_object, Bucket="things", Key="nope")["Code"] == "404"


def test_an_overwritten_object_reads_as_the_new_one(s3: Any) -> None:
    """No bytes of the old one, a new ETag."""
    s3.put_object(Bucket="things", Key="twice", Body=b"old old old")
    before = s3.get_object(Bucket="things", Key="twice", Range="bytes=0-2")["ETag"]
    s3.put_object(Bucket="things", Key="twice", Body=b"new")
    after = s3.get_object(Bucket="things", Key="twice", Range="bytes=0-2")
    assert after["Body"].read() == b"new"
    assert after["ETag"] != before


def test_a_presigned_link_reads(s3: Any) -> None:
    """Anybody who has it may read, with no headers."""
    link = s3.generate_presigned_url("get_object", Params={"Bucket": "things", "Key": KEY})
    with urllib.request.urlopen(link) as answer:
        assert answer.read() == BODY


def test_a_small_range_of_a_large_object_is_cheap(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kilobyte is read out of 64 MiB without the object being copied, as moto's own way to its bytes does."""
    s3.put_object(Bucket="things", Key="large", Body=bytes(64 * 2**20))

    def copied(_: Any) -> bytes:
        raise AssertionError("the whole object was copied")

    monkeypatch.setattr(FakeKey, "value", property(copied))
    for start in range(20):
        found = s3.get_object(Bucket="things", Key="large", Range=f"bytes={start * 1000}-{start * 1000 + 999}")
        assert len(found["Body"].read()) == 1000


def test_pyarrow_reads_and_writes(endpoint: LocalAthena) -> None:
    """pyarrow's own S3 client: Parquet written, listed and read back."""
    store = fs.S3FileSystem(
        endpoint_override=endpoint.endpoint_url.removeprefix("http://"),
        scheme="http",
        access_key=endpoint.access_key_id,
        secret_key=endpoint.secret_access_key,
        region=endpoint.region,
    )
    table = pa.table({"n": range(100_000)})
    pq.write_table(table, "things/parquet/n.parquet", filesystem=store)
    assert pq.read_table("things/parquet/n.parquet", filesystem=store).equals(table)
    assert [one.base_name for one in store.get_file_info(fs.FileSelector("things/parquet"))] == ["n.parquet"]


def test_ranges_read_at_once_do_not_disturb_each_other(endpoint: LocalAthena) -> None:
    """An object nobody has read yet, stored in process: its ETag is made while many read, and all read right."""
    from concurrent.futures import ThreadPoolExecutor

    from athena_ds.local.s3.objects import Location, Store

    s3 = clients_of(endpoint, max_pool_connections=20)("s3")
    body = bytes(range(256)) * 20_000
    store = Store(account=endpoint.account_id, region=endpoint.region)
    for turn in range(5):
        store.put(Location(bucket="things", key=f"fresh{turn}"), body)

        def read(start: int, key: str = f"fresh{turn}") -> bool:
            found = s3.get_object(Bucket="things", Key=key, Range=f"bytes={start}-{start + 9999}")
            return bool(found["Body"].read() == body[start : start + 10_000])

        with ThreadPoolExecutor(16) as pool:
            assert all(pool.map(read, range(0, len(body) - 10_000, 100_000)))
