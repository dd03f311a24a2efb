"""Workgroups: their settings, and what they override."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final, Protocol

from athena_ds.local.athena.errors import ApiError, invalid
from athena_ds.local.athena.operations import Operation
from athena_ds.local.athena.paging import page
from athena_ds.local.athena.show import ENGINE_VERSION

_DEFAULTS: Final[Mapping[str, Any]] = {
    "EnforceWorkGroupConfiguration": True,
    "PublishCloudWatchMetricsEnabled": True,
    "RequesterPaysEnabled": False,
    "EnableMinimumEncryptionConfiguration": False,
}
_REMOVALS: Final[Mapping[str, str]] = {
    "RemoveBytesScannedCutoffPerQuery": "BytesScannedCutoffPerQuery",
    "RemoveCustomerContentEncryptionConfiguration": "CustomerContentEncryptionConfiguration",
}
_SPARK: Final = ("ExecutionRole", "AdditionalConfiguration", "EngineConfiguration")

Tag = Callable[[str, list[dict[str, str]]], None]


class Room(Protocol):
    """What belongs to workgroups: executions, named queries, prepared statements."""

    def holds(self, workgroup: str) -> bool:
        """Whether a workgroup has any."""
        ...

    def clear(self, workgroup: str) -> None:
        """Forget a workgroup's."""
        ...


class Workgroups:
    """The workgroups of one region; `primary` is always there."""

    def __init__(self, *, tag: Tag, untag: Callable[[str], None]) -> None:
        self._all: dict[str, dict[str, Any]] = {}
        self._tag, self._untag = tag, untag
        self.rooms: tuple[Room, ...] = ()
        self._add("primary", {"EnforceWorkGroupConfiguration": False}, "")
        tag("primary", [])

    def get(self, name: str) -> dict[str, Any]:
        """The WorkGroup structure; InvalidRequestException where there is none."""
        if name not in self._all:
            raise invalid("WorkGroup is not found.")
        return self._all[name]

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateWorkGroup": self.create,
            "GetWorkGroup": lambda request: {"WorkGroup": _told(self.get(request["WorkGroup"]))},
            "ListWorkGroups": self.list,
            "UpdateWorkGroup": self.update,
            "DeleteWorkGroup": self.delete,
            "ListEngineVersions": lambda _: {
                "EngineVersions": [
                    {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": ENGINE_VERSION},
                    {"SelectedEngineVersion": ENGINE_VERSION, "EffectiveEngineVersion": ENGINE_VERSION},
                ]
            },
        }

    def create(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["Name"]
        if name in self._all:
            raise invalid("WorkGroup is already created")
        self._tag(name, request.get("Tags") or [])
        try:
            self._add(name, request.get("Configuration") or {}, request.get("Description", ""))
        except ApiError:
            self._untag(name)
            raise
        return {}

    def list(self, request: dict[str, Any]) -> dict[str, Any]:
        groups = sorted(self._all.values(), key=lambda one: str(one["Name"]))
        found, more = page(groups, request, malformed="The nextPageToken is malformed: ")
        return {"WorkGroups": [_summary(one) for one in found], **more}

    def update(self, request: dict[str, Any]) -> dict[str, Any]:
        group = self.get(request["WorkGroup"])
        updates = dict(request.get("ConfigurationUpdates") or {})
        configuration = deepcopy(group["Configuration"])
        _update_results(configuration, updates.pop("ResultConfigurationUpdates", None) or {})
        managed = updates.pop("ManagedQueryResultsConfigurationUpdates", None)
        if managed:
            configuration["ManagedQueryResultsConfiguration"] = {"Enabled": bool(managed.get("Enabled"))}
        for switch, name in _REMOVALS.items():
            if updates.pop(switch, False):
                configuration.pop(name, None)
        configuration.update(updates)
        group["Configuration"] = _checked(configuration)
        for member in ("Description", "State"):
            if member in request:
                group[member] = request[member]
        return {}

    def delete(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["WorkGroup"]
        if name == "primary":
            raise invalid("Primary WorkGroup cannot be deleted")
        self.get(name)
        if not request.get("RecursiveDeleteOption") and any(room.holds(name) for room in self.rooms):
            raise invalid(f"WorkGroup {name} is not empty")
        for room in self.rooms:
            room.clear(name)
        del self._all[name]
        self._untag(name)
        return {}

    def _add(self, name: str, configuration: Mapping[str, Any], description: str) -> None:
        self._all[name] = {
            "Name": name,
            "State": "ENABLED",
            "Description": description,
            "Configuration": _checked({**_DEFAULTS, **deepcopy(dict(configuration))}),
            "CreationTime": round(time.time(), 3),
        }


def _update_results(configuration: dict[str, Any], updates: Mapping[str, Any]) -> None:
    results = configuration.setdefault("ResultConfiguration", {})
    for name, value in updates.items():
        if name.startswith("Remove"):
            if value:
                results.pop(name.removeprefix("Remove"), None)
        else:
            results[name] = value


def _checked(configuration: dict[str, Any]) -> dict[str, Any]:
    """Settings that fit together, engine version filled in."""
    spark = [name for name in _SPARK if configuration.get(name)]
    version = configuration.get("EngineVersion") or {}
    if spark or "Spark" in str(version.get("SelectedEngineVersion", "")):
        raise invalid("The local endpoint has no Spark workgroups")
    results = configuration.setdefault("ResultConfiguration", {})
    managed = (configuration.get("ManagedQueryResultsConfiguration") or {}).get("Enabled")
    if managed and results.get("OutputLocation"):
        raise invalid("A workgroup cannot have both managed query results and an output location")
    location = results.get("OutputLocation")
    if location is not None and not is_location(location):
        raise invalid("outputLocation is not a valid S3 path.")
    selected = version.get("SelectedEngineVersion", "AUTO")
    if selected not in ("AUTO", ENGINE_VERSION):
        raise invalid(f"Engine version {selected} is not supported")
    configuration["EngineVersion"] = {"SelectedEngineVersion": selected, "EffectiveEngineVersion": ENGINE_VERSION}
    return configuration


def is_location(text: str) -> bool:
    """Whether Athena takes it as an output location: `s3://bucket[/prefix]`."""
    return text.startswith("s3://") and len(text) > 5 and text[5] != "/"


def _told(group: Mapping[str, Any]) -> dict[str, Any]:
    """The structure as GetWorkGroup gives it: without a description where there is none."""
    return {name: deepcopy(value) for name, value in group.items() if name != "Description" or value}


def _summary(group: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("Name", "State", "Description", "CreationTime")
    return {**{name: group[name] for name in kept}, "EngineVersion": group["Configuration"]["EngineVersion"]}
