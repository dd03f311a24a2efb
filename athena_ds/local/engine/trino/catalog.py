"""The catalog this endpoint has in a Trino: Hive over this endpoint's Glue and S3, under a name of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from athena_ds.local.engine.trino.address import Address, Door
from athena_ds.local.seam.engine import CATALOG, EngineError

Run = Callable[[str], None]
"""Runs a statement that answers nothing."""


def properties(door: Door) -> dict[str, str]:
    """The catalog's file: what a Trino needs to read and write as Athena does.

    Athena reads subdirectories, and counts what a column of a small Parquet file costs, not the file.
    """
    glue, s3 = "hive.metastore.glue", "s3"
    return {
        "hive.metastore": "glue",
        f"{glue}.region": door.region,
        f"{glue}.endpoint-url": door.endpoint,
        f"{glue}.aws-access-key": door.access_key_id,
        f"{glue}.aws-secret-key": door.secret_access_key,
        f"{glue}.skip-archive": "true",
        f"{glue}.partitions-segments": "1",
        "fs.native-s3.enabled": "true",
        f"{s3}.endpoint": door.endpoint,
        f"{s3}.region": door.region,
        f"{s3}.path-style-access": "true",
        f"{s3}.aws-access-key": door.access_key_id,
        f"{s3}.aws-secret-key": door.secret_access_key,
        "hive.non-managed-table-writes-enabled": "true",
        "hive.recursive-directories": "true",
        "parquet.small-file-threshold": "0B",
    }


class OwnCatalog:
    """Made when the first query needs it, again when the Trino has forgotten it, dropped with the endpoint."""

    def __init__(self, address: Address, door: Door, run: Run) -> None:
        self.given = address.catalog is not None
        self.name = door.catalog
        self._door, self._run, self._address = door, run, address
        self._made = False
        self._lock = threading.Lock()

    def ready(self) -> None:
        """Make it unless it is made. Raises EngineError where the Trino is away or makes no catalogs."""
        with self._lock:
            if not self.given and not self._made:
                self._make()
                self._made = True

    def forgotten(self, failure: EngineError) -> bool:
        """Whether a failure says that the Trino has lost the catalog (it was started anew); then it is made again."""
        lost = failure.name == "CATALOG_NOT_FOUND" and f"'{CATALOG}'" in failure.message
        if lost and not self.given:
            self._made = False
        return lost and not self.given

    def drop(self) -> None:
        """A Trino that is away has nothing to drop."""
        if self._made:
            with suppress(EngineError):
                self._run(f"DROP CATALOG IF EXISTS {self.name}")

    def _make(self) -> None:
        given = ", ".join(f"\"{key}\" = '{value}'" for key, value in properties(self._door).items())
        try:
            self._run(f"CREATE CATALOG IF NOT EXISTS {self.name} USING hive WITH ({given})")
        except EngineError as failure:
            if failure.name == "REMOTE_HOST_GONE":
                raise
            message = (
                f"Trino at {self._address} makes no catalog for this endpoint ({failure.name}: {failure.message}). "
                "Set catalog.management=dynamic there, or name a catalog of its own: trino=http://host:port/catalog"
            )
            raise EngineError("CONFIGURATION_INVALID", message, kind="EXTERNAL") from failure
