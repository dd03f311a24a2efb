"""The catalog: the data catalog, the database, its tables and their partitions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..catalog import listing
from ..errors import InvalidRequestError, NotFoundError
from ..policy import Grant
from . import survey
from .check import Check, Denial, DeniedError, Finding, failed, passed, skipped, warning
from .probe import NOWHERE, Probe


def checks(probe: Probe) -> list[Check]:
    """Glue's, or Athena's metadata calls for a catalog of another kind."""
    if not listing.uses_glue(probe.config):
        return _elsewhere(probe)

    def one(
        name: str, ask: Callable[[Probe], Finding], *actions: str, required: bool = True, after: str = "database"
    ) -> Check:
        grants = tuple(grant for action in actions for grant in _on(probe, action))
        return Check(id=name, ask=lambda: ask(probe), requires=(after,), grants=grants, required=required)

    catalog = Grant(action="athena:GetDataCatalog", resource=probe.arns.data_catalog(probe.config.data_catalog))
    made = [
        Check(
            id="data-catalog",
            ask=partial(_data_catalog, probe),
            requires=("identity",),
            grants=(catalog,),
            required=False,
        ),
        one("database", _database, "GetDatabase", after="identity"),
        Check(
            id="default-database",
            ask=lambda: _default(probe),
            requires=("identity",),
            grants=_named_database(probe, "GetDatabase", "default"),
            required=False,
        ),
        one("tables", _tables, "GetTables"),
        one("table", _table, "GetTable", after="tables"),
        one("partitions", _partitions, "GetPartitions", *_meant(probe), after="tables"),
    ]
    if probe.means("glue:GetTableVersions"):
        made.append(one("table-versions", _versions, "GetTableVersions", required=False, after="tables"))
    if _changes(probe):
        made.append(one("table-changes", _changed, *_changes(probe)))
    if probe.means("glue:GetDatabases"):
        grants, ask = _named_database(probe, "GetDatabases", "*"), lambda: _databases(probe)
        made.append(Check(id="databases", ask=ask, requires=("identity",), grants=grants, required=False))
    return made


def _elsewhere(probe: Probe) -> list[Check]:
    resource = probe.arns.data_catalog(probe.config.data_catalog)

    def one(name: str, ask: Callable[[Probe], Finding], *, action: str, after: str) -> Check:
        grants = (Grant(action=f"athena:{action}", resource=resource),)
        return Check(id=name, ask=lambda: ask(probe), requires=(after,), grants=grants)

    return [
        one("data-catalog", _data_catalog, action="GetDataCatalog", after="identity"),
        one("databases", _list_databases, action="ListDatabases", after="data-catalog"),
        one("database", _athena_database, action="GetDatabase", after="data-catalog"),
        one("tables", _tables, action="ListTableMetadata", after="database"),
        one("table", _athena_table, action="GetTableMetadata", after="tables"),
    ]


def _on(probe: Probe, action: str) -> tuple[Grant, ...]:
    """A Glue action with the resource and every ancestor."""
    arns, database = probe.arns, probe.config.database
    resources = [arns.glue_catalog(), arns.glue_database(database)]
    if action != "GetDatabase":
        resources.append(arns.glue_table(database, "*"))
    return tuple(Grant(action=f"glue:{action}", resource=resource) for resource in resources)


def _named_database(probe: Probe, action: str, database: str) -> tuple[Grant, ...]:
    arns = probe.arns
    return tuple(
        Grant(action=f"glue:{action}", resource=arn) for arn in (arns.glue_catalog(), arns.glue_database(database))
    )


def _data_catalog(probe: Probe) -> Finding:
    name = probe.config.data_catalog
    grant = Grant(action="athena:GetDataCatalog", resource=probe.arns.data_catalog(name))
    try:
        answer = probe.ask("athena:GetDataCatalog", grant, Name=name)
    except (InvalidRequestError, NotFoundError) as error:
        return failed(error.happened, f"Check the name '{name}' and the region {probe.config.region}.")
    return passed(f"athena:GetDataCatalog: '{name}', of type {answer.get('DataCatalog', {}).get('Type', 'unknown')}")


def _database(probe: Probe) -> Finding:
    name = probe.config.database
    try:
        probe.ask("glue:GetDatabase", *_on(probe, "GetDatabase"), Name=name)
    except NotFoundError:
        remedy = f"Check the name '{name}' and the region {probe.config.region}, or have the database made."
        return failed(
            f"glue:GetDatabase: there is no database '{name}'. It may be looked at, so it does not exist.", remedy
        )
    return passed(f"glue:GetDatabase: '{name}'")


def _default(probe: Probe) -> Finding:
    """Athena may look at `default` whatever a query's database is; whether it exists does not matter."""
    grants = _named_database(probe, "GetDatabase", "default")
    try:
        probe.ask("glue:GetDatabase", *grants, Name="default")
    except NotFoundError:
        return passed("glue:GetDatabase was allowed on 'default', which does not exist; it need not.")
    return passed("glue:GetDatabase: 'default'")


