"""Where results really land: the place asked for, or the workgroup's own where it enforces one."""

from __future__ import annotations

from .config import DataSourceConfig
from .location import WorkGroup
from .policy import Location


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
