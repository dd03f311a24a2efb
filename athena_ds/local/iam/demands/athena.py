"""Athena: workgroups and data catalogs are the resources; a query id is authorised by the workgroup it ran in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from athena_ds.local.http.operation import Operation
from athena_ds.local.iam.demands import Demand, Place
from athena_ds.local.iam.tags import brought

WorkgroupOf = Callable[[str, str], str | None]
"""(`"query execution"` or `"named query"`, id) -> the workgroup it belongs to, None where there is no such id."""

_EVERYWHERE: Final = {
    "ListWorkGroups",
    "ListDataCatalogs",
    "ListEngineVersions",
    "ListCapacityReservations",
    "ListApplicationDPUSizes",
    "ListExecutors",
}
_BY_EXECUTION: Final = {"GetQueryExecution", "GetQueryResults", "GetQueryRuntimeStatistics", "StopQueryExecution"}
_BY_NAMED_QUERY: Final = {"GetNamedQuery", "DeleteNamedQuery", "UpdateNamedQuery"}
_BY_CATALOG: Final[Mapping[str, str]] = {
    "GetDataCatalog": "Name",
    "CreateDataCatalog": "Name",
    "UpdateDataCatalog": "Name",
    "DeleteDataCatalog": "Name",
    "GetDatabase": "CatalogName",
    "ListDatabases": "CatalogName",
    "GetTableMetadata": "CatalogName",
    "ListTableMetadata": "CatalogName",
}
_BY_ARN: Final = {"TagResource", "UntagResource", "ListTagsForResource"}
BATCHES: Final[Mapping[str, tuple[str, str]]] = {
    "BatchGetQueryExecution": ("QueryExecutionIds", "query execution"),
    "BatchGetNamedQuery": ("NamedQueryIds", "named query"),
}
"""Batch operations: where their ids are, and of what kind. An id one may not see is left unprocessed, not refused."""


def demands(operation: Operation, place: Place, workgroup_of: WorkgroupOf) -> list[Demand]:
    """The action on its workgroup or data catalog. An id nobody knows asks for nothing: Athena says it's not found."""
    context = brought(operation.parameters.get("Tags"), keys=operation.parameters.get("TagKeys"))
    return [replace(demand, context=context) for demand in _demands(operation, place, workgroup_of)]


def _demands(operation: Operation, place: Place, workgroup_of: WorkgroupOf) -> list[Demand]:
    action = f"athena:{operation.name}"
    given = operation.parameters
    if operation.name in _EVERYWHERE:
        return [Demand(action=action)]
    if operation.name in _BY_ARN:
        return [Demand(action=action, resource=_text(given.get("ResourceARN"), "*"))]
    if operation.name in _BY_CATALOG:
        name = _text(given.get(_BY_CATALOG[operation.name]), "AwsDataCatalog")
        return [Demand(action=action, resource=place.arn("athena", f"datacatalog/{name}"))]
    workgroup = _workgroup(operation, workgroup_of)
    if workgroup is None:
        return []
    return [Demand(action=action, resource=place.arn("athena", f"workgroup/{workgroup}"))]


def of_id(operation: Operation, identifier: str, place: Place, workgroup_of: WorkgroupOf) -> Demand | None:
    """What one id of a batch asks for, None where nobody knows it."""
    workgroup = workgroup_of(BATCHES[operation.name][1], identifier)
    if workgroup is None:
        return None
    return Demand(action=f"athena:{operation.name}", resource=place.arn("athena", f"workgroup/{workgroup}"))


def _workgroup(operation: Operation, workgroup_of: WorkgroupOf) -> str | None:
    given: Mapping[str, Any] = operation.parameters
    if operation.name in _BY_EXECUTION:
        return workgroup_of("query execution", _text(given.get("QueryExecutionId"), ""))
    if operation.name in _BY_NAMED_QUERY:
        return workgroup_of("named query", _text(given.get("NamedQueryId"), ""))
    if operation.name in ("CreateWorkGroup",):
        return _text(given.get("Name"), "primary")
    return _text(given.get("WorkGroup") or given.get("WorkGroupName"), "primary")


def _text(value: Any, default: str) -> str:
    return value if isinstance(value, str) and value else default
