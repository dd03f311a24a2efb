"""Where a data source's data lies today, as the catalog tells: what a policy is made for and preflight looks at."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ..aws import Door
from ..catalog import listing
from ..connection.config import DataSourceConfig
from ..errors import AccessDeniedError, CallError, NotFoundError
from ..location import WorkGroup, landing
from ..policy import Location, Scope, distinct

_PARTITIONED_AT_MOST = 200
_PAGES_AT_MOST = 20
_THREADS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A table or view, as far as its files matter.

    Attributes:
        place: Where its files lie; None for views.
        partitioned: Whether its partitions are registered in Glue.
        governed: Whether Lake Formation governs it.
    """

    name: str
    place: Location | None = None
    partitioned: bool = False
    governed: bool = False


def tables(door: Door, config: DataSourceConfig) -> tuple[Found, ...]:
    """The tables of the database that these credentials may see."""
    if not listing.uses_glue(config):
        given = {"CatalogName": config.data_catalog, "DatabaseName": config.database, "MaxResults": 50}
        said = door.listed("athena:ListTableMetadata", "TableMetadataList", WorkGroup=config.workgroup, **given)
        return tuple(_from_metadata(each) for each in said)
    found = listing.in_glue(door, config.database, make=_from_glue)
    return tuple(found[name] for name in sorted(found))


def sources(
    door: Door, config: DataSourceConfig, *, found: Iterable[Found]
) -> tuple[tuple[Location, ...], tuple[str, ...]]:
    """The distinct places of tables and partitions, and what could not be found out.

    Raises:
        AccessDeniedError: When partitions may not be read.
    """
    places = [table.place for table in found if table.place is not None]
    partitioned = [table for table in found if table.partitioned]
    notes: list[str] = []
    if len(partitioned) > _PARTITIONED_AT_MOST:
        notes.append(f"Only {_PARTITIONED_AT_MOST} of {len(partitioned)} partitioned tables were looked at.")
    with ThreadPoolExecutor(_THREADS, "athena-ds-survey") as pool:
        elsewhere = pool.map(lambda table: _partitions(door, config, table), partitioned[:_PARTITIONED_AT_MOST])
        for locations, whole, name in elsewhere:
            places += locations
            if not whole:
                notes.append(f"Table '{name}' has more partitions than were looked at.")
    return distinct(places), tuple(notes)


def scope(door: Door, config: DataSourceConfig, *, targets: Iterable[str] = ()) -> Scope:
    """Everything a policy is made for. What may not be asked is noted, not raised.

    Args:
        door: Who asks.
        config: The data source.
        targets: Where UNLOAD and CTAS shall write (`s3://bucket/path/`).
    """
    notes: list[str] = []
    results, key = _results(door, config, notes)
    found, places = _catalog(door, config, notes)
    buckets = dict.fromkeys(place.bucket for place in places)
    written = dict.fromkeys(place.bucket for uri in targets if (place := Location.of(uri)) is not None)
    unknown = [results.bucket] if results is not None and key is None else []
    keys = {bucket: _key_of(door, bucket, notes) for bucket in dict.fromkeys([*buckets, *written, *unknown])}
    notes += [
        f"{bucket} is an access point's alias: grant on the access point." for bucket in buckets if "-s3alias" in bucket
    ]
    return Scope(
        arns=config.arns(door.account),
        workgroup=config.workgroup,
        database=config.database,
        data_catalog=config.data_catalog,
        results=results,
        sources=places,
        partitioned=any(table.partitioned for table in found),
        results_key=(key or keys[results.bucket]) if results is not None else None,
        source_keys=_known(keys[bucket] for bucket in buckets),
        target_keys=_known(keys[bucket] for bucket in written),
        lake_formation=any(table.governed for table in found),
        notes=tuple(notes),
    )


