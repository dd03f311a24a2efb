"""Tags of workgroups and data catalogs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from moto.utilities.utils import get_partition

from athena_ds.local.athena.errors import invalid, not_found
from athena_ds.local.athena.operations import Operation
from athena_ds.local.athena.paging import page

_MOST = 50
"""https://docs.aws.amazon.com/athena/latest/ug/tags.html#tag-restrictions"""


class Tags:
    """Tags of one region's resources by ARN; a resource without an entry does not exist."""

    def __init__(self, *, account: str, region: str) -> None:
        self._prefix = f"arn:{get_partition(region)}:athena:{region}:{account}:"
        self._all: dict[str, dict[str, str]] = {f"{self._prefix}datacatalog/AwsDataCatalog": {}}

    def operations(self) -> dict[str, Operation]:
        return {"TagResource": self.tag, "UntagResource": self.untag, "ListTagsForResource": self.list}

    def of(self, arn: str) -> dict[str, str]:
        return dict(self._all.get(arn, {}))

    def put(self, kind: str, name: str, tags: Iterable[dict[str, str]]) -> None:
        """A resource was made, with these tags."""
        given = {one["Key"]: one.get("Value", "") for one in tags}
        checked(given)
        self._all[f"{self._prefix}{kind}/{name}"] = given

    def drop(self, kind: str, name: str) -> None:
        self._all.pop(f"{self._prefix}{kind}/{name}", None)

    def tag(self, request: dict[str, Any]) -> dict[str, Any]:
        known, given = self._get(request), {one["Key"]: one.get("Value", "") for one in request["Tags"]}
        checked({**known, **given})
        known.update(given)
        return {}

    def untag(self, request: dict[str, Any]) -> dict[str, Any]:
        known = self._get(request)
        for key in request["TagKeys"]:
            known.pop(key, None)
        return {}

    def list(self, request: dict[str, Any]) -> dict[str, Any]:
        pairs = [{"Key": key, "Value": value} for key, value in self._get(request).items()]
        found, more = page(pairs, request, size=75)
        return {"Tags": found, **more}

    def _get(self, request: dict[str, Any]) -> dict[str, str]:
        arn = request["ResourceARN"]
        if arn not in self._all:
            raise not_found(f"Resource {arn} was not found", arn)
        return self._all[arn]


def checked(tags: Mapping[str, str]) -> None:
    """At most 50 tags, none of AWS's own: InvalidRequestException otherwise."""
    if any(key.lower().startswith("aws:") for key in tags):
        raise invalid("Tag keys must not begin with aws:")
    if len(tags) > _MOST:
        raise invalid(f"A resource can have at most {_MOST} tags")
