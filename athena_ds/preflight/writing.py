"""Writing to a place, proven without an object: an upload is begun, given one part, and aborted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import AccessDeniedError, AthenaDSError, NotFoundError
from ..policy import Grant, Location
from .check import Denial, DeniedError, Finding, passed
from .probe import Probe, nowhere, unknown_upload

_ABORT_RULE = "AbortIncompleteMultipartUpload"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A place that Athena writes to.

    Attributes:
        probe: Who asks.
        place: Where.
        owner: The account that must own the bucket; None where that is not asked.
        encryption: What an upload asks for; empty leaves it to the bucket.
    """

    probe: Probe
    place: Location
    owner: str | None = None
    encryption: Mapping[str, str] = field(default_factory=dict)

    @property
    def here(self) -> dict[str, Any]:
        """The bucket, as every call names it."""
        return {"Bucket": self.place.bucket, "ExpectedBucketOwner": self.owner}

    def grant(self, action: str) -> Grant:
        """An action of S3 on the objects of the place."""
        objects = self.probe.arns.objects(self.place.bucket, self.place.prefix)
        return Grant(action=f"s3:{action}", resource=objects)

    def abort(self) -> Finding:
        """Of an upload that does not exist, before one is begun: so that none can be left behind."""
        upload = {"Key": nowhere(self.place), "UploadId": unknown_upload()}
        try:
            self.probe.ask("s3:AbortMultipartUpload", self.grant("AbortMultipartUpload"), **self.here, **upload)
        except NotFoundError:
            return passed("s3:AbortMultipartUpload was allowed; there is no such upload.")
        return passed("s3:AbortMultipartUpload was allowed.")

    def parts(self) -> Finding:
        """Of an upload that does not exist: S3 says so to who may list parts."""
        upload = {"Key": nowhere(self.place), "UploadId": unknown_upload()}
        try:
            self.probe.ask("s3:ListParts", self.grant("ListMultipartUploadParts"), **self.here, **upload)
        except NotFoundError:
            return passed("s3:ListParts was allowed; there is no such upload.")
        return passed("s3:ListParts was allowed.")

    def write(self) -> Finding:
        """CreateMultipartUpload, one part, AbortMultipartUpload: PutObject and the key are proven, no object made."""
        answer = self._begun()
        upload = {"Key": nowhere(self.place), "UploadId": str(answer["UploadId"])}
        problem: DeniedError | AthenaDSError | None = None
        part = {"PartNumber": 1, "Body": b"athena_ds preflight"}
        try:
            self.probe.ask("s3:UploadPart", self.grant("PutObject"), **self.here, **upload, **part)
        except (DeniedError, AthenaDSError) as error:
            problem = error
        left = self._aborted(upload)
        if left is not None:
            return left
        if problem is not None:
            raise problem
        how = answer.get("ServerSideEncryption")
        return passed(
            f"An upload under {self.place} was begun{f' ({how})' if how else ''} and aborted; nothing is left."
        )

    def _begun(self) -> dict[str, Any]:
        asked = {**self.here, "Key": nowhere(self.place), **self.encryption}
        try:
            return self.probe.ask("s3:CreateMultipartUpload", self.grant("PutObject"), **asked)
        except DeniedError as denied:
            # The upload itself needs a data key, its parts need to decrypt it: who lacks the one may lack the other.
            lacking = [one for one in denied.denials if one.by.grant_helps]
            keys = [one.grant.resource for one in lacking if one.grant.action == "kms:GenerateDataKey"]
            decrypts = [Denial(grant=Grant(action="kms:Decrypt", resource=key)) for key in keys]
            raise DeniedError([*denied.denials, *decrypts], denied.said, told=denied.told) from denied

    def _aborted(self, upload: dict[str, str]) -> Finding | None:
        """Abort; where that is refused, say what is left and what will clean it."""
        try:
            self.probe.door.call("s3:AbortMultipartUpload", **self.here, **upload)
        except NotFoundError:
            return None
        except AthenaDSError as error:
            where = f"s3://{self.place.bucket}/{upload['Key']}"
            said = f"The upload {upload['UploadId']} of {where} could not be aborted: {error.happened}"
            remedy = (
                f"Have s3:AbortMultipartUpload allowed and abort it, or set a lifecycle rule with {_ABORT_RULE} on "
                f"'{self.place.prefix}/' (ds.retention() proposes one): it cleans the upload after its days."
            )
            lacking = isinstance(error, AccessDeniedError) and error.by.grant_helps
            missing = (self.grant("AbortMultipartUpload"),) if lacking else ()
            return Finding(status="failed", evidence=said, remedy=remedy, missing=missing)
        return None
