"""An endpoint with a scripted engine, and a data source on it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from athena_ds import AthenaDataSource
from athena_ds.local.server import LocalAthena

from .scripted import Scripted


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's AWS settings, saved data sources or governance gets into a test."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "ATHENA_DS_")) or name.lower() in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def scripted() -> Scripted:
    return Scripted()


@pytest.fixture(scope="session")
def endpoint(scripted: Scripted) -> Iterator[LocalAthena]:
    with LocalAthena(samples=False, engine=scripted) as running:  # type: ignore[arg-type]
        made = AthenaDataSource.local(running)
        made.door.call("glue:CreateDatabase", DatabaseInput={"Name": "nyc"})
        yield running


@pytest.fixture
def ds(endpoint: LocalAthena, scripted: Scripted) -> Iterator[AthenaDataSource]:
    scripted.waiting = threading.Semaphore(0)
    yield AthenaDataSource.local(endpoint)
    endpoint.faults.clear()
