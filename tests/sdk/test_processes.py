"""Beyond one process and one thread: forks, and what a long one keeps."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from athena_ds import AthenaDataSource
from athena_ds.local.server import LocalAthena

FORKING = """\
import multiprocessing
from athena_ds import AthenaDataSource
from athena_ds.local import LocalAthena

with LocalAthena(samples=False) as local:
    ds = AthenaDataSource.local(local)
    for number in range(4):
        ds.door.call("glue:CreateDatabase", DatabaseInput={"Name": f"db{number}"})

    def asked(number, _=None):
        name = f"db{number}"
        return all(ds.door.call("glue:GetDatabase", Name=name)["Database"]["Name"] == name for _ in range(50))

    with multiprocessing.get_context("fork").Pool(4) as pool:
        assert pool.map(asked, range(4), chunksize=1) == [True] * 4
    assert asked(0)
    assert ds.databases() == ["db0", "db1", "db2", "db3"]
print("each its own")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="nothing forks there")
def test_a_forked_process_has_connections_of_its_own(tmp_path: Path) -> None:
    """A data source made and used before: on its parent's sockets, one child would read another's answers."""
    script = tmp_path / "forking.py"
    script.write_text(FORKING)
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False)
    assert (ran.stdout, ran.returncode) == ("each its own\n", 0), ran.stderr


def test_who_asked_once_is_forgotten(empty_local: LocalAthena) -> None:
    """A kernel that signed in with many keys keeps the latest of them, and the clients of no other."""

    def used(secret: str) -> weakref.ref[object]:
        ds = AthenaDataSource.from_access_key(
            access_key_id=empty_local.access_key_id,
            secret_access_key=secret,
            region=empty_local.region,
            database="x",
            results_bucket="acme",
            results_path="p",
            endpoint_url=empty_local.endpoint_url,
        )
        ds.databases()
        return weakref.ref(ds.door)

    doors = [used(f"{number:040d}") for number in range(20)]
    gc.collect()
    kept = [door() is not None for door in doors]
    assert not any(kept[:10])
    assert kept[-1]


def test_what_the_environment_says_of_one_service_counts(
    empty_local: LocalAthena, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it changes in the life of a kernel, as AWS's own variables may."""
    fields = {"region": empty_local.region, "database": "x", "results_bucket": "acme", "results_path": "p"}

    def made() -> AthenaDataSource:
        return AthenaDataSource.from_access_key(
            access_key_id=empty_local.access_key_id, secret_access_key=empty_local.secret_access_key, **fields
        )

    monkeypatch.setenv("AWS_ENDPOINT_URL_GLUE", "http://127.0.0.1:9")
    before = made().door
    monkeypatch.setenv("AWS_ENDPOINT_URL_GLUE", empty_local.endpoint_url)
    assert made().databases() == []
    assert made().door is not before
