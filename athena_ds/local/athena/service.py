"""The Athena API over HTTP: one request in, one operation called, JSON or an error out."""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from athena_ds.local.athena import wire
from athena_ds.local.athena.errors import ApiError, invalid
from athena_ds.local.athena.region import Region, Surroundings
from athena_ds.local.http.answer import StartResponse
from athena_ds.local.http.operation import Environ, body_of, requested
from athena_ds.local.iam.callers import Caller, caller_of

log = logging.getLogger("athena_ds.local")


class Athena:
    """The service of one account: its regions' states, and the workers they share."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self._regions: dict[str, Region] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        operation = requested(environ)
        try:
            wire.known(operation.name)
            request = wire.read(operation.name, body_of(environ))
            status, answer = 200, self._call(operation.name, request, caller_of(environ))
        except ApiError as error:
            status, answer = error.status, {"__type": error.code, **error.fields}
            if error.message:
                answer["Message"] = error.message
        except Exception:
            log.exception("%s failed inside the endpoint", operation.name)
            status, answer = 500, {"__type": "InternalServerException", "Message": "the local endpoint failed"}
        return _send(start_response, status, answer)

    def region(self, name: str) -> Region:
        """The state of one region, made when first asked for."""
        with self._lock:
            if name not in self._regions:
                self._regions[name] = Region(self.surroundings, name=name)
            return self._regions[name]

    def close(self) -> None:
        """Stop every query under way and the workers."""
        for region in list(self._regions.values()):
            region.stop_all()
        self.surroundings.workers.close()

    def _call(self, name: str, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        region = self.region(caller.region)
        operation = region.operations.get(name)
        if operation is None:
            raise invalid(f"{name} is for Spark workgroups or capacity, which the local endpoint does not have")
        return operation(request, caller)

    def workgroup_of(self, kind: str, identifier: str) -> str | None:
        found = (region.workgroup_of(kind, identifier) for region in list(self._regions.values()))
        return next((name for name in found if name), None)

    def tags_of(self, arn: str) -> dict[str, str]:
        region = arn.split(":")[3] if arn.count(":") >= 5 else ""
        return self._regions[region].tags.of(arn) if region in self._regions else {}


def _send(start_response: StartResponse, status: int, answer: dict[str, Any]) -> Iterable[bytes]:
    body = json.dumps(answer).encode()
    headers = [
        ("Content-Type", "application/x-amz-json-1.1"),
        ("Content-Length", str(len(body))),
        ("x-amzn-RequestId", str(uuid.uuid4())),
    ]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [body]
