"""The instance metadata service, version 2 only: the role's credentials, or exactly what is wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from .. import errors
from ..connection.credentials import SecretStr
from ..connection.redaction import remember

_DEFAULT = "http://169.254.169.254/"
_TOKEN = "/latest/api/token"  # noqa: S105
_ROLES = "/latest/meta-data/iam/security-credentials/"
_TTL = "21600"
# Seconds; the service is on the host itself. Two tries of the token, as it may be lost on a busy host.
_TIMEOUT = 2.0
_ELSEWHERE = {
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "an ECS task",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "an EKS pod or a container with its own credentials service",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "an EKS pod with a web identity",
    "AWS_LAMBDA_FUNCTION_NAME": "a Lambda function",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCredentials:
    """Temporary credentials of a role."""

    role: str
    access_key_id: str
    secret_access_key: SecretStr
    session_token: SecretStr
    expires: datetime


def endpoint_of(endpoint: str | None) -> str:
    """The service's address: the one given, the environment's, or the instance's own."""
    chosen = endpoint or os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT") or _DEFAULT
    return chosen if chosen.endswith("/") else f"{chosen}/"


def role_credentials(endpoint: str | None = None) -> RoleCredentials:
    """Ask for the role's credentials.

    Raises:
        CredentialsError: One of its kinds: no service, token not answered, no role attached, expired.
    """
    where = endpoint_of(endpoint)
    _refuse_when_disabled(where)
    token = _token(where)
    status, roles = _get(where, _ROLES, token)
    if status == 404 or not roles.strip():
        raise errors.NoRoleAttachedError(endpoint=where)
    role = roles.split()[0]
    status, document = _get(where, _ROLES + role, token)
    if status == 404:
        raise errors.NoRoleAttachedError(endpoint=where)
    return _checked(document, role=role, endpoint=where)


def _refuse_when_disabled(where: str) -> None:
    if os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
        raise errors.MetadataServiceNotFoundError(
            endpoint=where, instead="AWS_EC2_METADATA_DISABLED is set: take it away to use the instance role."
        )


def _token(where: str) -> SecretStr:
    status, text = _ask(where, "PUT", _TOKEN, {"x-aws-ec2-metadata-token-ttl-seconds": _TTL})
    if status in (403, 404, 405):
        instead = (
            "What answers there gives no IMDSv2 token: this is no EC2 instance, or its http-endpoint setting is off. "
            "Elsewhere use an access key or a profile."
        )
        raise errors.MetadataServiceNotFoundError(endpoint=where, instead=instead)
    if status != 200 or not text:
        raise errors.MetadataTokenNotAnsweredError(endpoint=where)
    token = SecretStr(text)
    remember(token)
    return token


def _get(where: str, path: str, token: SecretStr) -> tuple[int, str]:
    status, text = _ask(where, "GET", path, {"x-aws-ec2-metadata-token": token.reveal()})
    if status not in (200, 404):
        raise errors.CredentialsError(f"The instance metadata service at {where} answered {status} for {path}.")
    return status, text


def _ask(where: str, method: str, path: str, headers: Mapping[str, str]) -> tuple[int, str]:
    """One request, straight to the host: a proxy in the environment cannot reach a link-local address."""
    parts = urlsplit(where)
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=_TIMEOUT)
    try:
        connection.connect()
    except OSError:
        raise errors.MetadataServiceNotFoundError(endpoint=where, instead=_elsewhere()) from None
    try:
        connection.request(method, parts.path.rstrip("/") + path, headers=dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    except (OSError, HTTPException):
        # Connected and then silence: the answer's hop limit ran out on its way (EC2 guide, IMDSv2).
        raise errors.MetadataTokenNotAnsweredError(endpoint=where) from None
    finally:
        connection.close()


def _elsewhere() -> str:
    """The remedy where another kind of credentials is at hand."""
    place = next((place for name, place in _ELSEWHERE.items() if os.environ.get(name)), None)
    if place is None:
        return ""
    return f"This is {place}, which has credentials of its own, not an instance role: use a profile or an access key."


def _checked(document: str, *, role: str, endpoint: str) -> RoleCredentials:
    try:
        said = json.loads(document)
        found = RoleCredentials(
            role=role,
            access_key_id=str(said["AccessKeyId"]),
            secret_access_key=SecretStr(said["SecretAccessKey"]),
            session_token=SecretStr(said["Token"]),
            expires=datetime.fromisoformat(said["Expiration"]),
        )
    except (ValueError, KeyError, TypeError):
        code = _code(document)
        raise errors.CredentialsError(
            f"The metadata service at {endpoint} gave no usable credentials for role '{role}' ({code}).",
            remedy="Check that the role exists and trusts ec2.amazonaws.com, then attach it to the instance again.",
        ) from None
    remember(found.secret_access_key)
    remember(found.session_token)
    if said.get("Code", "Success") != "Success":
        raise errors.CredentialsError(f"The metadata service answered '{said['Code']}' for role '{role}'.")
    if found.expires <= datetime.now(UTC):
        remedy = "The metadata service gives old credentials: check the instance's clock and its role."
        raise errors.ExpiredCredentialsError(whose=f"The credential of role '{role}'", remedy=remedy)
    return found


def _code(document: str) -> str:
    try:
        said = json.loads(document)
    except ValueError:
        return "not JSON"
    return str(said.get("Code", "incomplete")) if isinstance(said, dict) else "not an object"
