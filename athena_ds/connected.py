"""What a data source is connected with: who asks, where, and the ways in and out. The verbs are in `datasource.py`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from types import FunctionType
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack, cast

from .aws import Door, door_for
from .aws.caller import Identity
from .connection import saved, showing
from .connection.calling import spelt_out, told_by_name
from .connection.config import DataSourceConfig, Settings, known
from .connection.credentials import AccessKey, AssumeRole, Credentials, InstanceProfile, Profile, SecretStr
from .connection.governance import Gate
from .connection.notices import tell
from .errors import ConfigError, ParameterError, Problem
from .errors.meant import nearest
from .location import LocationContract
from .queries.cost import Price

if TYPE_CHECKING:
    from pathlib import Path

    from boto3 import Session
    from pyathena.connection import Connection
    from sqlalchemy.engine import Engine

    from .exits import Reader, StorageOptions

_T = TypeVar("_T")


class Connected:
    """Who asks, where, and where results go.

    Args:
        config: The connection fields.
        credentials: Who asks.

    Raises:
        InstanceRoleNotAllowedError: When the instance role is asked for where it is not on offer.
    """

    @told_by_name
    def __init__(self, *, config: DataSourceConfig, credentials: Credentials) -> None:
        _check_kinds(config, credentials)
        _check_gate(credentials)
        self.config = config
        self.credentials = credentials
        self._price = Price()

    def __init_subclass__(cls) -> None:
        """Where a method is written is nobody's affair: Python's own errors name the class that people use."""
        if Connected in cls.__bases__:
            for name, each in vars(Connected).items():
                method = getattr(each, "__func__", each)
                if isinstance(method, FunctionType):
                    method.__qualname__ = f"{cls.__name__}.{name}"

    def __repr__(self) -> str:
        shown, who = self.config, type(self.credentials).__name__
        place = f"database={shown.database!r}, region={shown.region!r}, workgroup={shown.workgroup!r}"
        return f"{type(self).__name__}({place}, output_location={shown.output_location!r}, credentials={who})"

    def _repr_html_(self) -> str:
        return showing.card(self.config, self.credentials)

    def __getstate__(self) -> dict[str, Any]:
        """What a copy is made of: the ways to AWS are the process's own, and a copy takes them there."""
        return {name: vars(self)[name] for name in ("config", "credentials", "_price")}

    if not TYPE_CHECKING:  # mypy would take every name for an attribute

        def __getattr__(self, name: str) -> Any:
            """Only asked for what is not there: notebooks drop Python's own `Did you mean`."""
            try:
                return object.__getattribute__(self, name)  # what is there and failed says so itself
            except AttributeError as error:
                near = "" if name.startswith("_") or hasattr(type(self), name) else nearest(name, dir(self))
                if not near:
                    raise
                raise AttributeError(f"{error}. Did you mean {near}?") from None

    @classmethod
    @spelt_out(Settings)
    @told_by_name
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
    ) -> Self:
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
        return cls._made(
            lambda: AccessKey(access_key_id=cast("str", key_id), secret_access_key=secret, session_token=token),
            settings,
            region=region,
            database=database,
            results_bucket=results_bucket,
            results_path=results_path,
        )

    @classmethod
    @spelt_out(Settings)
    @told_by_name
    def from_instance_profile(
        cls,
        *,
        region: str,
        database: str,
        results_bucket: str,
        results_path: str = "",
        **settings: Unpack[Settings],
    ) -> Self:
        """With the role of the EC2 instance this runs on, where deployment and permission allow it.

        Raises:
            InstanceRoleNotAllowedError: Saying which of the two is missing and whom to ask.
            ConfigError: With every problem of every field.
        """
        Gate.current().check()
        return cls._made(
            InstanceProfile,
            settings,
            region=region,
            database=database,
            results_bucket=results_bucket,
            results_path=results_path,
        )

    @classmethod
    @spelt_out(Settings)
    @told_by_name
    def from_profile(
        cls,
        profile: str,
        *,
        region: str,
        database: str,
        results_bucket: str,
        results_path: str = "",
        **settings: Unpack[Settings],
    ) -> Self:
        """With a profile of the shared AWS files: keys, SSO, or a role it names."""
        return cls._made(
            lambda: Profile(name=profile),
            settings,
            region=region,
            database=database,
            results_bucket=results_bucket,
            results_path=results_path,
        )

    @classmethod
    @told_by_name
    def local(cls, endpoint: Any = None, *, database: str = "nyc") -> Self:
        """On the embedded endpoint with its sample database: no AWS account, no network, nothing to set.

        Args:
            endpoint: A running `athena_ds.local.LocalAthena`; one for the whole process is started when None.
            database: A database of it.

        Raises:
            MissingExtraError: When the extra `local` is not installed.
        """
        from . import embedded

        running = endpoint or embedded.endpoint_of_the_process()
        embedded.check_endpoint(running)
        made = cls(config=embedded.config(running, database=database), credentials=embedded.credentials(running))
        embedded.ensure_bucket(made.door, made.config)
        return made

    def as_role(self, role_arn: str, *, external_id: str | None = None, session_name: str = "athena-ds") -> Self:
        """The same data source under a role that this identity may assume, renewed before it expires."""
        source = self.credentials
        if isinstance(source, AssumeRole):
            wrong = "cannot be assumed from another role here"
            raise ConfigError([Problem(field="role_arn", wrong=wrong, example="a role of the key's own account")])
        role = AssumeRole(role_arn=role_arn, source=source, external_id=external_id, session_name=session_name)
        return type(self)(config=self.config, credentials=role)

    def save(self, name: str) -> Path:
        """Keep the fields under a name, without the secret (which goes to the keyring where there is one).

        Returns:
            The file, readable by its owner only.
        """
        return saved.save(name, config=self.config, credentials=self.credentials)

    @classmethod
    @told_by_name
    def load(
        cls,
        name: str,
        *,
        secret_access_key: str | SecretStr | None = None,
        session_token: str | SecretStr | None = None,
    ) -> Self:
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

    def connect(self, **options: Any) -> Connection[Any]:
        """A PyAthena connection with this identity, place and endpoint; `options` are PyAthena's own."""
        from . import exits

        return exits.connect(self.door, self.config, destination=self.contract.destination(), **options)

    def engine(self, **options: Any) -> Engine:
        """A SQLAlchemy engine with this identity, place and endpoint. Needs the extra `sqlalchemy`."""
        from . import exits

        return exits.engine(self.door, self.config, destination=self.contract.destination(), **options)

    def storage_options(self, reader: Reader = "polars") -> StorageOptions:
        """What pyarrow, polars, duckdb or fsspec need to read S3 with this identity, region and endpoint."""
        from . import exits

        return exits.storage_options(self.door, self.config, reader=reader)

    @property
    def price(self) -> Price:
        """What scanning costs where this data source is; set your region's, every estimate uses it from then on."""
        return self._price

    @price.setter
    def price(self, price: Price) -> None:
        if not isinstance(price, Price):
            said = f"price is a Price, not {type(price).__name__}."
            raise ParameterError(said, remedy="For example: ds.price = Price(usd_per_tb=6.75)")
        self._price = price

    @property
    def session(self) -> Session:
        """A boto3 session with this identity, region and endpoint."""
        return self.door.session

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

    @classmethod
    def _made(cls, credentials: Callable[[], Credentials], settings: Settings, **place: Any) -> Self:
        """Make both, and report the problems of both at once."""
        kept, key_problems = _tried(credentials)
        fields, field_problems = _tried(lambda: DataSourceConfig(**place, **known(settings)))
        if kept is None or fields is None:
            raise ConfigError([*key_problems, *field_problems])
        if isinstance(kept, AccessKey):
            tell(kept.notices)
        return cls(config=fields, credentials=kept)


def _tried(make: Callable[[], _T]) -> tuple[_T | None, tuple[Problem, ...]]:
    try:
        return make(), ()
    except ConfigError as error:
        return None, error.problems


def _check_kinds(config: object, credentials: object) -> None:
    """What is of another kind would be missed only when AWS is asked."""
    wanted: dict[str, tuple[object, Any]] = {
        "config": (config, DataSourceConfig),
        "credentials": (credentials, Credentials),
    }
    examples = {"config": "DataSourceConfig(region=..., ...)", "credentials": 'Profile(name="analytics")'}
    problems = [
        Problem(field=name, wrong=f"is of type {type(given).__name__}", example=examples[name])
        for name, (given, kind) in wanted.items()
        if not isinstance(given, kind)
    ]
    if problems:
        raise ConfigError(problems)


def _check_gate(credentials: Credentials) -> None:
    """The gate stands before the instance role however it is reached."""
    source = credentials.source if isinstance(credentials, AssumeRole) else credentials
    if isinstance(source, InstanceProfile):
        Gate.current().check()
