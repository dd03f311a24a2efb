"""Which engine executes SQL: chosen by name, made when the first statement comes."""

from __future__ import annotations

import os
import secrets
import threading
from typing import TYPE_CHECKING

from athena_ds.local.engine.trino.address import PREFIX, Address, Door
from athena_ds.local.iam.callers import Key, new_secret
from athena_ds.local.seam.run import Executor

if TYPE_CHECKING:
    from athena_ds.local.guest import Guest
    from athena_ds.local.seam.engine import Engine

ENGINE_VARIABLE = "ATHENA_DS_LOCAL_ENGINE"
"""The engine of endpoints that name none."""

KEY_VARIABLES = ("ATHENA_DS_TRINO_ACCESS_KEY_ID", "ATHENA_DS_TRINO_SECRET_ACCESS_KEY")
"""The key a Trino uses whose catalog the user made himself."""


class LazyEngine:
    """The engine given, else the embedded one, and the executor over it.

    `guest` is set where the engine comes back through the front door.
    """

    guest: Guest | None = None

    def __init__(self, engine: Engine | None = None) -> None:
        self._engine = engine
        self._executor: Executor | None = None
        self._lock = threading.Lock()

    def executor(self) -> Executor:
        """The executor; the first call imports and makes the engine."""
        from athena_ds.local.sql.executor import StatementExecutor  # noqa: PLC0415

        with self._lock:
            if self._executor is None:
                self._engine = self._engine or self._made()
                self._executor = StatementExecutor(self._engine)
            return self._executor

    def close(self) -> None:
        """Close the engine, where one was given or made."""
        if self._engine is not None:
            self._engine.close()

    def at(self, endpoint_url: str) -> None:
        """Where the endpoint listens, told before the first statement comes."""

    def _made(self) -> Engine:
        from athena_ds.local.engine.duckdb.engine import DuckDBEngine  # noqa: PLC0415

        return DuckDBEngine()


class LazyTrino(LazyEngine):
    """A real Trino, which needs a key, a place to write, and to know where this endpoint is."""

    def __init__(self, address: Address, *, region: str) -> None:
        from athena_ds.local.engine.trino.metastore import RAW, shown  # noqa: PLC0415
        from athena_ds.local.guest import Guest  # noqa: PLC0415
        from athena_ds.local.staging import Staging  # noqa: PLC0415

        super().__init__()
        self._address, self._region, self._endpoint = address, region, ""
        self._name = address.catalog or f"ads_{secrets.token_hex(5)}"
        self._key = _key(address)
        self._staging = Staging(region=region)
        self.guest = Guest(key=self._key, staging=self._staging, shown=shown(self._name), raw=RAW)

    def at(self, endpoint_url: str) -> None:
        self._endpoint = self._address.endpoint or endpoint_url

    def close(self) -> None:
        super().close()
        self._staging.close()

    def _made(self) -> Engine:
        from athena_ds.local.engine.trino.engine import TrinoEngine  # noqa: PLC0415

        door = Door(
            endpoint=self._endpoint,
            region=self._region,
            access_key_id=self._key.access_key_id,
            secret_access_key=self._key.secret_access_key,
            catalog=self._name,
        )
        return TrinoEngine(self._address, door=door, staging=self._staging)


def lazy(engine: str | Engine | None, *, region: str) -> LazyEngine:
    """The engine of this name or address, or the one given. Raises ValueError for a name that is none."""
    engine = engine or os.environ.get(ENGINE_VARIABLE) or "duckdb"
    if not isinstance(engine, str):
        return LazyEngine(engine)
    if engine.startswith(PREFIX):
        return LazyTrino(Address.parse(engine), region=region)
    if engine != "duckdb":
        raise ValueError(f"no engine named {engine!r}; there are 'duckdb' and 'trino=http://host:port'")
    return LazyEngine()


def _key(address: Address) -> Key:
    """A key nobody else has; where the catalog's file is the user's, the one he put there."""
    given = [os.environ.get(name) for name in KEY_VARIABLES]
    if address.catalog is None:
        given = [f"AKIA{secrets.token_hex(8).upper()}", new_secret()]
    if not all(given):
        needed = " and ".join(KEY_VARIABLES)
        raise ValueError(f"the catalog {address.catalog!r} of {address} has a key in its file: set {needed} to it")
    return Key(access_key_id=str(given[0]), secret_access_key=str(given[1]), kind="root")