def _catalog(door: Door, config: DataSourceConfig, notes: list[str]) -> tuple[tuple[Found, ...], tuple[Location, ...]]:
    found: tuple[Found, ...] = ()
    try:
        found = tables(door, config)
        places, more = sources(door, config, found=found)
    except AccessDeniedError as error:
        notes.append(f"{error.action} is not allowed, so it is not known where all of the tables' files lie.")
    except NotFoundError:
        notes.append(f"The database '{config.database}' does not exist, or may not be seen.")
    else:
        notes += more
        return found, places
    return found, distinct(table.place for table in found if table.place is not None)


def _results(door: Door, config: DataSourceConfig, notes: list[str]) -> tuple[Location | None, str | None]:
    """Where results go and the key they are encrypted with, the workgroup's own where it enforces them."""
    asked = Location(bucket=config.results_bucket, prefix=config.results_path)
    key = config.encryption.kms_key if config.encryption else None
    try:
        group = WorkGroup.from_answer(door.call("athena:GetWorkGroup", WorkGroup=config.workgroup)["WorkGroup"])
    except (AccessDeniedError, NotFoundError):
        notes.append(f"The settings of workgroup '{config.workgroup}' are not known; they may put results elsewhere.")
        return asked, _usable(key, notes)
    place = landing(config, group)
    if place is None:
        return None, None
    elsewhere = group.enforced and group.output_location is not None
    return place, _usable(group.kms_key if elsewhere else key or group.kms_key, notes)


def _known(keys: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key in keys if key))


def _usable(key: str | None, notes: list[str]) -> str | None:
    """A key an IAM policy can name: an alias can't stand in a Resource."""
    if key and "alias/" in key:
        notes.append(f"The key {key} is an alias: IAM policies need the ARN of the key it points to.")
        return None
    return key


def _key_of(door: Door, bucket: str, notes: list[str]) -> str | None:
    """The customer key a bucket encrypts with by default."""
    try:
        said = door.call("s3:GetBucketEncryption", Bucket=bucket)["ServerSideEncryptionConfiguration"]
    except NotFoundError:
        return None
    except CallError:
        notes.append(f"The encryption of bucket '{bucket}' is not known; a KMS key would need kms:Decrypt.")
        return None
    rules = [rule.get("ApplyServerSideEncryptionByDefault", {}) for rule in said.get("Rules", [])]
    keys = [rule.get("KMSMasterKeyID") for rule in rules if str(rule.get("SSEAlgorithm", "")).startswith("aws:kms")]
    own = [key for key in keys if key and not key.endswith("alias/aws/s3")]
    return _usable(own[0], notes) if own else None


def _from_glue(said: dict[str, Any]) -> Found:
    parameters = said.get("Parameters") or {}
    view = said.get("TableType") == "VIRTUAL_VIEW"
    location = (said.get("StorageDescriptor") or {}).get("Location") or ""
    projected = str(parameters.get("projection.enabled", "")).lower() == "true"
    template = str(parameters.get("storage.location.template", "")) if projected else ""
    return Found(
        name=str(said["Name"]),
        place=None if view else Location.of(template.partition("${")[0] or location),
        partitioned=bool(said.get("PartitionKeys")) and not projected and not view,
        governed=bool(said.get("IsRegisteredWithLakeFormation")),
    )


def _from_metadata(said: dict[str, Any]) -> Found:
    return Found(name=str(said["Name"]), place=Location.of(str((said.get("Parameters") or {}).get("location", ""))))


def _partitions(door: Door, config: DataSourceConfig, table: Found) -> tuple[list[Location], bool, str]:
    """Places of a table's partitions outside the table's own, and whether all were looked at."""
    given = {"DatabaseName": config.database, "TableName": table.name, "ExcludeColumnSchema": True, "MaxResults": 1000}
    outside: list[Location] = []
    for number, said in enumerate(door.listed("glue:GetPartitions", "Partitions", **given)):
        if number >= _PAGES_AT_MOST * 1000:
            return outside, False, table.name
        place = Location.of((said.get("StorageDescriptor") or {}).get("Location") or "")
        if place is not None and not (table.place and table.place.covers(place)):
            outside.append(place)
    return outside, True, table.name
