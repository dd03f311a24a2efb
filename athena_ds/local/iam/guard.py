"""The guard at the door: resolves who asks, checks the signature, lets in only what policies allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from moto.iam.access_control import PermissionResult

from athena_ds.local import state
from athena_ds.local.http.answer import WSGI, Answer, StartResponse
from athena_ds.local.http.operation import (
    Environ,
    Operation,
    Scope,
    body_of,
    query_of,
    requested,
    scope_of,
)
from athena_ds.local.iam import batch, boundaries, encryption, signature_v2, simulate, sts, tags
from athena_ds.local.iam.callers import Caller, Key, note_caller, now
from athena_ds.local.iam.demands import Demand
from athena_ds.local.iam.demands import athena as athena_demands
from athena_ds.local.iam.demands import glue as glue_demands
from athena_ds.local.iam.demands import query as query_demands
from athena_ds.local.iam.demands import s3 as s3_demands
from athena_ds.local.iam.denial import Problem, error, refusal
from athena_ds.local.iam.judge import Authorizer, DeniedError, Judge, place_of
from athena_ds.local.iam.policy import MalformedPolicyError, parse
from athena_ds.local.iam.signature import BadSignatureError, verify

_PROBLEMS: dict[str, Problem] = {"mismatch": "mismatch", "skewed": "skewed", "incomplete": "incomplete"}


class _RefusedError(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Guard:
    """Who may do what on one endpoint. With `enforce` off callers are resolved and nothing is refused.

    `workgroup_of` tells the workgroup a query execution or named query belongs to; the Athena front sets it.
    """

    def __init__(
        self, *, account: str, region: str, root: Key, enforce: bool = False, clock: Callable[[], datetime] = now
    ) -> None:
        self.judge = Judge(account=account, region=region, root=root, enforce=enforce, clock=clock)
        self.account, self.region, self.enforce = account, region, enforce
        self.root = root
        self.keys = self.judge.keys
        self.workgroup_of: athena_demands.WorkgroupOf = lambda _kind, _identifier: None

    def wrap(self, app: WSGI) -> WSGI:
        """The application behind the guard, which finds the operation (`requested`) and its caller noted."""

        def guarded(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            operation = requested(environ, region=self.region)
            head = environ["REQUEST_METHOD"] == "HEAD"
            try:
                caller = self.caller(environ, operation)
                note_caller(environ, caller)
                environ[state.ACCOUNT_HEADER] = self.account
                answer = self._answer(app, environ, caller)
            except _RefusedError as refused:
                answer = refused.answer
            except DeniedError as denied:
                message = "" if denied.anonymous else denied.message
                answer = refusal("denied", operation, message)
            return app(environ, start_response) if answer is None else answer.send(start_response, head=head)

        return guarded

    def authorize(self, caller: Caller) -> Authorizer:
        """The caller's own rights, for what a query reads and writes in its name."""
        return self.judge.authorize(caller)

    def caller(self, environ: Environ, operation: Operation) -> Caller:
        """Who sent a request. Where the guard enforces, the signature must be right."""
        scope = scope_of(environ)
        region = (scope and scope.region) or self.region
        key = self.keys.find(scope.access_key_id, region) if scope else None
        if self.enforce:
            self._check(environ, operation, scope=scope, key=key)
        else:
            key = key or self.keys.find(self.root.access_key_id, region)
        given = {
            "account": self.account,
            "region": region,
            "source_ip": environ.get("REMOTE_ADDR", "127.0.0.1"),
            "user_agent": environ.get("HTTP_USER_AGENT", ""),
            "access_key_id": scope.access_key_id if scope else "",
        }
        if key is None:
            return Caller(kind="anonymous", **given)
        return Caller(
            kind=key.kind,
            arn=key.arn,
            user_id=key.user_id,
            name=key.name,
            role_arn=key.role_arn,
            session_policies=key.session_policies,
            session_tags=key.session_tags,
            issued=key.issued,
            **given,
        )

    def _check(self, environ: Environ, operation: Operation, *, scope: Scope | None, key: Key | None) -> None:
        """The key must be known, active and not expired, its token the right one, the signature its own."""
        if scope is None:
            if operation.service != "s3":
                raise _RefusedError(refusal("unsigned", operation))
            return
        if key is None or not key.active:
            raise _RefusedError(refusal("unknown-key", operation))
        token = environ.get("HTTP_X_AMZ_SECURITY_TOKEN") or _token_in_url(environ)
        if (token or None) != key.session_token:
            raise _RefusedError(refusal("bad-token" if token else "unknown-key", operation))
        moment = self.judge.clock()
        if key.expires is not None and key.expires <= moment:
            raise _RefusedError(refusal("expired", operation))
        try:
            if scope.date:
                verify(environ, scope, key.secret_access_key, at=moment)
            else:
                signature_v2.verify(environ, key.secret_access_key, at=moment)
        except BadSignatureError as bad:
            raise _RefusedError(_bad_signature(bad, operation)) from bad

    def _answer(self, app: WSGI, environ: Environ, caller: Caller) -> Answer | None:
        """What the guard answers itself once the request is allowed; None leaves it to the application."""
        operation = requested(environ)
        if operation.service == "s3":
            self._before_s3(operation, environ, caller)
        if self.enforce and operation.name in batch.OPERATIONS:
            return batch.answer(app, environ, self._batch(operation, caller))
        if self.enforce:
            for demand in self._demands(operation, environ, caller):
                self.judge.require(caller, demand)
        if operation.service == "sts":
            return sts.answer(operation, caller, self.keys)
        if operation.service == "iam":
            backend = self.keys.backend(caller.region)
            if operation.name in simulate.OPERATIONS:
                return simulate.answer(operation, caller, backend)
            if operation.name in boundaries.OPERATIONS:
                return boundaries.answer(app, environ, backend)
        return None

    def _demands(self, operation: Operation, environ: Environ, caller: Caller) -> list[Demand]:  # noqa: PLR0911
        place = place_of(caller)
        match operation.service:
            case "s3":
                return self._s3_demands(operation, environ, caller)
            case "athena":
                return athena_demands.demands(operation, place, self.workgroup_of)
            case "glue":
                return glue_demands.demands(operation, place)
            case "sts":
                return query_demands.sts(operation, place)
            case "iam":
                return query_demands.iam(operation, place, user=caller.name, backend=self.keys.backend(caller.region))
        if operation.service == "kms":
            return [query_demands.kms(operation, place)]
        return [Demand(action=f"{operation.service}:{operation.name}")]

    def _s3_demands(self, operation: Operation, environ: Environ, caller: Caller) -> list[Demand]:
        """Nothing where the bucket doesn't exist: that's what S3 says to anybody."""
        place = place_of(caller)
        bucket = encryption.bucket_named(operation.bucket, place)
        if bucket is None and operation.name not in ("CreateBucket", "ListBuckets"):
            return []
        stored = encryption.stored(bucket, operation.key) if bucket is not None else None
        existing = tags.of_object(stored, place)
        wanted = [
            replace(demand, context={**demand.context, **existing})
            for demand in s3_demands.demands(operation, place, environ)
        ]
        upload = operation.parameters.get("uploadId", "")
        header = environ.get("HTTP_X_AMZ_SERVER_SIDE_ENCRYPTION_AWS_KMS_KEY_ID")
        for demand in list(wanted):
            wanted += encryption.demands(demand.action, demand.resource, place, upload=upload, header=header)
        if bucket is not None and operation.key and stored is None and operation.name in ("GetObject", "HeadObject"):
            # Who may not list a bucket is not told that a key is missing.
            wanted.append(Demand(action="s3:ListBucket", resource=place.arn("s3", operation.bucket)))
        return wanted

    def _before_s3(self, operation: Operation, environ: Environ, caller: Caller) -> None:
        """Bucket policies are judged here: moto's own judgement ignores their conditions."""
        verdict = PermissionResult.PERMITTED if self.enforce else PermissionResult.NEUTRAL
        bucket: Any = encryption.bucket_named(operation.bucket, place_of(caller))
        if bucket is not None:
            bucket.get_permission = lambda _action, _resource: verdict
        if operation.name == "PutBucketPolicy":
            try:
                parse(body_of(environ).decode("utf-8", "replace"), "bucket policy")
            except MalformedPolicyError as problem:
                answer = error(operation, code="MalformedPolicy", message=str(problem), status=400)
                raise _RefusedError(answer) from problem

    def _batch(self, operation: Operation, caller: Caller) -> Callable[[str], DeniedError | None]:
        """For one id of a batch: the denial, or None where it is allowed."""
        place = place_of(caller)

        def denial(identifier: str) -> DeniedError | None:
            if operation.service == "s3":
                key, _, version = identifier.partition("\0")
                demand = s3_demands.deletion(operation, place, key, version=version or None)
            else:
                found = athena_demands.of_id(operation, identifier, place, self.workgroup_of)
                if found is None:
                    return None
                demand = found
            decision = self.judge.decision(caller, demand)
            return None if decision.allowed else DeniedError(caller, demand, decision)

        return denial


def _token_in_url(environ: Environ) -> str | None:
    query = query_of(environ)
    return query.get("X-Amz-Security-Token") or query.get("x-amz-security-token")


def _bad_signature(bad: BadSignatureError, operation: Operation) -> Answer:
    if bad.fault == "body-mismatch":
        return error(operation, code="XAmzContentSHA256Mismatch", message=bad.detail, status=400)
    if bad.fault == "expired-url":
        return error(operation, code="AccessDenied", message=bad.detail, status=403)
    message = bad.detail if bad.fault == "skewed" and operation.service != "s3" else ""
    return refusal(_PROBLEMS[bad.fault], operation, message)
