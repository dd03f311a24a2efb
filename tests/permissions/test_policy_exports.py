"""Terraform and CloudFormation are read back by parsers that others wrote, and hold the same document."""

from __future__ import annotations

import json
from typing import Any

import cfnlint
import hcl2
import pytest

from athena_ds.policy import Options, Policy, Statement, policy_for
from tests.permissions.scopes import ALL, PLAIN, RICH

TRICKY = Statement(
    sid="Tricky",
    actions=("s3:GetObject", "s3:ListBucket"),
    resources=("arn:aws:s3:::b/${aws:username}/*", 'arn:aws:s3:::b/"quoted"\\%{x}/ü/$${y}'),
    condition={
        "StringLike": {"s3:prefix": ("a", "a/*"), "aws:PrincipalTag/team": ("é",)},
        "Bool": {"aws:x": ("true",)},
    },
)
POLICIES = {
    "least": policy_for(PLAIN),
    "everything": policy_for(RICH, options=ALL),
    "document": policy_for(RICH, style="document"),
    "retention": policy_for(PLAIN, options=Options(retention=True)),
    "tricky": Policy(statements=(TRICKY,)),
}


def unquoted(literal: str) -> str:
    """A quoted string of HCL as Terraform understands it: JSON's escapes, and doubled signs for single ones."""
    text = str(json.loads(literal))
    return text.replace("$${", "${").replace("%%{", "%{")


def statement_of(block: dict[str, Any]) -> dict[str, Any]:
    """A `statement` block as the data source `aws_iam_policy_document` renders it."""
    made: dict[str, Any] = {"Sid": unquoted(block["sid"])} if "sid" in block else {}
    made |= {"Effect": "Allow", "Action": [unquoted(each) for each in block["actions"]]}
    made["Resource"] = [unquoted(each) for each in block["resources"]]
    for each in block.get("condition", []):
        operator = made.setdefault("Condition", {}).setdefault(unquoted(each["test"]), {})
        operator[unquoted(each["variable"])] = [unquoted(value) for value in each["values"]]
    return made


def listed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its resources always in lists, which mean the same to IAM."""
    statements = [
        {**each, "Resource": each["Resource"] if isinstance(each["Resource"], list) else [each["Resource"]]}
        for each in document["Statement"]
    ]
    return {**document, "Statement": statements}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=list(POLICIES))
def test_terraform_holds_the_document(policy: Policy) -> None:
    """Parsed by python-hcl2: a data source with every statement, and the policy made of it."""
    parsed = hcl2.loads(policy.terraform(name="analyst"))
    assert sorted(parsed) == ["data", "resource"]
    (data,), (resource,) = parsed["data"], parsed["resource"]
    blocks = data['"aws_iam_policy_document"']['"analyst"']["statement"]
    read = {"Version": "2012-10-17", "Statement": [statement_of(block) for block in blocks]}
    assert read == listed(policy.document)
    made = resource['"aws_iam_policy"']['"analyst"']
    assert made["policy"] == "${data.aws_iam_policy_document.analyst.json}"
    assert made["name"] == '"analyst"'


@pytest.mark.parametrize("name", [name for name in POLICIES if name != "tricky"])
def test_cloudformation_holds_the_document(name: str) -> None:
    """cfn-lint, which knows the schema of every resource, finds nothing; the template has the document in it."""
    policy = POLICIES[name]
    text = policy.cloudformation(name="Analyst")
    assert [str(match) for match in cfnlint.lint(text)] == []
    made = json.loads(text)["Resources"]["Analyst"]
    assert made["Type"] == "AWS::IAM::ManagedPolicy"
    assert made["Properties"] == {"PolicyDocument": policy.document}
