"""An account with IAM enforced for a person in a browser: a user whose policy a test decides, over the sample data."""

from __future__ import annotations

import json
from typing import Any

from athena_ds.local import LocalAthena
from tests.conftest import clients_of

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
USER, ROLE, BUCKET = "jane", "notebook", "acme-athena-results"
_TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


class Account:
    """The account, its user's key, and what that user may do."""

    def __init__(self) -> None:
        self.local = LocalAthena(iam=True)
        self.clients = clients_of(self.local)
        self.clients("s3").create_bucket(Bucket=BUCKET)
        iam = self.clients("iam")
        iam.create_user(UserName=USER)
        key = iam.create_access_key(UserName=USER)["AccessKey"]
        self.key_id, self.secret = key["AccessKeyId"], key["SecretAccessKey"]
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=_document(_TRUST))
        iam.put_role_policy(RoleName=ROLE, PolicyName="all", PolicyDocument=_document(EVERYTHING))
        self.allow()

    def allow(self, *, but: str | None = None) -> None:
        """From now on the user may do everything, but one action."""
        document = _document({"Effect": "Allow", "NotAction": but, "Resource": "*"} if but else EVERYTHING)
        self.clients("iam").put_user_policy(UserName=USER, PolicyName="only", PolicyDocument=document)

    def lifecycle(self) -> list[dict[str, Any]]:
        """The rules of the results bucket."""
        return list(self.clients("s3").get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"])

    @property
    def arguments(self) -> str:
        """What a form is given in a cell: where the endpoint is, and nothing secret."""
        return f"endpoint_url={self.local.endpoint_url!r}, region={self.local.region!r}"

    def data_source(self) -> str:
        """A cell that makes `ds` as this account's root, whose secret lives only in the kernel of a test."""
        local = self.local
        return (
            "from athena_ds import AthenaDataSource\n"
            f"ds = AthenaDataSource.from_access_key(access_key_id={local.access_key_id!r}, "
            f"secret_access_key={local.secret_access_key!r}, region={local.region!r}, database='nyc', "
            f"results_bucket={BUCKET!r}, results_path='shown', endpoint_url={local.endpoint_url!r})"
        )

    def close(self) -> None:
        """Give the endpoint back."""
        self.local.close()


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
