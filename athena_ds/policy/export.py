"""A policy document as text: sizes, Terraform, CloudFormation, parts that fit IAM's limits."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..errors import PolicySizeError
from .statement import Statement

_FRAME = len('{"Version":"2012-10-17","Statement":[]}')


def size(document: Mapping[str, Any]) -> int:
    """Characters as IAM counts them: white space outside strings is free, and our strings hold none."""
    return len(json.dumps(document, separators=(",", ":")))


def parts(statements: tuple[Statement, ...], limit: int) -> list[tuple[Statement, ...]]:
    """Statements in order, as many together as fit; one that is too large alone is cut along its resources."""
    small = [piece for statement in statements for piece in _pieces(statement, limit - _FRAME)]
    made: list[tuple[Statement, ...]] = []
    filled = limit + 1
    for statement in small:
        weight = _weight(statement) + 1
        if filled + weight > limit:
            made.append(())
            filled = _FRAME
        made[-1] = (*made[-1], statement)
        filled += weight
    return made


def _pieces(statement: Statement, limit: int) -> list[Statement]:
    if _weight(statement) < limit:
        return [statement]
    half = len(statement.resources) // 2
    if half == 0:
        raise PolicySizeError(
            f"The statement {statement.sid or '(no Sid)'} alone is larger than IAM allows.",
            remedy="Split its actions over several statements.",
        )
    halves = (statement.resources[:half], statement.resources[half:])
    cut = [replace(statement, resources=resources) for resources in halves]
    named = [
        replace(piece, sid=f"{piece.sid}{letter}" if piece.sid else "") for piece, letter in zip(cut, "AB", strict=True)
    ]
    return [piece for one in named for piece in _pieces(one, limit)]


def _weight(statement: Statement) -> int:
    return size(statement.document)


def cloudformation(document: Mapping[str, Any], *, name: str) -> str:
    """A template with one managed policy."""
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "What an Athena data source needs",
        "Resources": {name: {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}},
        "Outputs": {"PolicyArn": {"Value": {"Ref": name}}},
    }
    return json.dumps(template, indent=2)


def terraform(document: Mapping[str, Any], *, name: str) -> str:
    """HCL: the document as a data source, and the policy made of it."""
    lines = [f'data "aws_iam_policy_document" "{name}" {{']
    for statement in document["Statement"]:
        lines += [f"  {line}" for line in _hcl(statement)]
    lines += ["}", "", f'resource "aws_iam_policy" "{name}" {{', f'  name   = "{name.replace("_", "-")}"']
    lines += [f"  policy = data.aws_iam_policy_document.{name}.json", "}", ""]
    return "\n".join(lines)


def _hcl(statement: Mapping[str, Any]) -> list[str]:
    lines = ["statement {"]
    if "Sid" in statement:
        lines.append(f"  sid       = {_text(statement['Sid'])}")
    resources = statement["Resource"]
    lines.append(f"  actions   = {_list(statement['Action'])}")
    lines.append(f"  resources = {_list(resources if isinstance(resources, list) else [resources])}")
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            lines += ["  condition {", f"    test     = {_text(operator)}", f"    variable = {_text(key)}"]
            lines += [f"    values   = {_list(values)}", "  }"]
    return [*lines, "}"]


def _list(values: list[str]) -> str:
    return "[" + ", ".join(_text(value) for value in values) + "]"


def _text(value: str) -> str:
    """A string of HCL; `${` and `%{` would be read as templates."""
    return re.sub(r"([$%])\{", r"\1\1{", json.dumps(value, ensure_ascii=False))
