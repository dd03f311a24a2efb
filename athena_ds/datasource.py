"""AthenaDataSource: describe, preflight, query, and what hangs from them. Read it as a table of contents."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, Unpack, cast

from . import saved
from .aws import Door, door_for
from .config import DataSourceConfig, Settings
from .cost import Price
from .credentials import AccessKey, AssumeRole, Credentials, InstanceProfile, Profile, SecretStr
from .errors import ConfigError, Problem, QueryError
from .governance import Gate
from .identity import Identity
from .location import LocationContract
from .parameters import Parameters

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from boto3 import Session
    from pyathena.connection import Connection
    from sqlalchemy.engine import Engine

    from .exits import Reader, StorageOptions
    from .queries import QueryOptions, RunningQuery, Source

_T = TypeVar("_T")


class AthenaDataSource:
    """One Athena database, with who asks and where results go.

    Args:
        config: The connection fields.
        credentials: Who asks.

    Raises:
        InstanceRoleNotAllowedError: When the instance role is asked for where it is not on offer.
    """

    def __init__(self, *, config: DataSourceConfig, credentials: Credentials) -> None:
        _check_gate(credentials)
        self.config = config
        self.credentials = credentials
        self.price = Price()

    def __repr__(self) -> str:
        shown = self.config
        return (
            f"AthenaDataSource(database={shown.database!r}, region={shown.region!r}, workgroup={shown.workgroup!r}, "
            f"output_location={shown.output_location!r}, credentials={type(self.credentials).__name__})"
        )

    @classmethod
    def from_access_key(  # noqa: PLR0913 - the document's fields
        cls,
        *,
        access_key_id: str,
        secret_access_key: str | SecretStr,
        region: str,
        database: str,
        results_bucket: str,
        results_path: str = "",
        session_token: str | SecretStr | None = None,
        **settings: Unpack[Settings],
    ) -> AthenaDataSource:
        """With an AWS access key: the document's fields in its order.

        Args:
            access_key_id: AKIA... or, with a session token, ASIA...
            secret_access_key: The secret that belongs to it; better a `SecretStr` or from a prompt than a literal.
            region: The region of the Athena database and of the buckets.
            database: The Athena database.
            results_bucket: The bucket that takes query results; it must exist.
            results_path: The directory in it; it appears with the first result.
            session_token: For temporary keys.
            **settings: As `DataSourceConfig`'s further fields.

        Raises:
            ConfigError: With every problem of every field.
        """
        # Wrapped at once, so that no frame of this package holds the text.
        key_id, secret, token = SecretStr(access_key_id), SecretStr(secret_access_key), session_token
        session_token = token = SecretStr(token) if token else None
        access_key_id = secret_access_key = ""
        return _made(
            lambda: AccessKey(access_key_id=cast("str", key_id), secret_access_key=secret, session_token=token),
            lambda: DataSourceConfig(
                region=region, database=database, results_bucket=results_bucket, results_path=results_path, **settings
            ),
        )

    @classmethod
    def from_instance_profile(
        cls,
        *,
        region: str,
        database: str,
        results_bucket: str,
        results_path: str = "",
        **settings: Unpack[Settings],
    ) -> AthenaDataSource:
        """With the role of the EC2 instance this runs on, where deployment and permission allow it.

        Raises:
            InstanceRoleNotAllowedError: Saying which of the two is missing and whom to ask.
            ConfigError: With every problem of every field.
        """
        Gate.current().check()
        return _made(
            InstanceProfile,
            lambda: DataSourceConfig(
                region=region, database=database, results_bucket=results_bucket, results_path=results_path, **settings
            ),
        )

    @classmethod
    def from_profile(
        cls,
        profile: str,
        *,
        region: str,
        database: str,
        results_bucket: str,
        results_path: str = "",
        **settings: Unpack[Settings],
    ) -> AthenaDataSource:
        """With a profile of the shared AWS files: keys, SSO, or a role it names."""
        return _made(
            lambda: Profile(name=profile),
            lambda: DataSourceConfig(
                region=region, database=database, results_bucket=results_bucket, results_path=results_path, **settings
            ),
        )

    @classmethod
    def local(cls, endpoint: Any = None, *, database: str = "nyc") -> AthenaDataSource:
        """On the embedded endpoint with its sample database: no AWS account, no network, nothing to set.

        Args:
            endpoint: A running `athena_ds.local.LocalAthena`; one for the whole process is started when None.
            database: A database of it.

        Raises:
            MissingExtraError: When the extra `local` is not installed.
        """
        from .embedded import data_source  # noqa: PLC0415

        return data_source(cls, endpoint, database=database)

    def as_role(
        self, role_arn: str, *, external_id: str | None = None, session_name: str = "athena-ds"
    ) -> AthenaDataSource:
        """The same data source under a role that this identity may assume, renewed before it expires."""
        source = self.credentials
        if isinstance(source, AssumeRole):
            wrong = "cannot be assumed from another role here"
            raise ConfigError([Problem(field="role_arn", wrong=wrong, example="a role of the key's own account")])
        role = AssumeRole(role_arn=role_arn, source=source, external_id=external_id, session_name=session_name)
        return AthenaDataSource(config=self.config, credentials=role)

    def describe(self, table: str | None = None, *, database: str | None = None) -> pd.DataFrame:
        """What the catalog knows: one row a table or view, or, for one table, one row a column.

        Args:
            table: The table or view whose columns are wanted, also as `database.table`.
            database: Another database than the data source's.

        Returns:
            For a database: `table`, `type`, `format`, `columns`, `partition_keys`, `projection`, `location`,
            `size_bytes`, `rows`, `created`, `comment`, `sql` (of views). For a table: `column`, `type`,
            `partition_key`, `comment`.

        Raises:
            NotFoundError: When there is no such database or table, or it may not be seen.
        """
        from . import catalog  # noqa: PLC0415

        if table is None:
            return catalog.tables_frame(self.door, self.config, database=database or self.config.database)
        inside, name = self._split(table, database)
        return catalog.columns_frame(self.door, self.config, database=inside, table=name)

    def partitions(self, table: str, *, database: str | None = None) -> pd.DataFrame:
        """One row a partition of a table: a column for each key, `location` and `created`."""
        from . import catalog  # noqa: PLC0415

        inside, name = self._split(table, database)
        return catalog.partitions_frame(self.door, self.config, database=inside, table=name)

    def databases(self) -> list[str]:
        """The databases this identity may see."""
        from .catalog import listing  # noqa: PLC0415

        return listing.databases(self.door, self.config)

    def buckets(self) -> list[str]:
        """The account's buckets, to choose the results bucket from. Only this needs s3:ListAllMyBuckets."""
        return sorted(each["Name"] for each in self.door.call("s3:ListBuckets").get("Buckets", []))

    def query(self, sql: str, parameters: Parameters | None = None, **options: Unpack[QueryOptions]) -> pd.DataFrame:
        """Run a query and return its rows. Ctrl-C stops it.

        Args:
            sql: One statement in Athena's SQL, with `?` or `:name` for values.
            parameters: A list for `?`, a dict for `:name`; a list as value stands for the items of IN.
            **options: As `QueryOptions`.

        Returns:
            The rows; `df.attrs["athena"]` says in JSON's types what was scanned, how long it took, what it cost, where
            the result lies.

        Raises:
            QueryError: One of its kinds.
        """
        from . import queries  # noqa: PLC0415

        return queries.query(self._source, sql, parameters=parameters, **options)

    def submit(self, sql: str, parameters: Parameters | None = None, **options: Unpack[QueryOptions]) -> RunningQuery:
        """Send a query on its way and return at once; the handle waits, stops, reads, and can be awaited."""
        from . import queries  # noqa: PLC0415

        return queries.submit(self._source, sql, parameters=parameters, **options)

    def result(self, query_execution_id: str, **options: Unpack[QueryOptions]) -> pd.DataFrame:
        """The rows of an execution submitted before, without running or paying it again."""
        from . import queries  # noqa: PLC0415

        return queries.result(self._source, query_execution_id, **options)

    def connect(self, **options: Any) -> Connection[Any]:
        """A PyAthena connection with this identity, place and endpoint; `options` are PyAthena's own."""
        from . import exits  # noqa: PLC0415

        return exits.connect(self.door, self.config, destination=self.contract.destination(), **options)

    def engine(self, **options: Any) -> Engine:
        """A SQLAlchemy engine with this identity, place and endpoint. Needs the extra `sqlalchemy`."""
        from . import exits  # noqa: PLC0415

        return exits.engine(self.door, self.config, destination=self.contract.destination(), **options)

    def storage_options(self, reader: Reader = "polars") -> StorageOptions:
        """What pyarrow, polars, duckdb or fsspec need to read S3 with this identity, region and endpoint."""
        from . import exits  # noqa: PLC0415

        return exits.storage_options(self.door, self.config, reader=reader)

    @property
    def session(self) -> Session:
        """A boto3 session with this identity, region and endpoint."""
        return self.door.session

    def save(self, name: str) -> Path:
        """Keep the fields under a name, without the secret (which goes to the keyring where there is one).

        Returns:
            The file, readable by its owner only.
        """
        return saved.save(name, config=self.config, credentials=self.credentials)

    @classmethod
    def load(
        cls,
        name: str,
        *,
        secret_access_key: str | SecretStr | None = None,
        session_token: str | SecretStr | None = None,
    ) -> AthenaDataSource:
        """A data source saved before; its secret comes from the argument, the keyring, or a prompt.

        Raises:
            SavedDataSourceError: When there is none of that name.
        """
        secret = SecretStr(secret_access_key) if secret_access_key else None
        token = SecretStr(session_token) if session_token else None
        secret_access_key = session_token = None
        config, credentials = saved.load(name, secret=secret, token=token)
        return cls(config=config, credentials=credentials)

    @staticmethod
    def saved() -> list[str]:
        """The names of the data sources saved on this machine."""
        return saved.names()

    @staticmethod
    def remove(name: str) -> None:
        """Forget a saved data source, and its secret in the keyring. Nothing on AWS is touched."""
        saved.remove(name)

    def identity(self) -> Identity:
        """Who AWS says this is."""
        return Identity.ask(self.door)

    @cached_property
    def door(self) -> Door:
        """This identity's way to AWS, shared by the whole process."""
        return door_for(self.credentials, region=self.config.region, endpoint_url=self.config.endpoint_url)

    @cached_property
    def contract(self) -> LocationContract:
        """Where results are asked to land and where the workgroup puts them."""
        return LocationContract(self.door, self.config)

    @cached_property
    def _source(self) -> Source:
        from . import queries  # noqa: PLC0415

        return queries.Source(
            door=self.door, config=self.config, contract=self.contract, suggest=self._suggest, price=self.price
        )

    def _split(self, table: str, database: str | None) -> tuple[str, str]:
        inside, _, name = table.rpartition(".")
        return (inside or database or self.config.database).strip('"`').lower(), name.strip('"`').lower()

    def _suggest(self, error: QueryError) -> str:
        """Close names for what a query did not find, from the catalog; nothing where the catalog may not be read."""
        from .suggest import suggestion  # noqa: PLC0415

        return suggestion(error, door=self.door, config=self.config)


def _made(credentials: Callable[[], Credentials], config: Callable[[], DataSourceConfig]) -> AthenaDataSource:
    """Make both, and report the problems of both at once."""
    kept, key_problems = _tried(credentials)
    fields, field_problems = _tried(config)
    if kept is None or fields is None:
        raise ConfigError([*key_problems, *field_problems])
    return AthenaDataSource(config=fields, credentials=kept)


def _tried(make: Callable[[], _T]) -> tuple[_T | None, tuple[Problem, ...]]:
    try:
        return make(), ()
    except ConfigError as error:
        return None, error.problems


def _check_gate(credentials: Credentials) -> None:
    """The gate stands before the instance role however it is reached."""
    source = credentials.source if isinstance(credentials, AssumeRole) else credentials
    if isinstance(source, InstanceProfile):
        Gate.current().check()
