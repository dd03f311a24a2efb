"""Data catalogs, and the databases and tables in them as Athena's API tells them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from moto.glue.models import glue_backends
from moto.utilities.utils import get_partition

from athena_ds.local.athena.errors import invalid, metadata
from athena_ds.local.athena.operations import CallersOperation, Operation
from athena_ds.local.athena.paging import page
from athena_ds.local.athena.tags import Tags
from athena_ds.local.iam.callers import Caller
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.run import Rights

DEFAULT: Final = "AwsDataCatalog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogs:
    """The Glue catalog under its Athena name, and what else was registered (kept, but not reached)."""

    account: str
    region: str
    rights: Callable[[Caller], Rights]
    tags: Tags
    registered: dict[str, dict[str, Any]] = field(default_factory=dict)

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateDataCatalog": self.create,
            "GetDataCatalog": lambda request: {"DataCatalog": self._get(request["Name"])},
            "ListDataCatalogs": self.list,
            "UpdateDataCatalog": self.update,
            "DeleteDataCatalog": self.delete,
        }

    def callers_operations(self) -> dict[str, CallersOperation]:
        return {
            "GetDatabase": self.database,
            "ListDatabases": self.databases,
            "GetTableMetadata": self.table,
            "ListTableMetadata": self.tables,
        }

    def create(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["Name"]
        if name in self.registered or name.lower() == DEFAULT.lower():
            raise invalid(f"DataCatalog {name} has already been created")
        kept = _kept(request, "Name", "Description", "Type", "Parameters")
        self.tags.put("datacatalog", name, request.get("Tags") or [])
        self.registered[name] = kept
        return {"DataCatalog": {**kept, "Status": "CREATE_COMPLETE"}}

    def update(self, request: dict[str, Any]) -> dict[str, Any]:
        known = self._registered(request["Name"])
        known.update({key: request[key] for key in ("Description", "Type", "Parameters") if key in request})
        return {}

    def delete(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["Name"].lower() == DEFAULT.lower():
            raise invalid(f"The data catalog {DEFAULT} cannot be deleted")
        self._registered(request["Name"])
        del self.registered[request["Name"]]
        self.tags.drop("datacatalog", request["Name"])
        return {}

    def list(self, request: dict[str, Any]) -> dict[str, Any]:
        names = [{"CatalogName": DEFAULT, "Type": "GLUE", "Status": "CREATE_COMPLETE"}] + [
            {"CatalogName": name, "Type": one["Type"], "Status": "CREATE_COMPLETE"}
            for name, one in sorted(self.registered.items())
        ]
        found, more = page(names, request)
        return {"DataCatalogsSummary": found, **more}

    def databases(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        self._glue(request["CatalogName"])
        self._require(caller, "glue:GetDatabases", "database/*")
        found, more = page(sorted(self._databases().values(), key=lambda one: str(one.name).lower()), request)
        return {"DatabaseList": [_database(one) for one in found], **more}

    def database(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        self._glue(request["CatalogName"])
        self._require(caller, "glue:GetDatabase", f"database/{request['DatabaseName'].lower()}")
        return {"Database": _database(self._database(request["DatabaseName"]))}

    def table(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        self._glue(request["CatalogName"])
        database, name = request["DatabaseName"].lower(), request["TableName"].lower()
        self._require(caller, "glue:GetTable", f"database/{database}", f"table/{database}/{name}")
        found = self._tables(self._database(database)).get(name)
        if found is None:
            raise metadata(f"EntityNotFoundException: Entity Not Found (Table {name} not found.)")
        return {"TableMetadata": _table(found)}

    def tables(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        self._glue(request["CatalogName"])
        database = request["DatabaseName"].lower()
        self._require(caller, "glue:GetTables", f"database/{database}", f"table/{database}/*")
        wanted = _pattern(request.get("Expression"))
        tables = self._tables(self._database(database))
        found, more = page([tables[name] for name in sorted(tables) if wanted(name)], request)
        only_names = request.get("AttributesToGet") == ["NAME"]
        shown = [{"Name": one.name} if only_names else _table(one) for one in found]
        return {"TableMetadataList": shown, **more}

    def _get(self, name: str) -> dict[str, Any]:
        if name.lower() == DEFAULT.lower():
            parameters = {"catalog-id": self.account}
            return {"Name": DEFAULT, "Type": "GLUE", "Parameters": parameters, "Status": "CREATE_COMPLETE"}
        return {**self._registered(name), "Status": "CREATE_COMPLETE"}

    def _registered(self, name: str) -> dict[str, Any]:
        if name not in self.registered:
            raise invalid(f"DataCatalog {name} was not found", "DATACATALOG_NOT_FOUND")
        return self.registered[name]

    def _glue(self, name: str) -> None:
        """Only the account's own Glue catalog can be looked into."""
        if name.lower() == DEFAULT.lower():
            return
        parameters = self._registered(name).get("Parameters") or {}
        if self.registered[name]["Type"] != "GLUE" or parameters.get("catalog-id", self.account) != self.account:
            raise metadata(f"The local endpoint can't reach the data catalog {name}")

    def _require(self, caller: Caller, action: str, *resources: str) -> None:
        prefix = f"arn:{get_partition(self.region)}:glue:{self.region}:{self.account}:"
        try:
            self.rights(caller).require(action, *(prefix + one for one in ("catalog", *resources)))
        except EngineError as error:
            raise metadata(str(error)) from error

    def _databases(self) -> dict[str, Any]:
        return dict(glue_backends[self.account][self.region].databases)

    def _database(self, name: str) -> Any:
        found = {key.lower(): value for key, value in self._databases().items()}.get(name.lower())
        if found is None:
            raise metadata(f"EntityNotFoundException: Entity Not Found (Database {name} not found.)")
        return found

    def _tables(self, database: Any) -> dict[str, Any]:
        return {name.lower(): table for name, table in dict(database.tables).items()}


