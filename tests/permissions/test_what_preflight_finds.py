"""Each thing that can be wrong gives one row that says so, with what to do; what hangs from it is skipped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from athena_ds import AthenaDataSource
from athena_ds.aws import Door, Patience
from athena_ds.local.faults import Late, ServerError, Throttling
from athena_ds.preflight import preflight
from athena_ds.preflight.check import Check, Run, passed
from tests.permissions.world import DATABASE, EVERYTHING, PATH, World


@pytest.fixture
def own() -> Iterator[World]:
    """A world of the test's own, to be broken."""
    made = World("several buckets")
    yield made
    made.close()


def row(report: pd.DataFrame, name: str) -> Any:
    return report.set_index("id").loc[name]


def statuses(report: pd.DataFrame) -> dict[str, str]:
    return dict(zip(report["id"], report["status"], strict=True))


def allow_all_but(*denied: dict[str, Any]) -> dict[str, Any]:
    return {**EVERYTHING, "Statement": [*EVERYTHING["Statement"], *({"Effect": "Deny", **one} for one in denied)]}


def test_a_missing_database_is_told_from_one_that_may_not_be_seen(own: World) -> None:
    """Not there: failed, with the name. Not allowed: failed, with the action. Its tables are skipped either way."""
    missing = own.data_source(database="sails").preflight()
    assert row(missing, "database")["status"] == "failed"
    assert "does not exist" in row(missing, "database")["evidence"]
    assert row(missing, "tables")["status"] == "skipped"
    assert "'database' failed" in row(missing, "partitions")["evidence"]
    own.grant(allow_all_but({"Action": "glue:GetDatabase", "Resource": f"arn:aws:glue:*:*:database/{DATABASE}"}))
    denied = own.ds.preflight()
    assert "explicit deny" in row(denied, "database")["remedy"]
    assert f"database/{DATABASE}" in row(denied, "database")["remedy"]


def test_one_cause_gives_one_failure(own: World) -> None:
    """Without Glue's catalog only the first check of the catalog fails; the rest names it."""
    own.grant(allow_all_but({"Action": "glue:*", "Resource": "*"}))
    report = own.ds.preflight()
    failed = report[report["status"] == "failed"]["id"].tolist()
    assert failed == ["database"]
    for name in ("tables", "table", "partitions", "sources"):
        assert row(report, name)["evidence"] == "Not asked, because 'database' failed."


def test_no_table_is_a_warning_that_mentions_lake_formation(own: World) -> None:
    """The database may be empty, or Lake Formation may hide its tables."""
    own.client("glue").create_database(DatabaseInput={"Name": "empty"})
    report = own.data_source(database="empty").preflight()
    assert row(report, "tables")["status"] == "warning"
    assert "Lake Formation" in row(report, "tables")["remedy"]
    assert report.passed


def test_the_results_bucket_must_be_there_ours_and_near(own: World) -> None:
    """Missing, somebody else's, or in another region: failed, each in its own words."""
    assert (
        "there is no bucket"
        in row(own.data_source(results_bucket="acme-nowhere").preflight(), "results-bucket")["evidence"]
    )
    theirs = own.data_source(expected_bucket_owner="999999999999").preflight()
    assert "not owned by account 999999999999" in row(theirs, "results-bucket")["evidence"]
    assert row(theirs, "results-write")["status"] == "skipped"
    own.bucket("acme-far", region="us-west-2")
    far = own.data_source(results_bucket="acme-far").preflight()
    assert "lies in us-west-2" in row(far, "results-bucket")["evidence"]
    assert row(far, "results-bucket")["status"] == "failed"


def test_source_data_elsewhere_is_found(own: World) -> None:
    """A source bucket in another region works and costs: a warning. A missing one fails."""
    own.bucket("acme-west", region="us-west-2")
    own.table("west", "s3://acme-west/data/")
    own.table("lost", "s3://acme-lost/data/")
    report = own.ds.preflight()
    assert row(report, "source-bucket:acme-west")["status"] == "warning"
    assert row(report, "source-bucket:acme-lost")["status"] == "failed"
    assert row(report, "source-read:acme-lost")["status"] == "skipped"


def test_a_denied_key_is_told_from_a_denied_object(own: World) -> None:
    """KMS: the remedy names kms:Decrypt and the key, and that the key's own policy counts."""
    key = own.encrypt("acme-archive", "source-key")
    own.put("acme-archive", "orders/old/0.csv")
    own.grant(allow_all_but({"Action": "kms:*", "Resource": "*"}))
    remedy = row(own.ds.preflight(), "source-read:acme-archive")["remedy"]
    assert "kms:Decrypt" in remedy
    assert key in remedy
    own.grant({**EVERYTHING, "Statement": [{"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"}]})
    assert "key's own policy" in row(own.ds.preflight(), "source-read:acme-archive")["remedy"]