def _databases(probe: Probe) -> Finding:
    grants = _named_database(probe, "GetDatabases", "*")
    answer = probe.ask("glue:GetDatabases", *grants, MaxResults=1)
    return passed(f"glue:GetDatabases: {len(answer.get('DatabaseList', []))} on the first page")


def _list_databases(probe: Probe) -> Finding:
    name = probe.config.data_catalog
    grant = Grant(action="athena:ListDatabases", resource=probe.arns.data_catalog(name))
    asked = {"CatalogName": name, "WorkGroup": probe.config.workgroup, "MaxResults": 1}
    probe.ask("athena:ListDatabases", grant, **asked)
    return passed(f"athena:ListDatabases was answered for '{name}'")


def _athena_database(probe: Probe) -> Finding:
    config = probe.config
    grant = Grant(action="athena:GetDatabase", resource=probe.arns.data_catalog(config.data_catalog))
    asked = {"CatalogName": config.data_catalog, "DatabaseName": config.database, "WorkGroup": config.workgroup}
    try:
        probe.ask("athena:GetDatabase", grant, **asked)
    except (NotFoundError, InvalidRequestError) as error:
        return failed(error.happened, f"Check the name '{config.database}' in the catalog '{config.data_catalog}'.")
    return passed(f"athena:GetDatabase: '{config.database}'")


def _athena_table(probe: Probe) -> Finding:
    if not probe.known.tables:
        return skipped("There is no table to look at.")
    config, name = probe.config, probe.known.tables[0].name
    grant = Grant(action="athena:GetTableMetadata", resource=probe.arns.data_catalog(config.data_catalog))
    asked = {"CatalogName": config.data_catalog, "DatabaseName": config.database, "TableName": name}
    probe.ask("athena:GetTableMetadata", grant, WorkGroup=config.workgroup, **asked)
    return passed(f"athena:GetTableMetadata: '{name}'")


def _tables(probe: Probe) -> Finding:
    """None is a warning: the database may be empty, or Lake Formation may hide what is in it."""
    operation = "glue:GetTables" if listing.uses_glue(probe.config) else "athena:ListTableMetadata"
    grants = _on(probe, "GetTables") if operation.startswith("glue") else (_listing(probe),)
    # The survey reads every page; asking for one beforehand says what is missing in this check's own words.
    _first_page(probe, operation, grants)
    probe.known.tables = survey.tables(probe.door, probe.config)
    if not probe.known.tables:
        return warning(
            f"{operation}: no table of '{probe.config.database}' is visible.",
            "Create a table; or, where there are some, ask for DESCRIBE or SELECT on them in Lake Formation, "
            "which hides tables without saying so.",
        )
    governed = sum(table.governed for table in probe.known.tables)
    also = f", {governed} of them governed by Lake Formation" if governed else ""
    return passed(f"{operation}: {len(probe.known.tables)}{also}")


def _listing(probe: Probe) -> Grant:
    return Grant(action="athena:ListTableMetadata", resource=probe.arns.data_catalog(probe.config.data_catalog))


