"""The location contract: where results are asked to land, where they land, and that nobody is surprised."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from threading import RLock, Thread
from typing import Any

from .aws import Door
from .connection.config import DataSourceConfig
from .errors import (
    AccessDeniedError,
    AthenaDSError,
    LocationOverrideError,
    LocationOverrideWarning,
    NotFoundError,
    override_sentence,
    warn,
)
from .execution import Destination, QueryExecution
from .policy import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkGroup:
    """A workgroup's settings, as far as they decide about queries.

    Attributes:
        name: Its name.
        enabled: Whether it takes queries.
        enforced: Whether its settings override the client's.
        output_location: Its own results location.
        encryption_option: How results are encrypted that it decides about; empty where the bucket decides.
        kms_key: The key of its own that results are encrypted with.
        managed_results: Whether Athena keeps the results itself, for a day.
        bytes_scanned_cutoff: Its limit a query.
        requester_pays: Whether it reads buckets whose reader pays.
        engine_version: As in `Athena engine version 3`.
    """

    name: str
    enabled: bool = True
    enforced: bool = False
    output_location: str | None = None
    encryption_option: str = ""
    kms_key: str | None = None
    managed_results: bool = False
    bytes_scanned_cutoff: int | None = None
    requester_pays: bool = False
    engine_version: str = ""

    @classmethod
    def from_answer(cls, said: Mapping[str, Any]) -> WorkGroup:
        """From the API's `WorkGroup`."""
        settings = said.get("Configuration", {})
        results = settings.get("ResultConfiguration", {})
        encryption = results.get("EncryptionConfiguration", {})
        return cls(
            name=said.get("Name", ""),
            enabled=said.get("State", "ENABLED") == "ENABLED",
            enforced=bool(settings.get("EnforceWorkGroupConfiguration", True)),
            output_location=results.get("OutputLocation") or None,
            encryption_option=encryption.get("EncryptionOption", ""),
            kms_key=encryption.get("KmsKey"),
            managed_results=bool(settings.get("ManagedQueryResultsConfiguration", {}).get("Enabled")),
            bytes_scanned_cutoff=settings.get("BytesScannedCutoffPerQuery"),
            requester_pays=bool(settings.get("RequesterPaysEnabled")),
            engine_version=settings.get("EngineVersion", {}).get("EffectiveEngineVersion", ""),
        )


class LocationContract:
    """One data source's contract about its results; the workgroup is asked once.

    Args:
        door: Who asks.
        config: What was agreed.
    """

    def __init__(self, door: Door, config: DataSourceConfig) -> None:
        self._door = door
        self._config = config
        self._lock = RLock()
        self._announced = False
        self._others: dict[str, LocationContract] = {}

    def __repr__(self) -> str:
        asked = self._config
        return f"LocationContract(workgroup={asked.workgroup!r}, output_location={asked.output_location!r})"

    def in_workgroup(self, name: str) -> LocationContract:
        """The same contract with another workgroup, for a single query that names one."""
        if name == self._config.workgroup:
            return self
        with self._lock:
            if name not in self._others:
                self._others[name] = LocationContract(self._door, replace(self._config, workgroup=name))
            return self._others[name]

    @cached_property
    def workgroup(self) -> WorkGroup | None:
        """The workgroup's settings; None when this identity may not read them, which no query needs.

        Raises:
            NotFoundError: When there is no such workgroup.
        """
        try:
            answer = self._door.call("athena:GetWorkGroup", WorkGroup=self._config.workgroup)
        except AccessDeniedError:
            return None
        except NotFoundError as error:
            error.remedy = f"Check the name '{self._config.workgroup}' and the region {self._config.region}."
            raise
        return WorkGroup.from_answer(answer["WorkGroup"])

    @cached_property
    def bucket_owner(self) -> str:
        """The account that must own the results bucket: the one given, else the caller's own."""
        return self._config.expected_bucket_owner or self._door.account

    @property
    def managed(self) -> bool:
        """Whether Athena keeps the results itself."""
        return bool(self.workgroup and self.workgroup.managed_results)

    @property
    def requester_pays(self) -> bool:
        """Whether queries read buckets whose reader pays; not where the workgroup may not be looked at."""
        return bool(self.workgroup and self.workgroup.requester_pays)

    @property
    def encryption_option(self) -> str:
        """How results will be encrypted, as far as it is known beforehand: a workgroup that enforces decides."""
        if self.workgroup and self.workgroup.enforced:
            return self.workgroup.encryption_option
        return self._config.encryption.option if self._config.encryption else ""

    def destination(self) -> Destination | None:
        """What is sent with a query; None for managed query results, which take no location.

        Raises:
            LocationOverrideError: When the workgroup puts results elsewhere and `strict_location` is set.
        """
        with self._lock:
            self._ask_at_once()
            if self.managed:
                return None
            self._announce()
            return Destination(
                output_location=self._config.output_location,
                expected_bucket_owner=self.bucket_owner,
                encryption=self._config.encryption,
            )

    def check(self, execution: QueryExecution) -> None:
        """Compare where a result landed with where it was asked to.

        Raises:
            LocationOverrideError: When it landed elsewhere and `strict_location` is set.
        """
        asked, actual = self._config.output_location, execution.output_location
        if not self.managed and actual and not actual.startswith(asked):
            self._tell(actual, query_execution_id=execution.query_execution_id)

    def _ask_at_once(self) -> None:
        """Ask for the owner while the workgroup is asked for: a first query waits one round trip less."""
        if "workgroup" in self.__dict__ or self._config.expected_bucket_owner:
            return

        def ask() -> None:
            # Whoever needs the answer asks again, and is told why there is none.
            with suppress(AthenaDSError):
                _ = self._door.account

        asking = Thread(target=ask, name="athena_ds-owner", daemon=True)
        asking.start()
        try:
            _ = self.workgroup
        except AthenaDSError:
            asking.join()
            raise
        asking.join()

    def _announce(self) -> None:
        """Before the first query: what the workgroup's settings will do to its result."""
        group = self.workgroup
        elsewhere = group.output_location if group and group.enforced else None
        if elsewhere is None or _same(elsewhere, self._config.output_location):
            return
        if self._config.strict_location or not self._announced:
            self._announced = True
            self._tell(elsewhere)

    def _tell(self, actual: str, *, query_execution_id: str = "") -> None:
        facts = {"asked": self._config.output_location, "actual": actual, "workgroup": self._config.workgroup}
        if self._config.strict_location:
            raise LocationOverrideError(**facts, query_execution_id=query_execution_id)
        warn(override_sentence(**facts, query_execution_id=query_execution_id), LocationOverrideWarning)


def _same(one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/")


def landing(config: DataSourceConfig, group: WorkGroup | None) -> Location | None:
    """The place in S3; None where Athena keeps results itself. A workgroup that is not known is taken to agree."""
    asked = Location(bucket=config.results_bucket, prefix=config.results_path)
    if group is None:
        return asked
    if group.managed_results:
        return None
    if group.enforced and group.output_location:
        return Location.of(group.output_location) or asked
    return asked
