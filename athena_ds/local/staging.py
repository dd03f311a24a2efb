"""Where an engine of its own process writes: an account nobody sees, with one bucket and one database.

What such an engine leaves half done is left there, not under the caller's output location or in his Glue; what it
finished is taken from there by the endpoint, with the caller's rights. It goes with the endpoint.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from moto.glue.models import glue_backends
from moto.s3.models import FakeKey

from athena_ds.local import state
from athena_ds.local.s3.objects import Location, Store

BUCKET: Final = "athena-ds-staging"
DATABASE: Final = "athena_ds_staging"


class Staging:
    """The account of one endpoint's engine. `bucket` and `database` are made with the first table."""

    def __init__(self, *, region: str) -> None:
        self.account, self.region = state.next_account(), region
        self._store = Store(account=self.account, region=region)
        self._alive: set[str] = set()

    @property
    def glue(self) -> Any:
        return glue_backends[self.account][self.region]

    @contextmanager
    def table(self, name: str, entry: Mapping[str, Any]) -> Iterator[str]:
        """An empty table for the time of one write; its location. Afterwards it and all below it are gone.

        An engine that was lost may go on writing for a while: what it wrote since then goes with the next table.
        """
        self._made()
        self._alive.add(name)
        location = f"s3://{BUCKET}/{name}/"
        descriptor = {**entry["StorageDescriptor"], "Location": location}
        with state.account(self.account):
            self.glue.create_table(DATABASE, name, {**entry, "Name": name, "StorageDescriptor": descriptor})
        try:
            yield location
        finally:
            self._alive.discard(name)
            self._cleared(name)

    def objects(self, location: str) -> list[str]:
        """Keys below a location, in order."""
        bucket = self._store.bucket(BUCKET)
        prefix = Location.parse(location).key
        names = sorted(bucket.keys) if bucket is not None else []
        return [name for name in names if name.startswith(prefix) and not name.endswith("/")]

    def save(self, name: str, path: Path) -> None:
        """Write an object out as a file."""
        bucket = self._store.bucket(BUCKET)
        key = bucket.keys.get(name) if bucket is not None else None
        if not isinstance(key, FakeKey):
            raise LookupError(name)  # noqa: TRY004
        with path.open("wb") as file, key.lock:
            key._value_buffer.seek(0)
            shutil.copyfileobj(key._value_buffer, file, 2**22)

    def close(self) -> None:
        state.forget(self.account)

    def _made(self) -> None:
        if DATABASE not in self.glue.databases:
            with state.account(self.account):
                if self._store.bucket(BUCKET) is None:
                    self._store.backend.create_bucket(BUCKET, self.region)
                self.glue.create_database(DATABASE, {"Name": DATABASE})

    def _cleared(self, name: str) -> None:
        with state.account(self.account):
            self.glue.databases[DATABASE].tables.pop(name, None)
        alive = frozenset(self._alive)
        for key in self.objects(f"s3://{BUCKET}/"):
            if key.partition("/")[0] not in alive:
                self._store.delete(Location(bucket=BUCKET, key=key))
