"""botocore's exceptions -> the tree in `athena_ds.errors`. The one place where AWS's error codes are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from .. import errors
from ..errors import AthenaDSError, CallError
from .actions import action_of

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"}
_UNKNOWN_KEY = {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "InvalidToken"}
_WRONG_SECRET = {"SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature"}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "Forbidden", "AllAccessDisabled"}
_DENIED |= {"KMSAccessDeniedException", "KMS.AccessDeniedException", "AuthorizationError"}
_THROTTLED = {"Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "SlowDown", "Slow Down"}
_THROTTLED |= {"TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException"}
_THROTTLED |= {"RequestThrottledException", "ProvisionedThroughputExceededException", "429"}
_MISSING = {"EntityNotFoundException", "NoSuchBucket", "NoSuchKey", "NoSuchUpload", "NotFound", "404"}
_MISSING |= {"ResourceNotFoundException", "NoSuchEntity", "NoSuchLifecycleConfiguration", "NoSuchBucketPolicy"}
_MISSING |= {"NoSuchPublicAccessBlockConfiguration", "OwnershipControlsNotFoundError"}
_MISSING |= {"ServerSideEncryptionConfigurationNotFoundError", "ObjectLockConfigurationNotFoundError"}
_MISSING |= {"QUERY_EXECUTION_NOT_FOUND", "RESULT_NOT_FOUND", "DATACATALOG_NOT_FOUND", "NoSuchTagSet"}
_ELSEWHERE = {"301", "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}
_PASSING = {"RequestTimeout", "RequestTimeoutException", "InternalError", "ServiceUnavailable", "OperationAborted"}
_NOT_AUTHORIZED = re.compile(
    r"not authorized to perform:? (?P<action>[\w-]+:\w+)"
    r"(?: on (?:the )?resource:? (?P<resource>\S+?))?(?=[\s,;.]*(?:\s|$))"
)


def translated(  # noqa: PLR0911 - one answer a kind
    error: Exception, *, operation: str, endpoint: str, params: Mapping[str, object] | None = None
) -> AthenaDSError:
    """The error of ours that says what botocore's says; never holds a secret or a request."""
    match error:
        case boto.ClientError():
            return _answered(error, operation=operation, params=params or {})
        case boto.NoCredentialsError() | boto.PartialCredentialsError():
            return errors.CredentialsError(
                "There are no credentials to sign with.", remedy="Use an access key, a profile or the instance role."
            )
        case boto.TokenRetrievalError() | boto.UnauthorizedSSOTokenError() | boto.SSOTokenLoadError():
            return errors.ExpiredCredentialsError(whose="The SSO session", remedy="Run: aws sso login")
        case boto.ParamValidationError():
            return errors.InvalidRequestError(operation=operation, code="ParamValidation", message=_one_line(error))
        case boto.IncompleteReadError() | boto.ResponseStreamingError() | boto.FlexibleChecksumError():
            return errors.EndpointError(operation=operation, endpoint=endpoint, message=_broken(error))
        case ResponseParserError():
            return errors.EndpointError(operation=operation, endpoint=endpoint, message="the answer could not be read")
        case boto.HTTPClientError() | boto.ConnectionError():
            return _unanswered(error, operation=operation, endpoint=endpoint)
        case _:
            return CallError(operation=operation, code=type(error).__name__, message=_one_line(error))


def _unanswered(error: Exception, *, operation: str, endpoint: str) -> AthenaDSError:
    remedy = "Check the network, the region and the endpoint; a proxy is taken from HTTPS_PROXY."
    if isinstance(error, boto.SSLError):
        remedy = "The certificate was not accepted; behind a proxy that opens TLS, name its authority in AWS_CA_BUNDLE."
    if isinstance(error, boto.ProxyConnectionError):
        remedy = "The proxy in HTTPS_PROXY or HTTP_PROXY does not answer; correct it, or add the host to NO_PROXY."
    return errors.EndpointError(
        operation=operation, endpoint=endpoint, code=type(error).__name__, message=_broken(error), remedy=remedy
    )


def _answered(error: boto.ClientError, *, operation: str, params: Mapping[str, object]) -> AthenaDSError:
    facts, headers = _facts(error, operation), _headers(error)
    identity = _about_identity(facts["code"], facts["message"], headers)
    if identity:
        return identity
    if facts["code"] in _ELSEWHERE or _other_region(facts["status"], headers):
        return _wrong_region(facts, headers, params)
    if facts["code"] in _DENIED or facts["status"] == 403:
        return _denied(facts, params)
    return _kind(facts["code"], facts["status"], facts["message"])(**facts)


