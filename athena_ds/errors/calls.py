"""Errors of one call to AWS."""

from __future__ import annotations

from .base import AthenaDSError
from .denial import DeniedBy


class CallError(AthenaDSError):
    """One call to AWS did not succeed.

    What to do: read AWS's words in `message`; `request_id` is what AWS support asks for.

    Attributes:
        operation: The API operation with its service, as in `athena:StartQueryExecution`.
        code: AWS's error code; `AthenaErrorCode` where Athena sends one.
        status: The HTTP status, 0 when no answer came.
        message: AWS's own words.
        request_id: What AWS support asks for.
    """

    said = "answered with an error"

    def __init__(  # noqa: PLR0913
        self,
        *,
        operation: str,
        code: str = "",
        status: int = 0,
        message: str = "",
        request_id: str = "",
        remedy: str = "",
    ) -> None:
        self.operation = operation
        self.code = code
        self.status = status
        self.message = message
        self.request_id = request_id
        super().__init__(self._sentence(), remedy=remedy)

    def _sentence(self) -> str:
        words = f": {self.message}" if self.message else "."
        return f"{self.operation} {self.said}{f' ({self.code})' if self.code else ''}{words}"


class AccessDeniedError(CallError, PermissionError):
    """IAM, a bucket policy, KMS or Lake Formation said no.

    AWS says: `AccessDeniedException`: User: arn:aws:iam::123456789012:user/jane is not authorized to perform:
    glue:GetTables on resource: arn:aws:glue:eu-west-1:123456789012:catalog

    What to do: grant `action` on `resource`; `ds.preflight()` finds everything that is missing at once, and
    `ds.policy()` writes the statement. Where a Deny statement, a boundary or a policy of somebody else did it, a grant
    does not help: the remedy says who can lift it, and where it stands.

    Attributes:
        action: The IAM action that is missing.
        resource: The ARN it is missing on; empty when AWS did not say.
        by: Which kind of policy denied it, as far as AWS told.
    """

    said = "was denied"

    def __init__(self, *, action: str = "", resource: str = "", **facts: object) -> None:
        self.action = action
        self.resource = resource
        super().__init__(**facts)  # type: ignore[arg-type]
        self.by = DeniedBy.told(self.message)
        if action and not self.remedy:
            wanted = f"{action}{f' on {resource}' if resource else ''}"
            self.remedy = f"Grant {wanted} to this identity." if self.by.grant_helps else self.by.remedy(wanted)


class ThrottledError(CallError):
    """AWS kept asking to slow down until the time for this call was over.

    AWS says: `ThrottlingException`: Rate exceeded

    What to do: run it again later, or ask for a higher quota; many queries at once belong in `query_many`, which asks
    for many states in one call.
    """

    said = "was throttled"


class NotFoundError(CallError, LookupError):
    """The thing named does not exist, or may not be seen.

    AWS says: `EntityNotFoundException`: Database sals not found.

    What to do: check the name, the database and the region; what you may not see looks the same as what is not there.
    """

    said = "found nothing"


class InvalidRequestError(CallError, ValueError):
    """AWS did not accept what was asked.

    AWS says: `InvalidRequestException`: WorkGroup analysts is disabled.

    What to do: correct what the words name.
    """

    said = "was not accepted"


class WrongRegionError(CallError):
    """The bucket lies in another region.

    AWS says: `PermanentRedirect`: The bucket you are attempting to access must be addressed using the specified
    endpoint.

    What to do: use a bucket of the data source's region, or the bucket's region.
    """

    said = "was sent to the wrong region"

    def __init__(self, *, bucket_region: str = "", **facts: object) -> None:
        self.bucket_region = bucket_region
        super().__init__(**facts)  # type: ignore[arg-type]


class ServiceError(CallError):
    """AWS itself failed.

    AWS says: `InternalServerException`: Internal server error

    What to do: run it again; if it stays, give AWS support `request_id`.
    """

    said = "failed inside AWS"


class EndpointError(CallError, ConnectionError):
    """Nobody answered, or the connection broke, until the time for this call was over.

    What to do: check the network, the region, the endpoint and the proxy in HTTPS_PROXY.

    Attributes:
        endpoint: The host that was asked.
    """

    said = "got no answer"

    def __init__(self, *, endpoint: str = "", **facts: object) -> None:
        self.endpoint = endpoint
        super().__init__(**facts)  # type: ignore[arg-type]

    def _sentence(self) -> str:
        return f"{self.operation} {self.said} from {self.endpoint or 'the endpoint'}: {self.message}"
