"""A policy as a value: its document, what it is for, its size, and the ways out of here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from .. import markup
from ..errors import PolicySizeError
from . import export
from .actions import LEGACY
from .documented import ATHENA_AND_GLUE, BUCKETS, RESULT_OBJECTS, SOURCE_OBJECTS
from .statement import Grant, Statement

if TYPE_CHECKING:
    import pandas as pd

Holder = Literal["managed", "user", "group", "role"]

LIMITS: Final[dict[Holder, int]] = {"managed": 6144, "user": 2048, "group": 5120, "role": 10_240}
"""Characters IAM allows, white space not counted: a managed policy, or all inline policies of a holder together."""

DOCUMENT_ACTIONS: Final = tuple(dict.fromkeys((*ATHENA_AND_GLUE, *RESULT_OBJECTS, *BUCKETS, *SOURCE_OBJECTS)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """An IAM policy. `.document` is the plain dict; showing it in a notebook gives the JSON.

    Attributes:
        statements: What it allows.
        style: `least`, `document`, or `missing` for the part a failed preflight calls for.
        notes: What could not be found out and is to be looked at by a person.
    """

    statements: tuple[Statement, ...]
    style: Literal["least", "document", "missing"] = "least"
    notes: tuple[str, ...] = ()

    @property
    def document(self) -> dict[str, Any]:
        """The policy as IAM takes it."""
        return {"Version": "2012-10-17", "Statement": [statement.document for statement in self.statements]}

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action, once, in order."""
        return tuple(dict.fromkeys(action for statement in self.statements for action in statement.actions))

    @property
    def resources(self) -> tuple[str, ...]:
        """Every resource, once, in order."""
        return tuple(dict.fromkeys(resource for statement in self.statements for resource in statement.resources))

    @property
    def size(self) -> int:
        """Characters as IAM counts them, without white space."""
        return export.size(self.document)

    def __bool__(self) -> bool:
        return bool(self.statements)

    def __repr__(self) -> str:
        held = f"{_counted(len(self.statements), 'statement')}, {_counted(len(self.actions), 'action')}"
        return f"<{self.style} policy: {held}; .json() and .explain() show them>"

    def __str__(self) -> str:
        return self.json()

    def json(self) -> str:
        """The document as JSON."""
        return json.dumps(self.document, indent=2)

    def terraform(self, *, name: str = "athena_data_source") -> str:
        """An `aws_iam_policy_document` data source and the `aws_iam_policy` made of it."""
        return export.terraform(self.document, name=name)

    def cloudformation(self, *, name: str = "AthenaDataSourcePolicy") -> str:
        """A CloudFormation template (JSON) with one `AWS::IAM::ManagedPolicy`."""
        return export.cloudformation(self.document, name=name)

    def allows(self, grant: Grant) -> bool:
        """Whether a statement holds this action on this resource (conditions aside)."""
        return any(statement.covers(grant) for statement in self.statements)

    def means(self, action: str) -> bool:
        """Whether the policy means to allow an action on anything."""
        return any(action.lower() == one.lower() for one in self.actions)

    def explain(self) -> pd.DataFrame:
        """One row a statement: its actions and resources, the need of the document it serves, the call behind it."""
        import pandas as pd  # noqa: PLC0415

        rows = [
            {
                "statement": statement.sid or f"statement {number}",
                "actions": ", ".join(statement.actions),
                "resources": ", ".join(statement.resources),
                "need": statement.need,
                "why": statement.why,
            }
            for number, statement in enumerate(self.statements, 1)
        ]
        return pd.DataFrame(rows, columns=["statement", "actions", "resources", "need", "why"])

    def differences(self) -> pd.DataFrame:
        """How it differs from the document's policy: one row a point, with the reason."""
        import pandas as pd  # noqa: PLC0415

        return pd.DataFrame(list(_differences(self)), columns=["what", "document", "this policy", "why"])

    def split(self, *, holder: Holder = "managed") -> tuple[Policy, ...]:
        """Policies that each fit IAM's size limit, together allowing the same.

        Args:
            holder: Where they shall stand: `managed` (6,144 characters each), or inline in a `user`, `group`, `role`.

        Raises:
            PolicySizeError: When one resource list alone is too large, or inline policies do not fit together.
        """
        limit = LIMITS[holder]
        if self.size <= limit:
            return (self,)
        if holder != "managed":
            raise PolicySizeError(
                f"The policy has {self.size:,} characters; inline policies of a {holder} may have {limit:,} together.",
                remedy="Use managed policies: policy.split(holder='managed').",
            )
        return tuple(replace(self, statements=part) for part in export.parts(self.statements, limit))

    def missing(self, report: Any) -> Policy:
        """Only the statements that a failed preflight calls for, as the same kind of value; empty when none are.

        Args:
            report: What `ds.preflight()` returned.
        """
        grants: list[Grant] = sorted(set(report.missing))
        found = tuple(part for statement in self.statements if (part := statement.only(grants)) is not None)
        # Sids of their own, so that the statements can be added to the document that lacks them.
        named = (replace(part, sid=f"Missing{part.sid}" if part.sid else "") for part in found)
        return Policy(statements=(*named, *_unknown(grants, self.statements)), style="missing", notes=self.notes)

    def _repr_html_(self) -> str:
        about = f"IAM policy, {_counted(len(self.statements), 'statement')}, {self.size:,} characters"
        return markup.page(markup.title(about), markup.code(self.json(), about=about), markup.lines(self.notes))


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _unknown(grants: Iterable[Grant], known: tuple[Statement, ...]) -> Iterable[Statement]:
    """What a report misses and no statement holds, a statement an action."""
    wanted: dict[str, list[str]] = {}
    for grant in grants:
        if not any(statement.covers(grant) for statement in known):
            wanted.setdefault(grant.action, []).append(grant.resource)
    for action, resources in wanted.items():
        sid = "Missing" + "".join(part[:1].upper() + part[1:] for part in action.replace(":", " ").split())
        why = "A preflight check was denied it."
        yield Statement(sid=sid, actions=(action,), resources=tuple(dict.fromkeys(resources)), why=why)


def _differences(policy: Policy) -> Iterable[tuple[str, str, str, str]]:
    for action in DOCUMENT_ACTIONS:
        if action in policy.actions:
            continue
        instead = LEGACY.get(action)
        why = f"legacy: only old JDBC drivers asked for it; today {instead}" if instead else _left_out(action)
        yield action, "allowed", "left out", why
    for action in policy.actions:
        if action not in DOCUMENT_ACTIONS:
            yield action, "left out", "allowed", "see explain()"
    if policy.style != "document":
        scoped = "Athena and Glue know resources today: workgroups, data catalogs, databases, tables."
        yield "Resource of Athena and Glue", "*", "ARNs", scoped
        neighbours = "path* without a slash also matches path-of-somebody-else/..."
        yield "Resource of results", "bucket/path*", "bucket/path/*", neighbours
        yield "s3:ListBucket", "the whole bucket", "the prefixes only", "a condition on s3:prefix"


def _left_out(action: str) -> str:
    if "NamedQuer" in action:
        return "only for saved queries: policy(named_queries=True)"
    if action == "athena:GetQueryResultsStream":
        return "only for the JDBC and ODBC drivers: policy(drivers=True)"
    if action == "glue:GetDatabases":
        return "only to list all databases: policy(browse=True)"
    if action == "athena:BatchGetQueryExecution":
        return "only for history() and results(): policy(history=True)"
    if "Partition" in action:
        return "no table has partitions registered in Glue"
    return "no call of describe, preflight or query needs it"
