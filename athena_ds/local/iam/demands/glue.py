"""Glue: a call needs its resource and every ancestor: catalog, database, table; a delete every descendant too.

https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from athena_ds.local.http.operation import Operation
from athena_ds.local.iam.demands import Demand, Place

_DATABASE: Final = {"GetDatabase", "CreateDatabase", "UpdateDatabase", "DeleteDatabase"}
_TABLE_BY_NAME: Final = {"GetTable", "CreateTable", "UpdateTable", "DeleteTable"}
_LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "GetDatabases": ("catalog", "database/*"),
    "SearchTables": ("catalog", "database/*", "table/*/*"),
}
_TABLES: Final = {"GetTables", "BatchDeleteTable"}
_PREFIXES: Final = (
    "GetPartition",
    "BatchGetPartition",
    "CreatePartition",
    "BatchCreatePartition",
    "UpdatePartition",
    "BatchUpdatePartition",
    "DeletePartition",
    "BatchDeletePartition",
    "GetTableVersion",
    "DeleteTableVersion",
    "BatchDeleteTableVersion",
    "GetColumnStatistics",
    "UpdateColumnStatistics",
    "DeleteColumnStatistics",
)


def demands(operation: Operation, place: Place) -> list[Demand]:
    """The action on the catalog, then the database, then the table."""
    return [
        Demand(action=f"glue:{operation.name}", resource=place.arn("glue", resource) if resource != "*" else "*")
        for resource in _resources(operation)
    ]


def _resources(operation: Operation) -> list[str]:
    given = operation.parameters
    name = operation.name
    if name in _DATABASE:
        return _database(operation)
    if name in _LISTS:
        return list(_LISTS[name])
    if name in _TABLE_BY_NAME or name in _TABLES or name.startswith(_PREFIXES):
        return _table(operation)
    if "UserDefinedFunction" in name:
        database = _name(given, "DatabaseName", default="*")
        function = _name(given, "FunctionName") or _name(_inner(given, "FunctionInput"), "FunctionName", default="*")
        return ["catalog", f"database/{database}", f"userDefinedFunction/{database}/{function}"]
    if name in ("TagResource", "UntagResource", "GetTags"):
        return [str(given.get("ResourceArn", "*")).split(":", 5)[-1]]
    catalog = any(part in name for part in ("ResourcePolic", "CatalogSettings", "CatalogImport"))
    return ["catalog" if catalog else "*"]


def _database(operation: Operation) -> list[str]:
    given = operation.parameters
    name = _name(given, "Name") or _name(_inner(given, "DatabaseInput"), "Name", default="default")
    resources = ["catalog", f"database/{name}"]
    if operation.name == "DeleteDatabase":
        resources += [f"table/{name}/*", f"userDefinedFunction/{name}/*"]
    return resources


def _table(operation: Operation) -> list[str]:
    given = operation.parameters
    database = _name(given, "DatabaseName", default="default")
    if operation.name == "BatchDeleteTable":
        tables = [str(table).lower() for table in given.get("TablesToDelete", ())]
    elif operation.name == "GetTables":
        tables = ["*"]
    elif operation.name in _TABLE_BY_NAME:
        tables = [_name(given, "Name") or _name(_inner(given, "TableInput"), "Name", default="*")]
    else:
        tables = [_name(given, "TableName", default="*")]
    return ["catalog", f"database/{database}", *(f"table/{database}/{table}" for table in tables)]


def _inner(given: Mapping[str, Any], member: str) -> Mapping[str, Any]:
    value = given.get(member)
    return value if isinstance(value, Mapping) else {}


def _name(given: Mapping[str, Any], member: str, *, default: str = "") -> str:
    """A name as Glue stores it: lower case."""
    return str(given.get(member) or default).lower()