def test_requester_pays_must_be_agreed_to(own: World) -> None:
    """A bucket whose reader pays, with a workgroup that does not agree, fails; else it's a warning."""
    payer = {"RequestPaymentConfiguration": {"Payer": "Requester"}}
    own.local.faults.clear()
    own.client("s3").put_bucket_request_payment(Bucket="acme-lake", **payer)
    report = own.ds.preflight()
    assert row(report, "source-requester:acme-lake")["status"] == "failed"
    own.client("athena").update_work_group(WorkGroup="primary", ConfigurationUpdates={"RequesterPaysEnabled": True})
    assert row(own.ds.preflight(), "source-requester:acme-lake")["status"] == "warning"
    own.grant(allow_all_but({"Action": "athena:GetWorkGroup", "Resource": "*"}))
    unseen = row(own.ds.preflight(), "source-requester:acme-lake")
    assert unseen["status"] == "warning"
    assert "is not known" in unseen["evidence"]


@pytest.mark.parametrize("strict", [False, True])
def test_a_workgroup_that_enforces_another_place_is_told(own: World, strict: bool) -> None:
    """A warning, or with strict_location a failure; the results' checks look at the real place."""
    place = {
        "ResultConfiguration": {"OutputLocation": "s3://acme-lake/enforced/"},
        "EnforceWorkGroupConfiguration": True,
    }
    own.client("athena").create_work_group(Name="strict", Configuration=place)
    report = own.data_source(workgroup="strict", strict_location=strict).preflight()
    assert row(report, "workgroup-location")["status"] == ("failed" if strict else "warning")
    assert "s3://acme-lake/enforced/" in row(report, "results-write")["evidence"]
    policy = own.data_source(workgroup="strict").policy()
    assert "arn:aws:s3:::acme-lake/enforced/*" in policy.resources


def test_workgroups_that_take_no_queries(own: World) -> None:
    """Disabled, or not there: one failure, with the name; queries are not tried there."""
    athena = own.client("athena")
    athena.create_work_group(Name="resting")
    athena.update_work_group(WorkGroup="resting", State="DISABLED")
    resting = own.data_source(workgroup="resting").preflight()
    assert "enabled" in row(resting, "workgroup")["remedy"]
    missing = own.data_source(workgroup="nobody").preflight()
    assert row(missing, "workgroup")["status"] == "failed"
    assert "'nobody'" in row(missing, "workgroup")["remedy"]
    for report in (resting, missing):
        assert list(report.failures["id"]) == ["workgroup"]
        assert row(report, "start")["evidence"] == "Not asked, because 'workgroup' failed."


def test_settings_that_may_not_be_read_keep_no_query_from_being_tried(own: World) -> None:
    """Without GetWorkGroup, which no query needs, starting and the rest are asked all the same."""
    own.grant({**EVERYTHING, "Statement": [{"Effect": "Allow", "NotAction": "athena:GetWorkGroup", "Resource": "*"}]})
    for policy in (None, own.ds.policy()):
        report = own.ds.preflight(policy=policy)
        assert row(report, "workgroup")["status"] == ("failed" if policy else "skipped")
        assert [statuses(report)[name] for name in ("start", "history", "rows", "stop")] == ["passed"] * 4


def test_what_glue_wants_is_named_whole(own: World) -> None:
    """AWS names the catalog alone, and would name the database and the tables only after that is granted."""
    own.grant({**EVERYTHING, "Statement": [{"Effect": "Allow", "NotAction": "glue:GetTables", "Resource": "*"}]})
    arns = ", ".join(
        f"arn:aws:glue:eu-west-1:{own.account}:{name}"
        for name in ("catalog", f"database/{DATABASE}", f"table/{DATABASE}/*")
    )
    assert row(own.ds.preflight(), "tables")["remedy"] == f"Grant glue:GetTables on {arns}."


def test_a_service_that_goes_on_throttling_is_told_so(own: World) -> None:
    """Not as a defect of AWS: somebody else uses the rate."""
    own.local.faults.add("athena:GetWorkGroup", Throttling())
    hasty = Door(
        credentials=own.ds.credentials,
        region=own.region,
        endpoint_url=own.local.endpoint_url,
        patience=Patience(attempts=2),
    )
    report = preflight(hasty, own.ds.config, credentials=own.ds.credentials)
    own.local.faults.clear()
    assert "shared by all of the account" in row(report, "workgroup")["remedy"]
    assert list(report.failures["id"]) == ["workgroup"]


def test_managed_results_need_no_bucket(own: World) -> None:
    """Where Athena keeps results, nothing of the results path is asked and none of it is granted."""
    managed = {"ManagedQueryResultsConfiguration": {"Enabled": True}}
    own.client("athena").create_work_group(Name="managed", Configuration=managed)
    ds = own.data_source(workgroup="managed")
    report = ds.preflight()
    assert row(report, "results-bucket")["status"] == "skipped"
    assert row(report, "workgroup-location")["status"] == "warning"
    assert report.passed, report.failures
    assert not any("acme-results" in resource for resource in ds.policy().resources)


