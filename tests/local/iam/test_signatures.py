"""Signatures are verified; each service words the failure in its own way."""

from __future__ import annotations

import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any

import pyarrow.fs
import pytest

from tests.local.iam.endpoint import Endpoint, allow, outcome

CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "s3": ("list_objects_v2", {"Bucket": "lake"}),
    "glue": ("get_databases", {}),
    "athena": ("list_work_groups", {}),
    "sts": ("get_caller_identity", {}),
    "iam": ("list_users", {}),
}
CODES = {
    "wrong secret": {
        "s3": "SignatureDoesNotMatch",
        "glue": "InvalidSignatureException",
        "athena": "InvalidSignatureException",
        "sts": "SignatureDoesNotMatch",
        "iam": "SignatureDoesNotMatch",
    },
    "unknown key": {
        "s3": "InvalidAccessKeyId",
        "glue": "UnrecognizedClientException",
        "athena": "UnrecognizedClientException",
        "sts": "InvalidClientTokenId",
        "iam": "InvalidClientTokenId",
    },
    "clock": {
        "s3": "RequestTimeTooSkewed",
        "glue": "InvalidSignatureException",
        "athena": "InvalidSignatureException",
        "sts": "SignatureDoesNotMatch",
        "iam": "SignatureDoesNotMatch",
    },
    "foreign token": {
        "s3": "InvalidToken",
        "glue": "UnrecognizedClientException",
        "athena": "UnrecognizedClientException",
        "sts": "InvalidClientTokenId",
        "iam": "InvalidClientTokenId",
    },
}


@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize("problem", CODES)
def test_a_bad_signature_is_refused_in_the_services_words(endpoint: Endpoint, problem: str, service: str) -> None:
    """Wrong secret, unknown key, a clock an hour off, a token that isn't the key's."""
    endpoint.bucket("lake")
    keys = endpoint.user("jane", allow("*"))
    operation, parameters = CALLS[service]
    assert outcome(getattr(endpoint.client(service, keys), operation), **parameters) == "OK"
    match problem:
        case "wrong secret":
            keys = keys | {"SecretAccessKey": "not the secret"}
        case "unknown key":
            keys = keys | {"AccessKeyId": "AKIANOBODYEXAMPLE"}
        case "foreign token":
            keys = keys | {"SessionToken": "somebody's"}
        case "clock":
            endpoint.clock.ahead = timedelta(hours=1)
    assert outcome(getattr(endpoint.client(service, keys), operation), **parameters) == CODES[problem][service]


def test_an_inactive_key_is_unknown(endpoint: Endpoint) -> None:
    """A key that was switched off is refused until it is switched on again."""
    keys = endpoint.user("jane", allow("*"))
    iam, glue = endpoint.client("iam"), endpoint.client("glue", keys)
    iam.update_access_key(UserName="jane", AccessKeyId=keys["AccessKeyId"], Status="Inactive")
    assert outcome(glue.get_databases) == "UnrecognizedClientException"
    iam.update_access_key(UserName="jane", AccessKeyId=keys["AccessKeyId"], Status="Active")
    assert outcome(glue.get_databases) == "OK"


@pytest.mark.parametrize("key", ["plain.csv", "a b/ü+1&2=3.csv", "x//y", "100%/~tilde'"])
def test_any_key_can_be_signed(endpoint: Endpoint, key: str) -> None:
    """Spaces, plus signs, percent signs, umlauts and double slashes in a key don't break the signature."""
    endpoint.bucket("lake")
    s3 = endpoint.client("s3", endpoint.user("jane", allow("s3:*")))
    s3.put_object(Bucket="lake", Key=key, Body=b"text")
    assert s3.get_object(Bucket="lake", Key=key)["Body"].read() == b"text"
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket="lake", Prefix=key)["Contents"]] == [key]


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_presigned_urls_are_verified_and_expire(endpoint: Endpoint, version: str) -> None:
    """A presigned URL opens one object for a time; another object, or another signature, is refused."""
    endpoint.bucket("lake", "a b.csv", "other.csv")
    s3 = endpoint.client("s3", endpoint.user("jane", allow("s3:GetObject")), signature_version=version)
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "lake", "Key": "a b.csv"}, ExpiresIn=60)
    assert urllib.request.urlopen(url).read() == b"a,b\n1,2\n"
    for changed, code in (
        (url.replace("a%20b.csv", "other.csv"), b"SignatureDoesNotMatch"),
        (url, b"Request has expired"),
    ):
        if changed is url:
            endpoint.clock.ahead = timedelta(hours=1)
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(changed)
        assert caught.value.code == 403
        assert code in caught.value.read()


def test_unsigned_requests_are_nobodys(endpoint: Endpoint) -> None:
    """Without a signature S3 allows only what a bucket policy opens for everybody; other services nothing."""
    from tests.local.iam.endpoint import document

    endpoint.bucket("lake", "public/1", "private/1")
    opened = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lake/public/*"}
    endpoint.client("s3").put_bucket_policy(Bucket="lake", Policy=document(opened))
    assert urllib.request.urlopen(f"{endpoint.url}/lake/public/1").read() == b"a,b\n1,2\n"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{endpoint.url}/lake/private/1")
    assert (caught.value.code, b"<Message>Access Denied</Message>" in caught.value.read()) == (403, True)
    request = urllib.request.Request(endpoint.url, data=b"{}", headers={"X-Amz-Target": "AWSGlue.GetDatabases"})
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request)


def test_pyarrow_reads_and_writes_with_its_own_signatures(endpoint: Endpoint) -> None:
    """pyarrow's C++ client signs in its own way, also multipart uploads; with a wrong secret it is refused."""
    endpoint.bucket("lake")
    keys = endpoint.user("jane", allow("s3:*"))

    def files(secret: str) -> pyarrow.fs.S3FileSystem:
        return pyarrow.fs.S3FileSystem(
            access_key=keys["AccessKeyId"],
            secret_key=secret,
            region="eu-west-1",
            endpoint_override=endpoint.url.removeprefix("http://"),
            scheme="http",
        )

    with files(keys["SecretAccessKey"]).open_output_stream("lake/big.bin") as out:
        out.write(b"z" * 11_000_000)
    with files(keys["SecretAccessKey"]).open_input_file("lake/big.bin") as handle:
        handle.seek(10_999_990)
        assert handle.read() == b"z" * 10
    with pytest.raises(OSError, match=r"ACCESS_DENIED|SignatureDoesNotMatch"):
        files("wrong").open_input_file("lake/big.bin")


def test_a_body_that_was_changed_on_the_way_is_refused(endpoint: Endpoint) -> None:
    """The signed hash of the body must be the body's."""
    endpoint.bucket("lake")
    s3 = endpoint.client("s3")

    def change(request: Any, **_: Any) -> None:
        request.body = b"other"

    s3.meta.events.register("before-send.s3.PutObject", change)
    assert outcome(s3.put_object, Bucket="lake", Key="k", Body=b"first") == "XAmzContentSHA256Mismatch"


def test_with_iam_off_any_key_is_the_account() -> None:
    """Nothing is verified or refused; the caller is the account's root."""
    endpoint = Endpoint(enforce=False)
    try:
        keys = {"AccessKeyId": "AKIAANYTHINGEXAMPLE", "SecretAccessKey": "anything"}
        identity = endpoint.client("sts", keys).get_caller_identity()
        assert (identity["Account"], identity["Arn"]) == (endpoint.account, f"arn:aws:iam::{endpoint.account}:root")
        assert outcome(endpoint.client("glue", keys).get_databases) == "OK"
    finally:
        endpoint.close()
