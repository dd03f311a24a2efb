"""The connection fields of a data source, checked all at once when made. No secret is among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Self, TypedDict
from urllib.parse import urlsplit

from ..errors import ConfigError, Problem
from ..errors.meant import nearest
from . import naming
from .notices import tell
from .partitions import CONSOLES, Arns, Partition, partition_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """How Athena encrypts result files: `SSE_S3`, `SSE_KMS` or `CSE_KMS` (with a key)."""

    option: Literal["SSE_S3", "SSE_KMS", "CSE_KMS"]
    kms_key: str | None = None

    def __post_init__(self) -> None:
        if self.option not in ("SSE_S3", "SSE_KMS", "CSE_KMS"):
            wrong = f"{naming.shown(str(self.option))} is not an encryption option"
            raise ConfigError([Problem(field="encryption", wrong=wrong, example="SSE_S3, SSE_KMS or CSE_KMS")])
        if (self.option == "SSE_S3") == bool(self.kms_key):
            wrong = "takes no KMS key" if self.kms_key else "is missing its KMS key"
            example = 'Encryption(option="SSE_KMS", kms_key="alias/athena-results")'
            raise ConfigError([Problem(field="encryption", wrong=f"{self.option} {wrong}", example=example)])


class Settings(TypedDict, total=False):
    """The fields that today's Athena needs beside the document's; each may be left out."""

    workgroup: str
    data_catalog: str
    encryption: Encryption | None
    expected_bucket_owner: str | None
    endpoint_url: str | None
    strict_location: bool
    max_scan: int | str | None


def known(settings: Settings) -> Settings:
    """The settings, each of which is one.

    Raises:
        ConfigError: With every name that is none.
    """
    names = list(Settings.__annotations__)
    unknown = [name for name in settings if name not in names]
    if unknown:
        raise ConfigError([no_field(each, names, of="a data source") for each in unknown])
    return settings


def no_field(name: str, known: Sequence[str], *, of: str) -> Problem:
    """That a name is no field's, and whose it may be."""
    near = nearest(name, known)
    return Problem(field=name, wrong=f"is no field of {of}{f'; {near} is' if near else ''}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSourceConfig:
    """Where a data source is: the document's fields in its order, then those that today's Athena needs.

    Args:
        region: The region of the Athena database and of the buckets.
        database: The Athena database.
        results_bucket: The bucket that takes query results; it must exist. An `s3://bucket/path` pasted here is split.
        results_path: The directory in it; it appears with the first result.
        workgroup: Athena's workgroup.
        data_catalog: Athena's data catalog.
        encryption: Of result files; the workgroup's or the bucket's when None.
        expected_bucket_owner: The account that must own the results bucket; the caller's own account when None.
        endpoint_url: Another endpoint than AWS's own, for all services.
        strict_location: Make an overridden results location an error instead of a warning.
        max_scan: Bytes one query may scan, as a number or as in "10 GB"; no limit when None.

    Raises:
        ConfigError: With every problem of every field.
    """

    region: str
    database: str
    results_bucket: str
    results_path: str = ""
    workgroup: str = "primary"
    data_catalog: str = "AwsDataCatalog"
    encryption: Encryption | None = None
    expected_bucket_owner: str | None = None
    endpoint_url: str | None = None
    strict_location: bool = False
    max_scan: int | str | None = None
    notices: tuple[str, ...] = field(default=(), init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        problems = _not_of_their_kind(self)
        notices = _tidied(self, problems)
        problems += _problems(self)
        if problems:
            raise ConfigError(problems)
        self._set(notices=(*notices, *_unusual(self)), results_path=self.results_path.strip().strip("/"))
        tell(self.notices)

    @property
    def output_location(self) -> str:
        """Bucket and path as an S3 URI with a slash at its end, sent as OutputLocation with every query."""
        return f"s3://{self.results_bucket}/{self.results_path}/"

    @property
    def partition(self) -> Partition:
        """The partition the region belongs to."""
        found = partition_of(self.region)
        assert found is not None, "checked when made"  # noqa: S101
        return found

    @property
    def scan_limit(self) -> int | None:
        """`max_scan` in bytes."""
        return None if self.max_scan is None else bytes_of(self.max_scan)

    def arns(self, account: str) -> Arns:
        """The ARNs of this region for an account."""
        return Arns(partition=self.partition.name, region=self.region, account=account)

    def console_link(self, query_execution_id: str) -> str | None:
        """Where AWS's console shows an execution; None with an endpoint of one's own, or in a partition without one."""
        host = CONSOLES.get(self.partition.name)
        if host is None or self.endpoint_url:
            return None
        return (
            f"https://{self.region}.{host}/athena/home?region={self.region}#/query-editor/history/{query_execution_id}"
        )

    def _set(self, **values: object) -> Self:
        for name, value in values.items():
            object.__setattr__(self, name, value)
        return self


_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "PB": 10**15}
_UNITS |= {"KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40, "PIB": 2**50}


def bytes_of(amount: int | str) -> int:
    """A number of bytes, from a number or a text such as "10 GB" or "512 MiB".

    Raises:
        ConfigError: When it is neither, or not above zero.
    """
    if isinstance(amount, int) and not isinstance(amount, bool) and amount > 0:
        return amount
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*", amount) if isinstance(amount, str) else None
    if found and found[2].upper() in _UNITS and (whole := int(Decimal(found[1]) * _UNITS[found[2].upper()])) > 0:
        return whole
    wrong = f"{naming.shown(str(amount))} is not an amount of bytes above zero"
    raise ConfigError([Problem(field="max_scan", wrong=wrong, example='"10 GB"')])


EXAMPLES = {
    "region": "eu-west-1",
    "database": "sales",
    "results_bucket": "acme-athena-results",
    "results_path": "analysts/jane",
    "workgroup": "primary",
    "data_catalog": "AwsDataCatalog",
    "expected_bucket_owner": "123456789012",
    "endpoint_url": "http://127.0.0.1:4566",
}


def _not_of_their_kind(config: DataSourceConfig) -> list[Problem]:
    """Fields that hold another kind of value; each is given an example's, so that the rest can be looked at."""
    problems: list[Problem] = []
    for name, example in EXAMPLES.items():
        value = getattr(config, name)
        if value is not None and not isinstance(value, str):
            # An account id as a number has lost its leading zeros.
            wrong = f"is of type {type(value).__name__}, not text"
            problems.append(Problem(field=name, wrong=wrong, example=f'"{example}"'))
            config._set(**{name: example})
    if not isinstance(config.encryption, Encryption | None):
        wrong = f"is of type {type(config.encryption).__name__}, not an Encryption"
        problems.append(Problem(field="encryption", wrong=wrong, example='Encryption(option="SSE_S3")'))
    if not isinstance(config.strict_location, bool):
        problems.append(Problem(field="strict_location", wrong="is neither True nor False", example="True"))
    return problems


def _tidied(config: DataSourceConfig, problems: list[Problem]) -> list[str]:
    """Blanks off, a pasted s3:// split, the database in Athena's lower case; what was changed is said."""
    notices: list[str] = []
    for name in ("region", "database", "results_bucket", "workgroup", "data_catalog"):
        value = getattr(config, name)
        config._set(**{name: value.strip() if isinstance(value, str) else ""})
    config._set(results_path=config.results_path or "")
    if "://" in config.results_bucket:
        _split_uri(config, notices, problems)
    if config.database != config.database.lower() and not naming.secret_like(config.database):
        config._set(database=config.database.lower())
        notices.append(f"database is read as '{config.database}': Athena keeps names in lower case.")
    return notices


def _split_uri(config: DataSourceConfig, notices: list[str], problems: list[Problem]) -> None:
    parts = urlsplit(config.results_bucket)
    if parts.scheme not in ("s3", "s3a", "s3n"):
        return
    path = parts.path.strip("/")
    given = config.results_path.strip().strip("/")
    if path and given and path != given:
        wrong = f"holds a path ('{path}') that differs from results_path ('{given}')"
        problems.append(Problem(field="results_bucket", wrong=wrong, example="acme-athena-results"))
    config._set(results_bucket=parts.netloc, results_path=path or given)
    notices.append(f"results_bucket was split into bucket '{parts.netloc}' and path '{path or given}'.")


def _problems(config: DataSourceConfig) -> list[Problem]:
    wrong = {
        "region": _region_wrong(config.region),
        "database": naming.database_wrong(config.database),
        "results_bucket": naming.bucket_wrong(config.results_bucket, region=config.region),
        "results_path": naming.path_wrong(config.results_path),
        "workgroup": naming.workgroup_wrong(config.workgroup),
        "data_catalog": naming.catalog_wrong(config.data_catalog),
        "expected_bucket_owner": _owner_wrong(config.expected_bucket_owner),
        "endpoint_url": _endpoint_wrong(config.endpoint_url),
    }
    found = [Problem(field=name, wrong=text, example=EXAMPLES[name]) for name, text in wrong.items() if text]
    try:
        _ = config.scan_limit
    except ConfigError as error:
        found += error.problems
    return found


def _region_wrong(region: str) -> str:
    wrong = naming.region_wrong(region)
    if wrong or partition_of(region):
        return wrong
    return f"{naming.shown(region)} belongs to no partition of AWS"


def _owner_wrong(owner: str | None) -> str:
    return "" if owner is None else naming.account_wrong(owner)


def _endpoint_wrong(url: str | None) -> str:
    if url is None:
        return ""
    parts = urlsplit(url)
    if parts.username or parts.password:
        return "holds a user or a password"
    if parts.scheme in ("http", "https") and parts.hostname:
        return ""
    return f"{naming.shown(url)} is not an http or https address"


def _unusual(config: DataSourceConfig) -> list[str]:
    said = []
    if "." in config.results_bucket:
        said.append(f"results_bucket '{config.results_bucket}' has a dot: TLS to it works by path only.")
    if config.results_bucket.endswith("-an") and not naming.of_an_account(config.results_bucket):
        form = "name-123456789012-eu-west-1-an"
        said.append(f"results_bucket '{config.results_bucket}' ends as only an account's own buckets do ({form}).")
    if not re.fullmatch(r"[a-z0-9][a-z0-9_]*", config.database):
        said.append(f"database '{config.database}' needs quoting in SQL: backticks in DDL, double quotes elsewhere.")
    return said
