"""Ways out: PyAthena, SQLAlchemy, and options for the libraries that read S3 themselves. Same identity, same place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import quote, urlencode, urlsplit

from .aws import Door
from .aws.clients import endpoint_in_use
from .connection.config import DataSourceConfig
from .errors import CredentialsError, MissingExtraError
from .errors.meant import check_choice
from .execution import Destination

if TYPE_CHECKING:
    from pyathena.connection import Connection
    from sqlalchemy.engine import Engine

Reader = Literal["pyarrow", "polars", "duckdb", "fsspec"]

_SECRETS = frozenset({"secret_key", "session_token", "secret", "token", "aws_secret_access_key", "aws_session_token"})


class StorageOptions(dict[str, Any]):
    """A plain dict for the library that takes it, which shows its secrets as stars."""

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name!r}: {'********' if name in _SECRETS else repr(value)}" for name, value in self.items()
        )
        return f"{{{shown}}}"

    __str__ = __repr__

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("Storage options hold a secret and are not pickled: make them where they are needed.")


def connect(
    door: Door, config: DataSourceConfig, *, destination: Destination | None, **options: Any
) -> Connection[Any]:
    """A PyAthena connection of this data source; `options` are PyAthena's own."""
    from pyathena import connect as pyathena_connect  # noqa: PLC0415 - heavy, and needed only here

    encryption = destination.encryption if destination else None
    chosen: dict[str, Any] = {
        "session": door.session,
        "region_name": config.region,
        "schema_name": config.database,
        "catalog_name": config.data_catalog,
        "work_group": config.workgroup,
        # An empty text says "none"; left out, PyAthena would take one from the environment.
        "s3_staging_dir": destination.output_location if destination else "",
        "encryption_option": encryption.option if encryption else None,
        "kms_key": encryption.kms_key if encryption else None,
    }
    connection: Connection[Any] = pyathena_connect(**{**chosen, **options})
    return connection


def engine(door: Door, config: DataSourceConfig, *, destination: Destination | None, **options: Any) -> Engine:
    """A SQLAlchemy engine of this data source; its URL holds no secret. `options` are `create_engine`'s own."""
    try:
        from sqlalchemy import create_engine  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError(extra="sqlalchemy", purpose="A SQLAlchemy engine") from error
    suffix = config.partition.dns_suffix
    place = {"s3_staging_dir": destination.output_location if destination else "", "work_group": config.workgroup}
    url = f"awsathena+rest://athena.{config.region}.{suffix}:443/{quote(config.database)}?{urlencode(place)}"
    made: Engine = create_engine(url, creator=lambda: connect(door, config, destination=destination), **options)
    return made


def storage_options(door: Door, config: DataSourceConfig, *, reader: Reader) -> StorageOptions:
    """What a library needs to read S3 with this identity, region and endpoint.

    Temporary credentials are those of this moment; make the options again when they have expired.
    """
    check_choice("reader", reader, choices=get_args(Reader))
    found = door.session.get_credentials()
    if found is None:
        raise CredentialsError("There are no credentials to read S3 with.")
    keys = found.get_frozen_credentials()
    endpoint = endpoint_in_use("s3", config.endpoint_url)
    parts = urlsplit(endpoint or "")
    match reader:
        case "pyarrow":
            options = {"access_key": keys.access_key, "secret_key": keys.secret_key, "session_token": keys.token}
            options |= {"region": config.region, "endpoint_override": parts.netloc, "scheme": parts.scheme}
        case "polars":
            options = {"aws_access_key_id": keys.access_key, "aws_secret_access_key": keys.secret_key}
            options |= {"aws_session_token": keys.token, "aws_region": config.region, "aws_endpoint_url": endpoint}
            options |= {"aws_allow_http": "true" if parts.scheme == "http" else None}
        case "duckdb":
            options = {"key_id": keys.access_key, "secret": keys.secret_key, "session_token": keys.token}
            options |= {"region": config.region, "endpoint": parts.netloc, "url_style": "path" if endpoint else None}
            options |= {"use_ssl": "false" if parts.scheme == "http" else None}
        case "fsspec":
            options = {"key": keys.access_key, "secret": keys.secret_key, "token": keys.token}
            options |= {"endpoint_url": endpoint, "client_kwargs": {"region_name": config.region}}
    return StorageOptions({name: value for name, value in options.items() if value})
