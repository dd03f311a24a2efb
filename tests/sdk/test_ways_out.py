"""Ways out: PyAthena, SQLAlchemy, boto3 and the S3 readers go on with the same identity, place and endpoint."""

from __future__ import annotations

import pytest

from athena_ds import AthenaDataSource

DEAD = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment must not stand between this machine and itself."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, DEAD)


def test_pyathena_goes_on_here(ds: AthenaDataSource) -> None:
    """Its results land in this data source's place."""
    cursor = ds.connect(poll_interval=0.05).cursor()
    cursor.execute("SELECT 5")
    assert cursor.fetchall() == [(5,)]
    assert cursor.output_location.startswith(ds.config.output_location)


def test_sqlalchemy_goes_on_here(ds: AthenaDataSource) -> None:
    """With a URL that holds no secret."""
    from sqlalchemy import text

    engine = ds.engine()
    assert "athena.us-east-1.amazonaws.com" in str(engine.url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 6")).scalar() == 6


def test_boto3_goes_on_here(ds: AthenaDataSource) -> None:
    """Every client of the session finds the endpoint; another can still be named."""
    assert ds.session.client("sts").get_caller_identity()["Account"] == ds.identity().account
    assert ds.session.region_name == ds.config.region
    assert ds.session.client("sts", endpoint_url=DEAD).meta.endpoint_url == DEAD


def test_pyarrow_reads_with_the_options(ds: AthenaDataSource) -> None:
    """The very object a query left."""
    from pyarrow.fs import S3FileSystem

    location = ds.query("SELECT 8").attrs["athena"]["output_location"]
    with S3FileSystem(**ds.storage_options("pyarrow")).open_input_stream(location.removeprefix("s3://")) as stream:
        assert stream.read() == b'"n"\n"8"\n'


def test_polars_reads_with_the_options(ds: AthenaDataSource, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same object. Its own HTTP client takes the proxy unless NO_PROXY names the host."""
    import polars as pl

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    location = ds.query("SELECT 9").attrs["athena"]["output_location"]
    frame = pl.read_csv(location, storage_options=dict(ds.storage_options("polars")))
    assert frame.to_dict(as_series=False) == {"n": [9]}


def test_the_options_say_what_each_reader_calls_them(ds: AthenaDataSource) -> None:
    """No key that a reader would not know, and none without a value."""
    assert set(ds.storage_options("duckdb")) == {"key_id", "secret", "region", "endpoint", "url_style", "use_ssl"}
    assert set(ds.storage_options("fsspec")) == {"key", "secret", "endpoint_url", "client_kwargs"}


def test_a_missing_extra_is_named_with_the_line_that_installs_it(
    ds: AthenaDataSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that nobody has to look it up."""
    import sys

    from athena_ds.errors import MissingExtraError

    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'athena-ds\[sqlalchemy\]'"):
        ds.engine()
    monkeypatch.setitem(sys.modules, "athena_ds.local", None)
    monkeypatch.setattr("athena_ds.embedded._shared", [])
