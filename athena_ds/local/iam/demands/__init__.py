"""What an API call asks of IAM: actions on resources, service by service.

Action and resource names are those of the Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Values = Mapping[str, str | tuple[str, ...] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One action on one resource, with the condition keys only this call knows."""

    action: str
    resource: str = "*"
    context: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a call is made: what an ARN needs beside the name."""

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        """`arn:aws:glue:eu-west-1:123456789012:table/db/t`; S3 has neither region nor account, IAM no region."""
        region = "" if service in ("s3", "iam") else self.region
        account = "" if service == "s3" else self.account
        return f"arn:{self.partition}:{service}:{region}:{account}:{resource}"
