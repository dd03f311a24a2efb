"""Policies: the document's own to the letter, least privilege without wildcards, each statement explained."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from athena_ds.connection.partitions import Arns
from athena_ds.errors import PolicySizeError
from athena_ds.policy import (
    DOCUMENT_ACTIONS,
    LEGACY,
    LIMITS,
    Grant,
    Location,
    Options,
    Policy,
    Statement,
    distinct,
    policy_for,
)
from tests.permissions.scopes import ALL, ARNS, PLAIN, RICH

# The policy of the data source's document, with its placeholders as they stand there.
AS_PRINTED: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "athena:StartQueryExecution",
                "glue:GetTableVersions",
                "glue:GetPartitions",
                "athena:GetQueryResults",
                "athena:DeleteNamedQuery",
                "athena:GetNamedQuery",
                "athena:ListQueryExecutions",
                "athena:GetExecutionEngine",
                "athena:StopQueryExecution",
                "athena:GetExecutionEngines",
                "athena:RunQuery",
                "glue:GetTables",
                "athena:GetNamespace",
                "athena:GetQueryExecutions",
                "glue:GetDatabases",
                "athena:GetCatalogs",
                "glue:GetTable",
                "athena:ListNamedQueries",
                "glue:GetDatabase",
                "athena:GetNamespaces",
                "glue:GetPartition",
                "athena:CreateNamedQuery",
                "athena:CancelQueryExecution",
                "athena:GetQueryExecution",
                "athena:GetTables",
                "athena:GetTable",
                "athena:BatchGetNamedQuery",
                "athena:BatchGetQueryExecution",
                "athena:GetQueryResultsStream",
            ],
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Action": [
                "s3:PutObject",
                "s3:GetObject",
                "s3:AbortMultipartUpload",
                "s3:ListMultipartUploadParts",
            ],
            "Resource": "arn:aws:s3:::your-bucket-query-results/your-results-path*",
        },
        {
            "Effect": "Allow",
            "Action": ["s3:ListBucketMultipartUploads", "s3:ListBucket", "s3:GetBucketLocation"],
            "Resource": ["arn:aws:s3:::your-bucket-query-results", "arn:aws:s3:::your-source-bucket"],
        },
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:ListMultipartUploadParts"],
            "Resource": "arn:aws:s3:::your-source-bucket/your-source-path/*",
        },
    ],
}


def test_the_documents_policy_is_the_documents_to_the_letter() -> None:
    """With the document's own placeholders, nothing differs: four statements, 36 actions, their order."""
    scope = replace(
        PLAIN,
        results=Location(bucket="your-bucket-query-results", prefix="your-results-path"),
        sources=(Location(bucket="your-source-bucket", prefix="your-source-path"),),
    )
    policy = policy_for(scope, style="document")
    assert policy.json() == json.dumps(AS_PRINTED, indent=2)
    assert len(policy.actions) == len(DOCUMENT_ACTIONS) == 36


def test_the_document_recommends_whole_buckets() -> None:
    """`reach="bucket"` leaves paths out; several source buckets are named wherever one was."""
    documents = [
        statement["Resource"] for statement in policy_for(RICH, style="document", reach="bucket").document["Statement"]
    ]
    assert documents == [
        "*",
        "arn:aws:s3:::acme-results/*",
        ["arn:aws:s3:::acme-results", "arn:aws:s3:::acme-archive", "arn:aws:s3:::acme-lake"],
        ["arn:aws:s3:::acme-archive/*", "arn:aws:s3:::acme-lake/*"],
    ]


def test_least_privilege_names_everything() -> None:
    """No `*` alone but where the action knows nothing narrower; listing only under the prefixes."""
    policy = policy_for(RICH)
    wide = [statement.sid for statement in policy.statements if "*" in statement.resources]
    assert wide == ["LakeFormationData"]
    listings = {s.sid: s.condition for s in policy.statements if s.actions == ("s3:ListBucket",)}
    assert listings["SourceListing1"] == {}
    assert listings["SourceListing2"] == {"StringLike": {"s3:prefix": ("orders", "orders/*", "x", "x/*")}}
    assert listings["ResultsListing"] == {"StringLike": {"s3:prefix": ("analysts/jane", "analysts/jane/*")}}
    located = [statement for statement in policy.statements if "s3:GetBucketLocation" in statement.actions]
    assert all(not statement.condition for statement in located)
    assert policy.allows(Grant(action="s3:PutObject", resource="arn:aws:s3:::acme-results/analysts/jane/x.csv"))
    assert not policy.allows(Grant(action="s3:PutObject", resource="arn:aws:s3:::acme-results/analysts/jane-2/x.csv"))
    assert not any(action.startswith("s3:Delete") for action in policy.actions)


def test_partitions_keys_and_lake_formation_come_when_they_are_there() -> None:
    """Nothing is granted for what the data source doesn't have."""
    plain, rich = policy_for(PLAIN), policy_for(RICH)
    for action in ("glue:GetPartitions", "kms:Decrypt", "kms:GenerateDataKey", "lakeformation:GetDataAccess"):
        assert (plain.means(action), rich.means(action)) == (False, True)


