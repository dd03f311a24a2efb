"""What S3 answers about buckets where moto answers little or something else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from moto.s3.models import FakeBucket, PublicAccessBlock

from athena_ds.local.http.answer import Answer

_XMLNS = "http://s3.amazonaws.com/doc/2006-03-01/"


def modern(bucket: Any) -> None:
    """Give a new bucket what every bucket has since April 2023: SSE-S3, no public access, no ACLs.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
    """
    by_default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
    bucket.encryption = {"Rule": by_default}
    bucket.public_access_block = PublicAccessBlock("true", "true", "true", "true")
    bucket.ownership_rule = bucket.ownership_rule or "BucketOwnerEnforced"


class Buckets:
    """Answers of our own, by operation; `begun` knows when each multipart upload was."""

    def __init__(self) -> None:
        self._payers: dict[str, str] = {}
        self._begun: dict[str, datetime] = {}

    def answers(self) -> dict[str, Callable[[FakeBucket, Mapping[str, str], bytes], Answer]]:
        return {
            "GetBucketRequestPayment": self.payer,
            "PutBucketRequestPayment": self.set_payer,
            "ListMultipartUploads": self.uploads,
        }

    def forget(self, name: str) -> None:
        self._payers.pop(name, None)

    def payer(self, bucket: FakeBucket, query: Mapping[str, str], body: bytes) -> Answer:  # noqa: ARG002
        payer = self._payers.get(bucket.name, "BucketOwner")
        return _xml("RequestPaymentConfiguration", f"<Payer>{payer}</Payer>")

    def set_payer(self, bucket: FakeBucket, query: Mapping[str, str], body: bytes) -> Answer:  # noqa: ARG002
        self._payers[bucket.name] = "Requester" if b"<Payer>Requester<" in body else "BucketOwner"
        return Answer(status=200, body=b"", content_type="application/xml")

    def uploads(self, bucket: FakeBucket, query: Mapping[str, str], body: bytes) -> Answer:  # noqa: ARG002
        """Uploads in progress in key order, with the time each was begun, and pages."""
        self.note(bucket)
        prefix, after = query.get("prefix", ""), (query.get("key-marker", ""), query.get("upload-id-marker", ""))
        size = min(int(query.get("max-uploads") or 1000), 1000)
        found = sorted((one.key_name, one.id) for one in list(bucket.multiparts.values()))
        found = [pair for pair in found if pair[0].startswith(prefix) and _past(pair, after)]
        page, cut = found[:size], len(found) > size
        spell = quote if query.get("encoding-type") == "url" else escape
        parts = [f"<Bucket>{bucket.name}</Bucket><KeyMarker>{spell(after[0])}</KeyMarker>"]
        parts.append(f"<UploadIdMarker>{after[1]}</UploadIdMarker><Prefix>{spell(prefix)}</Prefix>")
        parts.append(f"<MaxUploads>{size}</MaxUploads><IsTruncated>{str(cut).lower()}</IsTruncated>")
        if "encoding-type" in query:
            parts.append("<EncodingType>url</EncodingType>")
        if cut:
            parts.append(f"<NextKeyMarker>{spell(page[-1][0])}</NextKeyMarker>")
            parts.append(f"<NextUploadIdMarker>{page[-1][1]}</NextUploadIdMarker>")
        parts += [self._upload(bucket, spell(key), identifier) for key, identifier in page]
        return _xml("ListMultipartUploadsResult", "".join(parts))

    def note(self, bucket: FakeBucket) -> None:
        """Uploads may have begun: remember when they were first seen."""
        moment = datetime.now(UTC)
        for identifier in list(bucket.multiparts):
            self._begun.setdefault(identifier, moment)

    def _upload(self, bucket: FakeBucket, key: str, identifier: str) -> str:
        begun = self._begun[identifier].strftime("%Y-%m-%dT%H:%M:%S.000Z")
        who = f"<ID>{bucket.account_id}</ID><DisplayName>{bucket.account_id}</DisplayName>"
        return (
            f"<Upload><Key>{key}</Key><UploadId>{identifier}</UploadId><Initiator>{who}</Initiator>"
            f"<Owner>{who}</Owner><StorageClass>STANDARD</StorageClass><Initiated>{begun}</Initiated></Upload>"
        )


def _past(pair: tuple[str, str], after: tuple[str, str]) -> bool:
    """After the markers: beyond the key, or at the key beyond the upload."""
    key, marker = pair[0], after[0]
    return not marker or key > marker or (key == marker and bool(after[1]) and pair[1] > after[1])


def _xml(name: str, inner: str) -> Answer:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} xmlns="{_XMLNS}">{inner}</{name}>'
    return Answer(status=200, body=body.encode(), content_type="application/xml")