def _kept(request: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: request[name] for name in names if name in request}


def _pattern(expression: str | None) -> Callable[[str], Any]:
    """A regular expression on whole names, ignoring case; `*` alone reads as `.*`."""
    if not expression:
        return lambda _: True
    try:
        return re.compile(re.sub(r"(?<![.)\]])\*", ".*", expression), re.IGNORECASE).fullmatch
    except re.error as error:
        raise invalid(f"Invalid regular expression: {expression}") from error


def _database(database: Any) -> dict[str, Any]:
    given: Mapping[str, Any] = database.input
    found: dict[str, Any] = {"Name": database.name}
    if given.get("Description"):
        found["Description"] = given["Description"]
    if given.get("Parameters"):
        found["Parameters"] = dict(given["Parameters"])
    return found


def _table(table: Any) -> dict[str, Any]:
    shown = table.as_dict()
    storage = shown.get("StorageDescriptor") or {}
    serde = storage.get("SerdeInfo") or {}
    parameters = {str(name): str(value) for name, value in (shown.get("Parameters") or {}).items()}
    extra = {
        "location": storage.get("Location"),
        "inputformat": storage.get("InputFormat"),
        "outputformat": storage.get("OutputFormat"),
        "serde.serialization.lib": serde.get("SerializationLibrary"),
        **{f"serde.param.{name}": value for name, value in (serde.get("Parameters") or {}).items()},
    }
    return {
        "Name": shown["Name"],
        "CreateTime": round(_seconds(shown.get("CreateTime")), 3),
        "LastAccessTime": 0,
        "TableType": shown.get("TableType", ""),
        "Columns": _columns(storage.get("Columns") or []),
        "PartitionKeys": _columns(shown.get("PartitionKeys") or []),
        "Parameters": {**parameters, **{name: str(value) for name, value in extra.items() if value}},
    }


def _seconds(moment: Any) -> float:
    return float(moment.timestamp()) if hasattr(moment, "timestamp") else float(moment or 0)


def _columns(columns: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [
        {
            "Name": one["Name"],
            "Type": one.get("Type", ""),
            **({"Comment": one["Comment"]} if one.get("Comment") else {}),
        }
        for one in columns
    ]
