"""A Trino whose catalogs are files: the endpoint uses the one it is told, with the key that stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from socket import create_server

import pytest

from athena_ds.local import LocalAthena
from athena_ds.local.engine.trino.address import Door
from athena_ds.local.engine.trino.catalog import properties
from athena_ds.local.engines import KEY_VARIABLES
from tests.conftest import RESULTS
from tests.local.tables.running import Lake
from tests.local.trino.between import asked, catalogs

KEY = {"access_key_id": "AKIATRINOOWNEXAMPLE1", "secret_access_key": "its" + "Secret" * 6}


@pytest.fixture
def port() -> int:
    """A port that is free now, as the catalog must name it before the endpoint is there."""
    with closing(create_server(("127.0.0.1", 0))) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def catalog(trino_url: str, port: int) -> Iterator[str]:
    """A catalog as a file would make it."""
    name = "awsdatacatalog"
    door = Door(endpoint=f"http://127.0.0.1:{port}", region="us-east-1", catalog=name, **KEY)
    given = ", ".join(f"\"{key}\" = '{value}'" for key, value in properties(door).items())
    asked(trino_url, f"CREATE CATALOG {name} USING hive WITH ({given})")
    yield name
    asked(trino_url, f"DROP CATALOG {name}")


@pytest.mark.trino
def test_a_catalog_that_is_there_is_used(
    trino_url: str, port: int, catalog: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads and writes, with IAM: the Trino's requests are signed with its key, and let in. None is made or dropped."""
    for name, value in zip(KEY_VARIABLES, KEY.values(), strict=True):
        monkeypatch.setenv(name, value)
    before = catalogs(trino_url)
    with LocalAthena(port=port, iam=True, engine=f"trino={trino_url}/{catalog}") as endpoint:
        lake = Lake(endpoint)
        lake.s3.create_bucket(Bucket=RESULTS)
        lake.run("CREATE DATABASE db")
        lake.run("CREATE TABLE few AS SELECT * FROM AwsDataCatalog.nyc.airlines WHERE carrier < 'B'")
        assert lake.run("SELECT count(*), max(carrier) FROM few") == [["3", "AS"]]
        assert catalogs(trino_url) == before
    assert asked(trino_url, f"SHOW CATALOGS LIKE '{catalog}'") == [[catalog]]


def test_its_key_must_be_told() -> None:
    """Without it the endpoint would not let the Trino in."""
    with pytest.raises(ValueError, match="ATHENA_DS_TRINO_ACCESS_KEY_ID and ATHENA_DS_TRINO_SECRET_ACCESS_KEY"):
        LocalAthena(samples=False, engine="trino=http://127.0.0.1:8080/awsdatacatalog")
