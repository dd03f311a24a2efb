"""Named queries: SQL people saved."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from athena_ds.local.athena.errors import invalid
from athena_ds.local.athena.operations import Operation
from athena_ds.local.athena.paging import page

_KEPT = ("Name", "Description", "Database", "QueryString")


class NamedQueries:
    """The named queries of one region, in the order they were made."""

    def __init__(self, *, workgroup: Callable[[str], Mapping[str, Any]]) -> None:
        self._all: dict[str, dict[str, Any]] = {}
        self._tokens: dict[str, str] = {}
        self._workgroup = workgroup

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateNamedQuery": self.create,
            "GetNamedQuery": lambda request: {"NamedQuery": dict(self._get(request["NamedQueryId"]))},
            "BatchGetNamedQuery": self.batch,
            "ListNamedQueries": self.list,
            "UpdateNamedQuery": self.update,
            "DeleteNamedQuery": self.delete,
        }

    def holds(self, workgroup: str) -> bool:
        """Whether a workgroup has named queries."""
        return any(query["WorkGroup"] == workgroup for query in list(self._all.values()))

    def clear(self, workgroup: str) -> None:
        """Forget a workgroup's named queries."""
        self._all = {one: query for one, query in self._all.items() if query["WorkGroup"] != workgroup}

    def workgroup_of(self, identifier: str) -> str | None:
        found = self._all.get(identifier)
        return str(found["WorkGroup"]) if found else None

    def create(self, request: dict[str, Any]) -> dict[str, Any]:
        workgroup = request.get("WorkGroup") or "primary"
        self._workgroup(workgroup)
        token = request.get("ClientRequestToken") or str(uuid.uuid4())
        made = self._tokens.get(token)
        if made in self._all:
            # The API reference: a request with the same token gets the same answer, and no other query is made.
            return {"NamedQueryId": made}
        kept = {name: value for name, value in request.items() if name in _KEPT}
        identifier = self._tokens[token] = str(uuid.uuid4())
        self._all[identifier] = {**kept, "NamedQueryId": identifier, "WorkGroup": workgroup}
        return {"NamedQueryId": identifier}

    def batch(self, request: dict[str, Any]) -> dict[str, Any]:
        ids = request["NamedQueryIds"]
        missing = [
            {"NamedQueryId": one, "ErrorCode": "INVALID_INPUT", "ErrorMessage": f"NamedQuery {one} was not found"}
            for one in ids
            if one not in self._all
        ]
        found = [dict(self._all[one]) for one in ids if one in self._all]
        return {"NamedQueries": found, "UnprocessedNamedQueryIds": missing}

    def list(self, request: dict[str, Any]) -> dict[str, Any]:
        workgroup = request.get("WorkGroup") or "primary"
        self._workgroup(workgroup)
        ids, more = page([one for one, query in self._all.items() if query["WorkGroup"] == workgroup], request)
        return {"NamedQueryIds": ids, **more}

    def update(self, request: dict[str, Any]) -> dict[str, Any]:
        query = self._get(request["NamedQueryId"])
        query.update({name: request[name] for name in ("Name", "Description", "QueryString") if name in request})
        return {}

    def delete(self, request: dict[str, Any]) -> dict[str, Any]:
        self._get(request["NamedQueryId"])
        del self._all[request["NamedQueryId"]]
        return {}

    def _get(self, identifier: str) -> dict[str, Any]:
        if identifier not in self._all:
            raise invalid(f"NamedQuery {identifier} was not found")
        return self._all[identifier]