def test_an_abort_that_is_refused_after_all_is_reported(own: World) -> None:
    """The upload id, the place, and the rule that will clean it; without proof of aborting none is even begun."""
    objects = f"arn:aws:s3:::acme-results/{PATH}/*"
    own.grant(allow_all_but({"Action": "s3:AbortMultipartUpload", "Resource": objects}))
    report = own.ds.preflight()
    assert row(report, "results-abort")["status"] == "failed"
    assert row(report, "results-write")["status"] == "skipped"
    assert own.left()["uploads"] == []
    own.grant(EVERYTHING)
    own.local.faults.add("s3:AbortMultipartUpload", ServerError(), after=1)
    impatient = Door(
        credentials=own.ds.credentials,
        region=own.region,
        endpoint_url=own.local.endpoint_url,
        patience=Patience(attempts=1),
    )
    found = row(preflight(impatient, own.ds.config, credentials=own.ds.credentials), "results-write")
    own.local.faults.clear()
    ((_, upload),) = own.left()["uploads"]
    assert found["status"] == "failed"
    assert upload in found["evidence"]
    assert "AbortIncompleteMultipartUpload" in found["remedy"]


def test_housekeeping_is_looked_at(own: World) -> None:
    """Public access, versions without expiry, uploads left behind, no lifecycle: warnings; then all is well."""
    s3 = own.client("s3")
    report = own.ds.preflight()
    assert statuses(report)["lifecycle"] == statuses(report)["lifecycle-uploads"] == "warning"
    s3.put_bucket_versioning(Bucket="acme-results", VersioningConfiguration={"Status": "Enabled"})
    s3.delete_public_access_block(Bucket="acme-results")
    upload = s3.create_multipart_upload(Bucket="acme-results", Key=f"{PATH}/left")["UploadId"]
    report = own.ds.preflight()
    assert (statuses(report)["versioning"], statuses(report)["results-public"]) == ("warning", "warning")
    assert statuses(report)["stale-uploads"] == "passed"
    own.ds.retention().apply(confirm=True)
    report = own.ds.preflight()
    assert [statuses(report)[name] for name in ("lifecycle", "lifecycle-uploads", "versioning")] == ["passed"] * 3
    s3.abort_multipart_upload(Bucket="acme-results", Key=f"{PATH}/left", UploadId=upload)


def test_thirty_percent_throttling_still_gives_every_row(own: World) -> None:
    """Calls are repeated: the same checks, the same outcomes."""
    calm = statuses(own.ds.preflight())
    own.local.faults.add("*", Throttling(), probability=0.3, seed=11)
    stormy = own.ds.preflight()
    own.local.faults.clear()
    assert statuses(stormy) == calm


def test_a_service_that_is_down_gives_rows_not_a_traceback(own: World) -> None:
    """Glue fails for good: its checks fail with what it said, the others are as they were."""
    own.local.faults.add("glue:*", ServerError())
    hasty = Door(
        credentials=own.ds.credentials,
        region=own.region,
        endpoint_url=own.local.endpoint_url,
        patience=Patience(attempts=2, deadline=5),
    )
    report = preflight(hasty, own.ds.config, credentials=own.ds.credentials)
    assert row(report, "database")["status"] == "failed"
    assert "InternalServiceException" in row(report, "database")["evidence"]
    assert row(report, "results-write")["status"] == "passed"


def test_it_never_takes_longer_than_it_is_given(own: World) -> None:
    """What has not answered in time is a failed row of its own; what has is reported."""
    own.local.faults.add("glue:GetDatabase", Late(seconds=40))
    report = own.ds.preflight(timeout=8.0)
    own.local.faults.clear()
    # Had it waited, the late answer would stand here.
    assert row(report, "database")["evidence"] == "There was no answer in time."
    assert row(report, "identity")["status"] == "passed"


def test_a_defect_of_a_check_is_a_row(own: World) -> None:
    """An exception nobody thought of fails its check and no other."""

    def broken() -> Any:
        raise KeyError("surprise")

    asked: list[tuple[int, int]] = []
    run = Run(policy=None, deadline=time.monotonic() + 60, watch=lambda known, left: asked.append((len(known), left)))
    run.ask(
        [
            Check(id="identity", ask=broken),
            Check(id="gate", ask=lambda: passed("ok")),
            Check(id="region", ask=broken, requires=("identity",)),
        ]
    )
    found = {name: outcome.finding.status for name, outcome in run.outcomes.items()}
    assert found == {"identity": "failed", "gate": "passed", "region": "skipped"}
    assert "please report it" in run.outcomes["identity"].finding.remedy
    assert asked[-1] == (3, 0)


def test_expired_credentials_are_one_failure(own: World) -> None:
    """Nothing else is asked when AWS does not know who asks."""
    ds = AthenaDataSource.from_access_key(
        access_key_id="AKIANOBODYEXAMPLE",
        secret_access_key="not-a-secret",
        region=own.region,
        database=DATABASE,
        results_bucket="acme-results",
        results_path=PATH,
        endpoint_url=own.local.endpoint_url,
    )
    report = ds.preflight()
    assert report[report["status"] == "failed"]["id"].tolist() == ["identity"]
    assert (report[~report["id"].isin(["identity", "gate"])]["status"] == "skipped").all()