def _first_page(probe: Probe, operation: str, grants: tuple[Grant, ...]) -> None:
    config = probe.config
    asked: dict[str, object] = {"DatabaseName": config.database, "MaxResults": 1}
    if operation.startswith("athena"):
        asked |= {"CatalogName": config.data_catalog, "WorkGroup": config.workgroup}
    probe.ask(operation, *grants, **asked)


def _table(probe: Probe) -> Finding:
    if not probe.known.tables:
        return skipped("There is no table to look at.")
    name = probe.known.tables[0].name
    probe.ask("glue:GetTable", *_on(probe, "GetTable"), DatabaseName=probe.config.database, Name=name)
    return passed(f"glue:GetTable: '{name}'")


def _versions(probe: Probe) -> Finding:
    if not probe.known.tables:
        return skipped("There is no table to look at.")
    given = {"DatabaseName": probe.config.database, "TableName": probe.known.tables[0].name, "MaxResults": 1}
    probe.ask("glue:GetTableVersions", *_on(probe, "GetTableVersions"), **given)
    return passed(f"glue:GetTableVersions: '{given['TableName']}'")


def _partitions(probe: Probe) -> Finding:
    """Athena reads partitions by page, one by one, or several at once; where a policy means all three, all must be."""
    tables = probe.known.tables
    table = next((table for table in tables if table.partitioned), None)
    if table is None and (not tables or not probe.means("glue:GetPartitions")):
        return skipped("No table has partitions registered in Glue; projected ones need no permission.")
    given = {"DatabaseName": probe.config.database, "TableName": (table or tables[0]).name}
    answer = probe.ask(
        "glue:GetPartitions", *_on(probe, "GetPartitions"), **given, MaxResults=1, ExcludeColumnSchema=True
    )
    # A partition that does not exist tells as well whether it may be looked at.
    found = answer.get("Partitions", [])
    values = list(found[0]["Values"]) if found else [NOWHERE]
    wanted: dict[str, dict[str, Any]] = {
        "GetPartition": {"PartitionValues": values},
        "BatchGetPartition": {"PartitionsToGet": [{"Values": values}]},
    }
    asked = _meant(probe)
    denied = [each for name in asked for each in _one_by_one(probe, name, {**given, **wanted[name]})]
    if denied:
        raise DeniedError(denied, f"{denied[0].grant} was denied.")
    return passed(f"{', '.join(f'glue:{name}' for name in ('GetPartitions', *asked))}: '{given['TableName']}'")


def _changes(probe: Probe) -> list[str]:
    return [name for name in ("UpdateTable", "CreatePartition", "BatchCreatePartition") if probe.means(f"glue:{name}")]


def _changed(probe: Probe) -> Finding:
    """Of a table that does not exist: Glue says so to who may change tables, and there is nothing to change."""
    partition = {"Values": [NOWHERE]}
    asked: dict[str, dict[str, Any]] = {
        "UpdateTable": {"TableInput": {"Name": NOWHERE}},
        "CreatePartition": {"TableName": NOWHERE, "PartitionInput": partition},
        "BatchCreatePartition": {"TableName": NOWHERE, "PartitionInputList": [partition]},
    }
    denied: list[Denial] = []
    for name in _changes(probe):
        try:
            probe.ask(f"glue:{name}", *_on(probe, name), DatabaseName=probe.config.database, **asked[name])
        except DeniedError as refused:
            if "Lake Formation" in refused.said:
                return skipped("Lake Formation decides who may change tables, table by table.")
            denied += refused.denials
        except (NotFoundError, InvalidRequestError):
            continue
    if denied:
        raise DeniedError(denied, f"{denied[0].grant} was denied.")
    return passed(f"{', '.join(f'glue:{name}' for name in _changes(probe))}: allowed; nothing was there to change")


def _meant(probe: Probe) -> list[str]:
    return [name for name in ("GetPartition", "BatchGetPartition") if probe.means(f"glue:{name}")]


def _one_by_one(probe: Probe, name: str, given: dict[str, Any]) -> list[Denial]:
    try:
        probe.ask(f"glue:{name}", *_on(probe, name), **given)
    except DeniedError as refused:
        return list(refused.denials)
    except (NotFoundError, InvalidRequestError):
        return []
    return []
