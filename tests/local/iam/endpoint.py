"""An endpoint with the guard and the faults before moto: what IAM, metadata and fault tests speak HTTP to."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from athena_ds.local import state
from athena_ds.local.faults import Faults
from athena_ds.local.front import moto
from athena_ds.local.http.listener import Listener
from athena_ds.local.iam import Guard, Key

REGION = "eu-west-1"
ROOT = Key(access_key_id="AKIAROOTEXAMPLE", secret_access_key="the-root-secret", kind="root")


class Clock:
    """A clock that tests set forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Endpoint:
    """One account with its guard on."""

    def __init__(self, *, enforce: bool = True) -> None:
        self.account = state.next_account()
        self.clock = Clock()
        self.guard = Guard(account=self.account, region=REGION, root=ROOT, enforce=enforce, clock=self.clock)
        self.faults = Faults(region=REGION)
        self.listener = Listener(self.faults.wrap(self.guard.wrap(self._moto)))
        self.listener.start()
        self.url = f"http://127.0.0.1:{self.listener.port}"

    def _moto(self, environ: Any, start_response: Any) -> Any:
        with state.account(self.account):
            return moto()(environ, start_response)

    def close(self) -> None:
        self.faults.close()
        self.listener.close()
        state.forget(self.account)

    def client(self, service: str, keys: dict[str, Any] | None = None, **config: Any) -> Any:
        """A boto3 client of the root, or of the given credentials (as CreateAccessKey and AssumeRole answer them)."""
        keys = keys or {"AccessKeyId": ROOT.access_key_id, "SecretAccessKey": ROOT.secret_access_key}
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            config=Config(retries={"total_max_attempts": 1}, **config),
        )

    def user(self, name: str, *statements: dict[str, Any]) -> dict[str, Any]:
        """A user with an inline policy; its access key."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        if statements:
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document(*statements))
        return iam.create_access_key(UserName=name)["AccessKey"]

    def role(self, name: str, *statements: dict[str, Any], trust: dict[str, Any] | None = None, **more: Any) -> str:
        """A role with an inline policy, trusted by the account; its ARN."""
        iam = self.client("iam")
        trust = trust or {"AWS": f"arn:aws:iam::{self.account}:root"}
        assume = document({"Effect": "Allow", "Principal": trust, "Action": "sts:AssumeRole"})
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=assume, **more)["Role"]["Arn"]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(*statements))
        return arn

    def bucket(self, name: str, *keys: str) -> None:
        """A bucket with objects of a few bytes."""
        s3 = self.client("s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        for key in keys:
            s3.put_object(Bucket=name, Key=key, Body=b"a,b\n1,2\n")

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{REGION}:{self.account}:{resource}"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource} | ({"Condition": condition} if condition else {})


def deny(action: Any, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    return allow(action, resource, **condition) | {"Effect": "Deny"}


def outcome(call: Any, **parameters: Any) -> str:
    """`OK`, or the error's code."""
    try:
        call(**parameters)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "OK"


def refused(call: Any, **parameters: Any) -> str:
    """The message of the denial a call must get."""
    with pytest.raises(ClientError, match="AccessDenied") as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Message"])
