"""Boundaries: results come from where Athena said and from the account expected; nothing runs what it reads."""

from __future__ import annotations

import ast
import json
import os
import stat
from pathlib import Path

import pytest

import athena_ds
from athena_ds import AthenaDataSource, whole
from athena_ds.errors import AccessDeniedError, ResultError
from athena_ds.execution import journal, status
from athena_ds.local.server import LocalAthena
from scripts.audit import read, verdict

PACKAGE = Path(athena_ds.__file__).parent
RUNS_WHAT_IT_READS = {"eval", "exec", "compile", "__import__"}
UNSAFE = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "yaml"}


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def test_no_module_evaluates_text_or_unpickles_data() -> None:
    """Neither a call of `eval` and its like, nor an import of what would run code hidden in data."""
    found = []
    for file in sources():
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RUNS_WHAT_IT_READS:
                found.append(f"{file}:{node.lineno} {node.func.id}()")
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{file}: imports {name}" for name in names if name.split(".")[0] in UNSAFE]
    assert not found


def test_rows_are_fetched_from_the_reported_place_with_the_owner_condition(
    quick: AthenaDataSource, endpoint: LocalAthena, number: int
) -> None:
    """The bucket and key of GetObject are those of the execution's OutputLocation, and the owner is named."""
    fetched: list[dict[str, str]] = []
    quick.door.warm("s3")
    events = quick.door._clients["s3"].meta.events
    note = lambda params, **_: fetched.append(params)  # noqa: E731
    events.register("provide-client-params.s3.GetObject", note)
    name = quick.query(f"SELECT {number}").attrs["athena"]["query_execution_id"]
    events.unregister("provide-client-params.s3.GetObject", note)
    assert fetched
    for params in fetched:
        assert status(quick.door, name).output_location == f"s3://{params['Bucket']}/{params['Key']}"
        assert params["ExpectedBucketOwner"] == endpoint.account_id


def test_a_bucket_that_somebody_else_owns_is_not_read(quick: AthenaDataSource, number: int) -> None:
    """Registered under the same name after the right one was deleted: refused before a byte is taken."""
    name = quick.query(f"SELECT {number}").attrs["athena"]["query_execution_id"]
    stranger = AthenaDataSource(config=quick.config, credentials=quick.credentials)
    stranger.contract.__dict__["bucket_owner"] = "999999999999"
    with pytest.raises(AccessDeniedError):
        stranger.result(name)


KNOWN = {"name": "a", "version": "1", "vulns": []}
WEAK = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited: c (1)"}


@pytest.mark.parametrize(
    ("dependencies", "code", "said"),
    [
        ([KNOWN], 0, "about 1 versions; weaknesses known: 0"),
        ([KNOWN, WEAK], 1, "b 2: PYSEC-1 (CVE-1), mended in 3"),
        ([KNOWN, SKIPPED], 0, "not looked up: c"),
        ([SKIPPED], 69, "Nothing was looked up"),
        (None, 69, "Nothing was looked up"),
    ],
)
def test_a_scan_of_dependencies_takes_no_silence_for_an_all_clear(dependencies: object, code: int, said: str) -> None:
    """Behind a mirror without advisories pip-audit ends well, and has looked up nothing."""
    answer = read(json.dumps({"dependencies": dependencies}) if dependencies is not None else "no answer")
    found = verdict({"pypi": answer})
    assert found[0] == code
    assert said in found[1]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_an_unload_reads_only_what_lies_where_it_wrote(local: LocalAthena) -> None:
    """Whoever may write the manifest cannot feed rows from elsewhere."""
    ds = AthenaDataSource.local(local)
    unloaded = ds.unload("SELECT 1 AS one")
    execution = unloaded.execution
    assert len(ds.result(execution.query_execution_id)) == 1
    bucket, _, key = (execution.statistics.data_manifest_location or "").removeprefix("s3://").partition("/")
    ds.session.client("s3").put_object(Bucket=bucket, Key=key, Body=b"s3://elsewhere/rows.parquet\n")
    with pytest.raises(ResultError, match="outside s3://"):
        ds.result(execution.query_execution_id)
    with pytest.raises(ResultError, match="outside s3://"):
        _ = unloaded.files


def test_what_is_kept_on_disk_is_its_owners_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """0600 in a 0700 folder, whatever the umask; a crash at any step leaves the old content and nothing beside it."""
    file = tmp_path / "folder" / "kept"
    before = os.umask(0)
    try:
        whole.write(file, b"old")
        journal.begun("x", region="eu-west-1", endpoint_url=None)
    finally:
        os.umask(before)
    for each in (file, *journal.directory().iterdir()):
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
        assert stat.S_IMODE(each.parent.stat().st_mode) == 0o700
    for step in ("os.fdopen", "os.fsync", "pathlib.Path.replace"):

        def crash(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(step, crash)
            with pytest.raises(KeyboardInterrupt):
                whole.write(file, b"new")
        assert file.read_bytes() == b"old"
        assert list(file.parent.iterdir()) == [file]
    journal.ended("x")