def _about_identity(code: str, message: str, headers: Mapping[str, str]) -> AthenaDSError | None:
    if code in _EXPIRED and "signature" not in message.lower():
        return errors.ExpiredCredentialsError()
    if code == "RequestTimeTooSkewed" or re.search(r"Signature (expired|not yet current)", message):
        return errors.ClockSkewError(seconds=_skew(headers))
    if code in _UNKNOWN_KEY:
        inactive = re.search(r"inactive|disabled|not active", message, re.IGNORECASE)
        return errors.DisabledAccessKeyError() if inactive else errors.UnknownAccessKeyError()
    if code in _WRONG_SECRET:
        return errors.WrongSecretError()
    return None


def _kind(code: str, status: int, message: str) -> type[CallError]:
    if code in _THROTTLED or "Rate exceeded" in message:
        return errors.ThrottledError
    if code in _MISSING or status == 404 or "WorkGroup is not found" in message:
        return errors.NotFoundError
    if status >= 500 or code in _PASSING:
        return errors.ServiceError
    return errors.InvalidRequestError if status in (400, 405, 409, 412, 416) else CallError


def _facts(error: boto.ClientError, operation: str) -> dict[str, Any]:
    said = error.response.get("Error", {})
    meta = error.response.get("ResponseMetadata", {})
    code = error.response.get("AthenaErrorCode") or said.get("Code", "")
    status = int(meta.get("HTTPStatusCode", 0))
    return {
        "operation": operation,
        "code": str(code),
        "status": status,
        "message": str(said.get("Message") or error.response.get("message") or ""),
        "request_id": str(meta.get("RequestId", "")),
    }


def _headers(error: boto.ClientError) -> Mapping[str, str]:
    headers: Mapping[str, str] = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return headers


def _other_region(status: int, headers: Mapping[str, str]) -> bool:
    return status == 301 or (status == 400 and "x-amz-bucket-region" in headers)


def _wrong_region(facts: dict[str, Any], headers: Mapping[str, str], params: Mapping[str, object]) -> AthenaDSError:
    region = headers.get("x-amz-bucket-region", "")
    where = f"lies in {region}" if region else "lies in another region"
    facts["message"] = f"bucket '{params.get('Bucket', '')}' {where}. {facts['message']}".strip()
    remedy = f"Use a bucket of the data source's region{f', or region {region!r}' if region else ''}."
    return errors.WrongRegionError(bucket_region=region, remedy=remedy, **facts)


def _denied(facts: dict[str, Any], params: Mapping[str, object]) -> AthenaDSError:
    found = _NOT_AUTHORIZED.search(facts["message"])
    if found:
        resource = (found["resource"] or "").strip('"')
        return errors.AccessDeniedError(action=found["action"], resource=resource, **facts)
    return errors.AccessDeniedError(action=action_of(facts["operation"]), resource=_object_of(params), **facts)


def _object_of(params: Mapping[str, object]) -> str:
    """S3 does not always say on what: name the bucket or object asked for."""
    if "Bucket" not in params:
        return ""
    return f"s3://{params['Bucket']}/{params.get('Key') or params.get('Prefix') or ''}"


def _skew(headers: Mapping[str, str]) -> float | None:
    """How far AWS's clock is ahead of ours, from its Date header."""
    try:
        return (parsedate_to_datetime(headers["date"]) - datetime.now(UTC)).total_seconds()
    except (KeyError, ValueError, TypeError):
        return None


def _broken(error: Exception) -> str:
    match error:
        case boto.ConnectTimeoutError():
            return "no connection in time"
        case boto.ReadTimeoutError():
            return "the connection stands, and no answer came in time"
        case boto.IncompleteReadError():
            return "the answer was cut short"
        case boto.EndpointConnectionError():
            return "no connection could be made"
        case _:
            return _one_line(error)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:500]


def without_frames(error: BaseException) -> BaseException:
    """The error and what it came from, without tracebacks: botocore's frames hold signed requests and tokens."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        current.__traceback__ = None
        current = current.__cause__ or current.__context__
    return error