def test_managed_results_need_no_s3_for_results() -> None:
    """Where Athena keeps the results itself, only source data is granted."""
    policy = policy_for(replace(PLAIN, results=None))
    assert {action for action in policy.actions if action.startswith("s3:")} == {
        "s3:GetObject",
        "s3:GetBucketLocation",
        "s3:ListBucket",
    }


def test_another_catalog_is_read_through_athena() -> None:
    """Not Glue's calls but Athena's metadata calls, on the data catalog."""
    policy = policy_for(replace(PLAIN, data_catalog="lambda_hive"))
    assert not any(action.startswith("glue:") for action in policy.actions)
    assert policy.allows(Grant(action="athena:GetTableMetadata", resource=ARNS.data_catalog("lambda_hive")))


def test_other_partitions_have_their_own_arns() -> None:
    """China's ARNs begin with arn:aws-cn."""
    china = replace(
        RICH,
        arns=Arns(partition="aws-cn", region="cn-north-1", account="111122223333"),
        results_key=None,
        source_keys=(),
    )
    for policy in (policy_for(china), policy_for(china, style="document")):
        assert all(resource == "*" or resource.startswith("arn:aws-cn:") for resource in policy.resources)


def test_every_statement_explains_itself() -> None:
    """Which need of the document it serves, and which call makes it necessary."""
    for policy in (policy_for(RICH, options=ALL), policy_for(RICH, style="document")):
        explained = policy.explain()
        assert len(explained) == len(policy.statements)
        assert (explained["need"].str.len() > 10).all()
        assert (explained["why"].str.len() > 20).all()


def test_it_says_how_it_differs_from_the_documents() -> None:
    """All legacy actions are named with what took their place, and `*` and `path*` are told."""
    told = policy_for(PLAIN).differences().set_index("what")
    assert set(LEGACY) <= set(told.index)
    for action, instead in LEGACY.items():
        assert instead in told.loc[action, "why"]
    assert "somebody-else" in told.loc["Resource of results", "why"]
    assert told.loc["athena:GetWorkGroup", "this policy"] == "allowed"
    assert policy_for(PLAIN, style="document").differences().empty


def test_a_large_policy_is_split_to_fit() -> None:
    """Each part fits IAM's limit for managed policies, and together they allow the same."""
    many = tuple(Location(bucket=f"acme-lake-{number:03}", prefix="some/deeper/prefix") for number in range(150))
    policy = policy_for(replace(PLAIN, sources=many))
    parts = policy.split()
    assert policy.size > LIMITS["managed"]
    assert len(parts) > 1
    assert all(part.size <= LIMITS["managed"] for part in parts)
    grants = [Grant(action=a, resource=r) for s in policy.statements for a in s.actions for r in s.resources]
    assert all(any(part.allows(grant) for part in parts) for grant in grants)
    assert {action for part in parts for action in part.actions} == set(policy.actions)
    sids = [statement.sid for part in parts for statement in part.statements]
    assert len(sids) == len(set(sids))
    with pytest.raises(PolicySizeError, match="2,048 together"):
        policy.split(holder="user")
    assert policy_for(PLAIN).split() == (policy_for(PLAIN),)


def test_a_statement_that_can_not_be_cut_is_told() -> None:
    """One resource with more actions than a policy holds."""
    statement = Statement(sid="Big", actions=tuple(f"s3:Action{number:05}" for number in range(600)), resources=("*",))
    with pytest.raises(PolicySizeError, match="Big alone"):
        Policy(statements=(statement,)).split()


def test_every_option_is_told_in_the_docs() -> None:
    """A row of the table on the page about permissions."""
    page = (Path(__file__).parents[2] / "docs" / "permissions.md").read_text()
    assert [one.name for one in fields(Options) if f"\n| `{one.name}=" not in page] == []


def test_it_shows_itself_as_json() -> None:
    """str() and the notebook show the document; what could not be found out is told below it."""
    policy = policy_for(replace(PLAIN, notes=("The encryption of <b> is not known.",)))
    assert json.loads(str(policy)) == policy.document
    assert "&lt;b&gt;" in policy._repr_html_()


def test_places_inside_others_are_not_listed_twice() -> None:
    """A prefix ends at a slash: `a` covers `a/b`, not `ab`."""
    places = [
        Location.of(uri)
        for uri in ("s3://b/a/", "s3://b/a/b/", "s3://b/ab/", "s3a://b/a", "s3://c", "hdfs://x/y", "s3://c/d#e?f/")
    ]
    found = distinct(place for place in places if place is not None)
    assert [str(place) for place in found] == ["s3://b/a/", "s3://b/ab/", "s3://c/"]
    assert Location.of("s3://c/d#e?f/") == Location(bucket="c", prefix="d#e?f")
