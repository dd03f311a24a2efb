"""Glue's column statistics of tables and partitions, which Trino reads and writes around every CTAS and INSERT."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_Key = tuple[str, str, tuple[str, ...]]


class ColumnStatistics:
    """The statistics of one region: by database, table and partition values (none: the table's), then by column.

    They belong to one making of a table, told by `CreateTime` in a request: a later table of the name has none.
    """

    def __init__(self) -> None:
        self._all: dict[_Key, dict[str, dict[str, Any]]] = {}
        self._made: dict[_Key, Any] = {}

    def operations(self) -> dict[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        return {
            f"{verb}ColumnStatisticsFor{kind}": operation
            for verb, operation in (("Get", self.get), ("Update", self.update), ("Delete", self.delete))
            for kind in ("Table", "Partition")
        }

    def get(self, request: Mapping[str, Any]) -> dict[str, Any]:
        known = self._known(request)
        found = [known[name] for name in request["ColumnNames"] if name in known]
        missing = [
            {"ColumnName": name, "Error": {"ErrorCode": "EntityNotFoundException", "ErrorMessage": "Not found"}}
            for name in request["ColumnNames"]
            if name not in known
        ]
        return {"ColumnStatisticsList": found, "Errors": missing}

    def update(self, request: Mapping[str, Any]) -> dict[str, Any]:
        known = self._known(request)
        known.update({one["ColumnName"]: one for one in request["ColumnStatisticsList"]})
        return {"Errors": []}

    def _known(self, request: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        key, made = _key(request), request.get("CreateTime")
        if self._made.get(key) != made:
            self._all.pop(key, None)
            self._made[key] = made
        return self._all.setdefault(key, {})

    def delete(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Always well: Trino takes an EntityNotFoundException here for a missing table."""
        self._all.get(_key(request), {}).pop(str(request.get("ColumnName")), None)
        return {}


def _key(request: Mapping[str, Any]) -> _Key:
    return request["DatabaseName"], request["TableName"], tuple(request.get("PartitionValues") or ())
