"""Batches of which a caller may see a part: what is denied is taken out, and told as AWS tells it.

BatchGetQueryExecution and BatchGetNamedQuery leave such ids unprocessed; DeleteObjects reports an error a key.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from athena_ds.local.http.answer import WSGI, Answer
from athena_ds.local.http.operation import Environ, body_of, put_body, requested
from athena_ds.local.http.relay import asked
from athena_ds.local.iam.demands.athena import BATCHES
from athena_ds.local.iam.demands.s3 import deleted_keys
from athena_ds.local.iam.judge import DeniedError

OPERATIONS: Final = {*BATCHES, "DeleteObjects"}

_ANSWERS: Final[Mapping[str, tuple[str, str, str]]] = {
    "BatchGetQueryExecution": ("QueryExecutions", "UnprocessedQueryExecutionIds", "QueryExecutionId"),
    "BatchGetNamedQuery": ("NamedQueries", "UnprocessedNamedQueryIds", "NamedQueryId"),
}

_XMLNS: Final = "http://s3.amazonaws.com/doc/2006-03-01/"

Denial = Callable[[str], DeniedError | None]


def answer(app: WSGI, environ: Environ, denial: Denial) -> Answer | None:
    """The answer with its denied part; None where nothing is denied and the application answers alone."""
    operation = requested(environ)
    return _objects(app, environ, denial) if operation.service == "s3" else _identifiers(app, environ, denial)


def _identifiers(app: WSGI, environ: Environ, denial: Denial) -> Answer | None:
    operation = requested(environ)
    member = BATCHES[operation.name][0]
    given = [str(identifier) for identifier in operation.parameters.get(member, ())]
    denied = {identifier: refused for identifier in given if (refused := denial(identifier)) is not None}
    if not denied:
        return None
    found, unprocessed, name = _ANSWERS[operation.name]
    allowed = [identifier for identifier in given if identifier not in denied]
    members: dict[str, Any] = {found: [], unprocessed: []}
    if allowed:
        put_body(environ, json.dumps({**operation.parameters, member: allowed}).encode())
        reply = asked(app, environ)
        if reply.status != 200:
            return reply.answer()
        members |= reply.json()
    members[unprocessed] += [
        {name: identifier, "ErrorCode": "ACCESS_DENIED", "ErrorMessage": refused.message}
        for identifier, refused in denied.items()
    ]
    return Answer(status=200, body=json.dumps(members).encode(), content_type="application/x-amz-json-1.1")


def _objects(app: WSGI, environ: Environ, denial: Denial) -> Answer | None:
    keys = deleted_keys(body_of(environ))
    denied = {
        (key, version): refused for key, version in keys if (refused := denial(f"{key}\0{version or ''}")) is not None
    }
    if not denied:
        return None
    allowed = [pair for pair in keys if pair not in denied]
    status, body = 200, f'<DeleteResult xmlns="{_XMLNS}"></DeleteResult>'.encode()
    if allowed:
        put_body(environ, _without(body_of(environ), set(denied)))
        for header in ("HTTP_CONTENT_MD5", "HTTP_X_AMZ_CONTENT_SHA256"):
            environ.pop(header, None)
        reply = asked(app, environ)
        status, body = reply.status, reply.body
    errors = "".join(
        f"<Error><Key>{escape(key)}</Key><Code>AccessDenied</Code><Message>{escape(refused.message)}</Message></Error>"
        for (key, _), refused in denied.items()
    )
    if status == 200:
        body = body.decode().replace("</DeleteResult>", f"{errors}</DeleteResult>").encode()
    return Answer(status=status, body=body, content_type="application/xml")


def _without(body: bytes, denied: set[tuple[str, str | None]]) -> bytes:
    ElementTree.register_namespace("", _XMLNS)
    root = ElementTree.fromstring(body)  # noqa: S314
    for entry in list(root):
        if entry.tag.rpartition("}")[2] == "Object":
            texts = {child.tag.rpartition("}")[2]: child.text for child in entry}
            if (texts.get("Key") or "", texts.get("VersionId")) in denied:
                root.remove(entry)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))
