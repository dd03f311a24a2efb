"""Glue in front of moto: names folded, pages, segments, and the operations engines ask for that moto has not."""

from __future__ import annotations

import json
import re
import uuid
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from athena_ds.local.glue.column_statistics import ColumnStatistics
from athena_ds.local.http.answer import WSGI, Answer, StartResponse
from athena_ds.local.http.operation import Environ, Operation, requested
from athena_ds.local.http.relay import Relayed, relay
from athena_ds.local.http.tokens import BadTokenError, place_of, token_of
from athena_ds.local.iam.denial import error

_FOLDED: Final = frozenset({"DatabaseName", "TableName", "DatabaseInput", "TableInput"})
_NAMED: Final = ("Database", "Databases", "Table", "Tables", "TableVersion", "TableVersions")
_PAGES: Final[Mapping[str, tuple[str, int]]] = {
    "GetDatabases": ("DatabaseList", 100),
    "GetTables": ("TableList", 100),
    "GetTableVersions": ("TableVersions", 100),
    "GetPartitions": ("Partitions", 1000),
    "SearchTables": ("TableList", 100),
}
"""The list an operation gives out in pages, and how long a page is where MaxResults does not say."""

_WITH_ERRORS: Final = re.compile(r"Batch(Create|Delete|Update)\w+")
"""Operations whose answer lists what failed, also when nothing did."""

_ATTRIBUTES: Final = {
    "NAME": "Name",
    "DESCRIPTION": "Description",
    "TABLE_TYPE": "TableType",
    "TARGET_DATABASE": "TargetDatabase",
}

Handler = Callable[[dict[str, Any]], dict[str, Any]]


class Glue:
    """The WSGI layer over moto's Glue of one account."""

    def __init__(self, app: WSGI) -> None:
        self.app = app
        self._statistics: dict[str, ColumnStatistics] = {}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        operation = requested(environ)
        request = folded(dict(operation.parameters), operation.name)
        try:
            answer = self._answer(environ, operation, request)
        except BadTokenError as bad:
            answer = error(operation, code="InvalidInputException", message=str(bad), status=400)
        return answer.send(start_response)

    def _answer(self, environ: Environ, operation: Operation, request: dict[str, Any]) -> Answer:
        own = self._own(operation).get(operation.name)
        if own is not None:
            table = self._table(environ, operation, request)
            if table is None:
                return _json(own(request))
            if table.status != 200:
                return table.answer()
            return _json(own({**request, "CreateTime": table.json()["Table"].get("CreateTime")}))
        asked = {name: value for name, value in request.items() if name not in ("MaxResults", "NextToken", "Segment")}
        if operation.name == "SearchTables":
            return self._search(environ, request)
        if operation.name not in _PAGES:
            asked = request
        reply = relay(self.app, environ, asked)
        if reply.status != 200:
            return reply.answer()
        return _json(_shaped(operation.name, request, reply.json()))

    def _own(self, operation: Operation) -> dict[str, Handler]:
        statistics = self._statistics.setdefault(operation.region, ColumnStatistics())
        return {
            **statistics.operations(),
            "GetUserDefinedFunctions": lambda _: {"UserDefinedFunctions": []},
            "GetPartitionIndexes": lambda _: {"PartitionIndexDescriptorList": []},
        }

    def _table(self, environ: Environ, operation: Operation, request: dict[str, Any]) -> Relayed | None:
        """What moto, which keeps the tables, says of the table an operation is about; a deletion needs none."""
        if "TableName" not in request or operation.name.startswith("Delete"):
            return None
        asked = {"DatabaseName": request.get("DatabaseName"), "Name": request["TableName"]}
        return relay(self.app, environ, asked, target="AWSGlue.GetTable")

    def _search(self, environ: Environ, request: dict[str, Any]) -> Answer:
        """Tables of every database whose name, description or parameters hold the text."""
        found: list[dict[str, Any]] = []
        for database in relay(self.app, environ, {}, target="AWSGlue.GetDatabases").json()["DatabaseList"]:
            asked = {"DatabaseName": database["Name"]}
            found += relay(self.app, environ, asked, target="AWSGlue.GetTables").json()["TableList"]
        text = str(request.get("SearchText") or "").strip('"').lower()
        matching = [table for table in found if text in json.dumps(table).lower()]
        return _json(_page("SearchTables", request, {"TableList": matching}))


def folded(request: dict[str, Any], operation: str) -> dict[str, Any]:
    """The request with database and table names in lower case, as Glue stores and looks them up."""
    for name in _FOLDED & request.keys():
        request[name] = _lower(request[name])
    if operation.removeprefix("Get").removeprefix("Delete").removeprefix("Update") in _NAMED and "Name" in request:
        request["Name"] = _lower(request["Name"])
    for name in ("TablesToDelete",):
        if isinstance(request.get(name), list):
            request[name] = [_lower(one) for one in request[name]]
    return request


def _lower(value: Any) -> Any:
    if isinstance(value, str):
        return value.lower()
    if isinstance(value, dict) and isinstance(value.get("Name"), str):
        return {**value, "Name": value["Name"].lower()}
    return value


def _shaped(operation: str, request: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """What moto answered, with what it leaves out and without what was not asked for."""
    if _WITH_ERRORS.fullmatch(operation):
        answer.setdefault("Errors", [])
    if operation == "GetPartitions":
        answer["Partitions"] = [one for one in answer["Partitions"] if _in_segment(one, request.get("Segment"))]
        if request.get("ExcludeColumnSchema"):
            for partition in answer["Partitions"]:
                (partition.get("StorageDescriptor") or {}).pop("Columns", None)
    wanted = request.get("AttributesToGet")
    if wanted and operation in ("GetTables", "GetDatabases"):
        _only(answer, operation, wanted)
    return _page(operation, request, answer) if operation in _PAGES else answer


def _only(answer: dict[str, Any], operation: str, wanted: list[str]) -> None:
    """`AttributesToGet`: the names, with the other attributes asked for."""
    kept = {_ATTRIBUTES[one] for one in wanted if one in _ATTRIBUTES} | {"Name", "DatabaseName", "CatalogId"}
    name = _PAGES[operation][0]
    answer[name] = [{key: value for key, value in one.items() if key in kept} for one in answer[name]]


def _in_segment(partition: Mapping[str, Any], segment: Mapping[str, int] | None) -> bool:
    """Whether a partition belongs to one of the non-overlapping segments a reader shares the list into."""
    if not segment:
        return True
    values = "\0".join(partition["Values"]).encode()
    return zlib.crc32(values) % int(segment["TotalSegments"]) == int(segment["SegmentNumber"])


def _page(operation: str, request: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    name, size = _PAGES[operation]
    start = place_of(request.get("NextToken"))
    end = start + min(int(request.get("MaxResults") or size), size)
    more = {"NextToken": token_of(end)} if end < len(answer[name]) else {}
    return {**answer, name: answer[name][start:end], **more}


def _json(value: Mapping[str, Any]) -> Answer:
    headers = (("x-amzn-RequestId", str(uuid.uuid4())),)
    return Answer(
        status=200, body=json.dumps(value).encode(), content_type="application/x-amz-json-1.1", headers=headers
    )
