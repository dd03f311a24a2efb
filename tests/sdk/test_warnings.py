"""Where a warning points: at the line that asked, and never at one that may hold a secret."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from athena_ds import AthenaDataSource
from athena_ds.errors import AthenaDSWarning

SCRIPT = """\
from athena_ds import AthenaDataSource
ds = AthenaDataSource.from_access_key(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key="{secret}", **{place})
"""
PLACE = {"region": "eu-west-1", "database": "Sales", "results_bucket": "acme.results", "results_path": "p"}

ASKED: dict[str, Callable[[AthenaDataSource], Any]] = {
    "query": lambda ds: ds.query("SELECT 1"),
    "submit": lambda ds: ds.submit("SELECT 1").result(),
    "query_batches": lambda ds: list(ds.query_batches("SELECT 1")),
    "query_many": lambda ds: ds.query_many(["SELECT 1"]),
    "describe": lambda ds: ds.describe(),
}


@pytest.fixture
def overridden(ds: AthenaDataSource) -> Iterator[AthenaDataSource]:
    """A data source without a table to see, whose results its workgroup puts elsewhere."""
    settings = {"ResultConfiguration": {"OutputLocation": "s3://athena-ds-results/enforced/"}}
    enforced = {**settings, "EnforceWorkGroupConfiguration": True}
    ds.door.call("athena:CreateWorkGroup", Name="enforcing", Configuration=enforced)
    yield AthenaDataSource(config=replace(ds.config, workgroup="enforcing"), credentials=ds.credentials)
    ds.door.call("athena:DeleteWorkGroup", WorkGroup="enforcing", RecursiveDeleteOption=True)


@pytest.mark.parametrize("way", ASKED)
def test_a_warning_points_at_the_line_that_asked(overridden: AthenaDataSource, way: str) -> None:
    """However many calls of this package lie between."""
    with pytest.warns(AthenaDSWarning) as told:
        ASKED[way](overridden)
    line = ASKED[way].__code__.co_firstlineno
    assert {(each.filename, each.lineno) for each in told} == {(__file__, line)}


def test_a_warning_that_no_line_of_the_callers_led_to_is_told_too(overridden: AthenaDataSource) -> None:
    """As where an awaited query is waited for by a thread."""

    async def awaited() -> None:
        await overridden.submit("SELECT 1")

    with pytest.warns(AthenaDSWarning) as told:
        asyncio.run(awaited())
    assert len(told) == 2


@pytest.mark.parametrize("secret", ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "minio-secret-of-another-form"])
def test_a_warning_about_fields_shows_no_line_that_may_hold_a_secret(secret: str, tmp_path: Path) -> None:
    """Python prints the line a warning points at: a literal there would stand in every log."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(secret=secret, place=PLACE))
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert "SettingsWarning" in ran.stderr
    assert secret not in ran.stderr


def test_a_warning_can_be_made_an_error(overridden: AthenaDataSource) -> None:
    """By Python's own filters, as any other."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", AthenaDSWarning)
        with pytest.raises(AthenaDSWarning):
            overridden.query("SELECT 1")
