"""Preflight on a healthy account: every check in order, nothing left behind, and a report that shows itself."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from athena_ds.errors import PreflightError
from athena_ds.preflight import CATALOGUE
from tests.permissions.conftest import Worlds
from tests.permissions.world import DATABASE, PATH, World


def test_a_healthy_account_passes(world: World) -> None:
    """Nothing fails; rows come in the order a person would ask, every column filled as promised."""
    report = world.ds.preflight()
    assert report.passed, report.failures
    assert list(report.columns) == ["id", "group", "check", "status", "evidence", "remedy", "actions", "elapsed_ms"]
    groups = report["group"].drop_duplicates().tolist()
    assert groups == ["identity", "athena", "catalog", "source data", "results", "housekeeping"]
    names = report["id"].str.partition(":")[0]
    assert set(names) <= set(CATALOGUE)
    assert (report["evidence"].str.len() > 5).all()
    assert (report.loc[report["status"].isin(["failed", "warning"]), "remedy"].str.len() > 10).all()
    assert (report["elapsed_ms"] >= 0).all()
    report.raise_for_failures()


def test_the_account_of_the_document_passes_under_the_documents_policy(worlds: Worlds) -> None:
    """Every required check passes; checks that need more are skipped and name the action they would want."""
    world = worlds("several buckets")
    policy = world.ds.policy(style="document")
    world.grant(policy.document)
    for used in (None, policy):
        report = world.ds.preflight(policy=used)
        assert report.passed, report.failures
        skipped = report[report["status"] == "skipped"].set_index("id")
        assert "athena:GetWorkGroup" in skipped.loc["workgroup", "remedy"]
        assert "s3:GetLifecycleConfiguration" in skipped.loc["lifecycle", "remedy"]
        assert "lifecycle" in skipped.loc["lifecycle-uploads", "evidence"]
    assert report.set_index("id").loc["named-query", "status"] == "passed"


@pytest.mark.parametrize("style", ["least", "document"])
def test_it_leaves_nothing_and_writes_nothing(worlds: Worlds, style: str) -> None:
    """Buckets, objects, uploads, executions, saved queries and Glue are the same before and after."""
    world = worlds("partitions elsewhere")
    policy = world.ds.policy(named_queries=True) if style == "least" else world.ds.policy(style="document")
    before = world.left()
    world.local.faults.calls.clear()
    assert world.ds.preflight(policy=policy).passed
    calls = world.local.faults.calls.snapshot()
    assert world.left() == before
    written = {
        name for name in calls if re.search(r":(Put|Create|Delete|Complete|Copy|Update|Start|Tag|Batch(?!Get))", name)
    }
    assert written == {
        "athena:StartQueryExecution",
        "athena:CreateNamedQuery",
        "athena:DeleteNamedQuery",
        "s3:CreateMultipartUpload",
    }
    assert calls["s3:CreateMultipartUpload"] == 1
    assert calls["s3:AbortMultipartUpload"] == 2


def test_the_end_to_end_query_is_asked_for(world: World) -> None:
    """`depth="query"` runs one EXPLAIN and leaves its result's two files, as it says."""
    before = world.left()
    report = world.ds.preflight(depth="query")
    after = world.left()
    row = report.set_index("id").loc["query"]
    assert row["status"] == "passed", row["evidence"]
    new = [key for _, key in after["objects"] if (world.results, key) not in before["objects"]]
    assert all(key.startswith(f"{PATH}/") for key in new)
    assert len(new) in (1, 2)
    assert len(after["executions"]) - len(before["executions"]) == 1
    for name in new:
        world.client("s3").delete_object(Bucket=world.results, Key=name)


def test_a_report_shows_itself(world: World) -> None:
    """Icon, word and colour; a verdict; names of things are never taken for HTML."""
    report = world.ds.preflight()
    html = report._repr_html_()
    assert f"Preflight: {report.verdict}" in html
    assert "passed" in report.verdict
    for word, icon in (("passed", "✓"), ("warning", "!"), ("skipped", "–")):
        assert f'class="status {word}"><span aria-hidden="true">{icon}</span> {word}' in html
    assert "prefers-color-scheme:dark" in html
    assert 'data-jp-theme-light="false"' in html
    assert 'scope="row"' in html
    changed = report.copy()
    assert type(changed) is pd.DataFrame
    evil = type(report).of(report.outcomes)
    evil.loc[0, "evidence"] = "<script>alert(1)</script>"
    assert "<script>" not in evil._repr_html_()


def test_a_part_of_a_report_is_a_plain_frame(world: World) -> None:
    """head, filters and copies are pandas' own; the whole one can be asked for its failures."""
    report = world.ds.preflight()
    for part in (report.head(3), report[report["status"] == "passed"], report.copy(), report.failures):
        assert type(part) is pd.DataFrame
    assert isinstance(report, pd.DataFrame)
    assert len(pd.concat([report, report])) == 2 * len(report)
    pd.testing.assert_frame_equal(pd.DataFrame(report), report.copy())


def test_failures_can_be_raised(world: World) -> None:
    """The error lists each failed check with its remedy."""
    report = world.data_source(results_bucket="acme-nowhere").preflight()
    with pytest.raises(PreflightError, match=r"results-bucket.*there is no bucket 'acme-nowhere'") as caught:
        report.raise_for_failures()
    assert [name for name, _, _ in caught.value.failures] == ["results-bucket"]
    assert str(caught.value).splitlines()[-1].startswith("  ")  # what to do stands in a line of its own
    assert "output bucket" in report.set_index("id").loc["start", "evidence"]


def test_no_secret_is_in_a_report(world: World) -> None:
    """Neither the secret nor the key id stands in text, HTML or outcomes."""
    report = world.ds.preflight()
    shown = report.to_csv() + report._repr_html_() + repr(report.outcomes)
    assert world.keys["SecretAccessKey"] not in shown
    assert world.keys["AccessKeyId"] not in shown
    assert DATABASE in shown


def test_a_report_says_itself_in_words_that_a_rerun_repeats(world: World) -> None:
    """The verdict and what needs a look; no time."""
    report = world.ds.preflight()
    said = repr(report)
    assert said.splitlines()[0] == f"Preflight: {report.verdict}"
    assert said == repr(world.ds.preflight())
    assert all(row in said for row in report.loc[report["status"] == "warning", "check"])
    assert "elapsed_ms" in repr(report.head(2))
