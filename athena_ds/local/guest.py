"""An engine in a process of its own comes back through the front door, with a key of its own, to read and write.

What it is shown of Glue may differ from what others see, and it alone is led to the staging account.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from athena_ds.local.http.answer import WSGI, Answer, StartResponse
from athena_ds.local.http.operation import Environ, Operation, asking, requested
from athena_ds.local.http.relay import relay
from athena_ds.local.iam.callers import Key, caller_of
from athena_ds.local.staging import BUCKET, DATABASE, Staging

_NAMED: Final = ("TableName", "Name")

Shown = Callable[[Mapping[str, Any], bool], Mapping[str, Any]]
"""A table's entry and whether its name was asked for with the suffix of raw tables; the entry as the guest sees it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """One engine's key, what it is shown, and where it writes."""

    key: Key
    staging: Staging
    shown: Shown
    raw: str

    def is_me(self, environ: Environ) -> bool:
        return caller_of(environ).access_key_id == self.key.access_key_id

    def account(self, environ: Environ) -> str | None:
        """The staging account for what is in there, None for everything else and everybody else."""
        if not self.is_me(environ):
            return None
        operation = requested(environ)
        names = (operation.parameters.get(name) for name in ("DatabaseName", "Name"))
        inside = operation.bucket == BUCKET if operation.service == "s3" else DATABASE in names
        return self.staging.account if inside else None


class GuestGlue:
    """Glue as the guest must see it; everybody else goes straight through."""

    def __init__(self, glue: WSGI, guest: Guest) -> None:
        self.glue, self.guest = glue, guest

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not self.guest.is_me(environ) or self.guest.account(environ) is not None:
            return self.glue(environ, start_response)
        return self._shown(environ).send(start_response)

    def _shown(self, environ: Environ) -> Answer:
        operation = requested(environ)
        request, raw = self._asked(operation)
        reply = relay(self.glue, asking(environ, replace(operation, parameters=request)), request)
        if reply.status != 200 or operation.name not in ("GetTable", "GetTables"):
            return reply.answer()
        body = reply.json()
        if "Table" in body:
            body["Table"] = self.guest.shown(body["Table"], raw)
        if "TableList" in body:
            body["TableList"] = [self.guest.shown(entry, False) for entry in body["TableList"]]
        return replace(reply, body=json.dumps(body).encode()).answer()

    def _asked(self, operation: Operation) -> tuple[dict[str, Any], bool]:
        """The request under the table's own name, and whether it was for the raw one."""
        request = dict(operation.parameters)
        names = [name for name in _NAMED if str(request.get(name, "")).endswith(self.guest.raw)]
        for name in names:
            request[name] = request[name].removesuffix(self.guest.raw)
        return request, bool(names)
