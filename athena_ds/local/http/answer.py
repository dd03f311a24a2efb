"""Answers the endpoint gives itself, in the form of the service that was asked."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

StartResponse = Callable[..., Any]
WSGI = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
VERSIONS: Mapping[str, str] = {"sts": "2011-06-15", "iam": "2010-05-08"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer, to be sent as it is."""

    status: int
    body: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()

    def send(self, start_response: StartResponse, *, head: bool = False) -> Iterable[bytes]:
        """Answer a WSGI request; `head` leaves the body out."""
        headers = [("Content-Type", self.content_type), ("Content-Length", str(len(self.body))), *self.headers]
        start_response(f"{self.status} {HTTPStatus(self.status).phrase}", headers)
        return [] if head else [self.body]


def query_answer(service: str, operation: str, result: Mapping[str, Any] | None = None) -> Answer:
    """A success of the query protocol: `<OperationResponse><OperationResult>...`."""
    request_id = str(uuid.uuid4())
    inner = f"<{operation}Result>{_xml(result)}</{operation}Result>" if result is not None else ""
    body = (
        f'<{operation}Response xmlns="https://{service}.amazonaws.com/doc/{VERSIONS[service]}/">{inner}'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    )
    headers = (("x-amzn-RequestId", request_id),)
    return Answer(status=200, body=body.encode(), content_type="text/xml", headers=headers)


def _xml(value: Any) -> str:
    """Structures as elements, lists as `<member>`s."""
    if isinstance(value, Mapping):
        return "".join(f"<{name}>{_xml(inner)}</{name}>" for name, inner in value.items() if inner is not None)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(f"<member>{_xml(inner)}</member>" for inner in value)
    return escape(str(value).lower() if isinstance(value, bool) else str(value))


def members(form: Mapping[str, Any], name: str) -> list[str]:
    """A list of the query protocol: `ActionNames.member.1`, `.2`, ... in order."""
    found: list[str] = []
    while (value := form.get(f"{name}.member.{len(found) + 1}")) is not None:
        found.append(str(value))
    return found
