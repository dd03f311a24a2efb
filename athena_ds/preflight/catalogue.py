"""Every check: its id, its group, and the sentence that is true when it passes. In the order a person would ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Group = Literal["identity", "athena", "catalog", "source data", "results", "housekeeping"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A check as it is listed: `sentence` may name the bucket it is about as `{bucket}`."""

    group: Group
    sentence: str


def _entries(group: Group, **sentences: str) -> dict[str, Entry]:
    return {name.replace("_", "-"): Entry(group=group, sentence=text) for name, text in sentences.items()}


CATALOGUE: Final[Mapping[str, Entry]] = {
    **_entries(
        "identity",
        identity="AWS knows these credentials",
        gate="This kind of credentials may be used here",
        region="The region belongs to the credentials' partition of AWS",
    ),
    **_entries(
        "athena",
        workgroup="The workgroup exists, is enabled and runs SQL",
        workgroup_location="The workgroup lets results go where this data source asks",
        start="Queries may be started in the workgroup",
        history="Earlier executions of the workgroup may be listed",
        execution="An execution may be looked at",
        executions="Several executions may be looked at together",
        rows="The rows of an execution may be read",
        stop="Queries may be stopped",
        workgroups="All workgroups may be listed",
        prepared_statements="Statements may be prepared, and forgotten again",
        saved_queries="Saved queries may be listed",
        named_query="A query can be created and deleted again",
        query="A query runs from end to end",
    ),
    **_entries(
        "catalog",
        data_catalog="The data catalog exists and may be seen",
        data_catalogs="All data catalogs may be listed",
        database="The database exists and may be seen",
        databases="All databases may be listed",
        default_database="The database 'default' may be looked at",
        tables="The database shows tables to these credentials",
        table="A table's definition may be read",
        table_versions="A table's versions may be read",
        partitions="A table's partitions may be read",
        table_changes="Tables may be changed and partitions registered",
    ),
    **_entries(
        "source data",
        sources="It is known where the tables' files lie",
        source_bucket="{bucket} exists and can be located",
        source_list="{bucket}: the tables' files may be listed",
        source_read="{bucket}: the tables' files may be read",
        source_parts="{bucket}: parts of uploads may be listed",
        source_uploads="{bucket}: uploads under way may be listed",
        source_requester="{bucket} does not charge its readers",
    ),
    **_entries(
        "results",
        results_bucket="The results bucket exists, is the right account's and lies in Athena's region",
        results_list="The results path may be listed",
        results_read="Result files may be read",
        results_abort="An unfinished upload of results can be aborted",
        results_parts="The parts of an upload may be listed",
        results_write="Result files may be written, encryption included",
        results_uploads="Uploads under way in the results bucket may be listed",
        results_encryption="Result files are encrypted",
        results_public="The results bucket blocks public access",
        buckets="The account's buckets may be listed",
        results_policy="The results bucket's policy is not public",
        target_bucket="{bucket}, which UNLOAD or CREATE TABLE AS SELECT writes to, can be located",
        target_list="{bucket}: the place written to may be listed",
        target_read="{bucket}: what was written may be read",
        target_abort="{bucket}: an unfinished upload can be aborted",
        target_parts="{bucket}: the parts of an upload may be listed",
        target_write="{bucket}: files may be written, encryption included",
    ),
    **_entries(
        "housekeeping",
        lifecycle="A lifecycle rule removes old results",
        lifecycle_uploads="A lifecycle rule aborts uploads left behind",
        versioning="Deleted results do not live on as old versions",
        stale_uploads="No upload was left behind under the results path",
    ),
}
