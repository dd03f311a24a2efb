"""The errors of the Athena API, as its clients see them."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A call answered with an error: `code` is the exception's name, `fields` what its shape has beside Message."""

    def __init__(self, code: str, message: str, *, status: int = 400, fields: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.fields = code, message, status, fields or {}


def invalid(message: str, code: str = "INVALID_INPUT") -> ApiError:
    """InvalidRequestException with its AthenaErrorCode (which the wire carries twice, under two names)."""
    return ApiError("InvalidRequestException", message, fields={"AthenaErrorCode": code, "ErrorCode": code})


def malformed(message: str) -> ApiError:
    """A syntax error, refused when the query is submitted."""
    return invalid(message, "MALFORMED_QUERY")


def not_found(message: str, name: str) -> ApiError:
    """ResourceNotFoundException of prepared statements and tags."""
    return ApiError("ResourceNotFoundException", message, fields={"ResourceName": name})


def metadata(message: str) -> ApiError:
    """MetadataException: the catalog behind a data catalog has a problem."""
    return ApiError("MetadataException", message)


def unfit(message: str = "") -> ApiError:
    """SerializationException: JSON of the wrong type, or (without a message) no JSON."""
    return ApiError("SerializationException", message)
