"""Athena's words about a failure -> what to do about it. Patterns first, then Athena's error type.

Sources: the Athena guide's troubleshooting pages and error reference, and messages reported in public.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What a failure means.

    Attributes:
        remedy: What to do.
        name: Athena's name for the error, as in TABLE_NOT_FOUND; may be empty.
        unknown: What was not found and its name, as ("table", "ordrs"), or None.
    """

    remedy: str = ""
    name: str = ""
    unknown: tuple[str, str] | None = None


_REGION_AND_BUCKET = (
    "Check that the results bucket exists in this region; grant s3:GetBucketLocation on it in a statement without an "
    "s3:prefix condition; with SSE-KMS also kms:GenerateDataKey. ds.preflight() tries each."
)
_WRITE = (
    "Grant s3:PutObject, s3:AbortMultipartUpload and s3:ListMultipartUploadParts on the results path (and "
    "kms:GenerateDataKey, kms:Decrypt with SSE-KMS); check bucket policy and owner. ds.preflight() tries each."
)
_SOURCE = (
    "Grant s3:GetObject on the table's objects and s3:ListBucket on their bucket (kms:Decrypt if they are encrypted "
    "with KMS); objects owned by another account need its consent. ds.preflight() tries each source."
)
_GLUE = "Grant the action on the Glue catalog, the database and the table together: Glue asks for every ancestor."
_LAKE = "Ask the Lake Formation administrator for SELECT on the table, and grant lakeformation:GetDataAccess."
_SLOW = "Storage or a service was asked too fast: run it again later; fewer and larger files help for good."
_CHANGED = "Files changed while the query read them: run it again, and write new files instead of replacing old ones."
_FOREIGN = 'A file under the table\'s location is damaged or of another format: the column "$path" finds it.'
_MEMORY = "Read fewer columns and rows, filter on partitions, drop ORDER BY or DISTINCT, or split the query."
_TABLE_DEFINITION = "The table's definition in Glue does not fit its files: check its SerDe, formats and column types."

# In this order: the first pattern that is found decides.
MESSAGES: tuple[tuple[str, str], ...] = (
    (r"Unable to verify/create output bucket", _REGION_AND_BUCKET),
    (r"Access denied when writing output", _WRITE),
    (r"location provided to save your query results is invalid", _REGION_AND_BUCKET),
    (r"outputLocation is not a valid S3 path", "Write the results location as s3://bucket/path/."),
    (r"No output location provided", "Give a results bucket and path, or use a workgroup with managed query results."),
    (r"does not have any privilege|LAKE.?FORMATION|Lake Formation", _LAKE),
    (r"not authorized to perform:? athena:", "Grant the action on the workgroup's ARN; ds.policy() writes the policy."),
    (r"not authorized to perform:? glue:", _GLUE),
    (r"Amazon S3 access denied|Permission denied on S3 path|HIVE_\w+:.*Access Denied", _SOURCE),
    (r"kms:|KMS", "Grant kms:Decrypt on the key in the identity's policy and in the key's own policy."),
    (r"migrate your Catalog", "Migrate the old Athena catalog to Glue (Athena guide, glue-upgrade)."),
    (r"Insufficient permissions to execute the query", "ds.preflight() finds which permission is missing."),
    (r"WorkGroup is not found", "Check the workgroup's name and the region."),
    (r"WorkGroup .* is disabled", "Ask for the workgroup to be enabled, or use another one."),
    (r"Bytes scanned limit was exceeded", "Filter on a partition or read fewer columns; what was scanned is charged."),
    (r"mismatched input|extraneous input|no viable alternative|SYNTAX_ERROR: line", ""),
    (r"HIVE_BAD_DATA", "A value does not fit its column's type: correct the table's schema, or read it as varchar."),
    (r"HIVE_CANNOT_OPEN_SPLIT.*[Ss]low ?down|reduce your request rate|SlowDown", _SLOW),
    (r"specified key does not exist|Incorrect fileSize|NoSuchKey", _CHANGED),
    (r"not a valid JSON|Unexpected end of input stream|[Nn]ot (a )?valid (Parquet|ORC) file", _FOREIGN),
    (r"Unable to create input format|HIVE_METASTORE_ERROR", _TABLE_DEFINITION),
    (r"HIVE_PARTITION_SCHEMA_MISMATCH", "A partition's types differ from its table's: correct the partition in Glue."),
    (r"HIVE_TOO_MANY_OPEN_PARTITIONS", "At most 100 partitions are written at once: split into several INSERT INTO."),
    (r"HIVE_PATH_ALREADY_EXISTS|location .* has data", "Write to an empty prefix; Athena does not overwrite."),
    (r"exhausted resources|EXCEEDED_(LOCAL_)?MEMORY_LIMIT", _MEMORY),
    (r"[Qq]uery timeout", "Narrow the query, or ask for a longer DML timeout in Service Quotas."),
    (r"Rate exceeded|exceeded the rate", _SLOW),
    (r"View is stale", "A table under the view changed: create the view again."),
    (r"enforces a centralized output location", "Take external_location out: the workgroup decides where tables lie."),
    (r"Unsupported Hive type", "Cast the column to a type that files can hold, varchar for instance."),
    (r"of this type are not supported|NOT_SUPPORTED", "Athena, or this endpoint, does not offer this statement."),
    (r"COLUMN_NOT_FOUND|Column .* cannot be resolved", "Text goes in single quotes; double quotes name a column."),
    (r"(TABLE|SCHEMA)_NOT_FOUND|Table .* does not exist|Entity Not Found|EntityNotFound",
     "Check name, database and region; a table you may not see looks the same. ds.describe() lists what you may."),
    (r"FUNCTION_NOT_FOUND|Function .* not registered", "Check the function's name and the types of its arguments."),
    (r"TYPE_MISMATCH", "Make both sides one type with CAST or TRY_CAST."),
    (r"INVALID_CAST_ARGUMENT", "TRY_CAST gives NULL where a value does not fit."),
    (r"DIVISION_BY_ZERO", "NULLIF(divisor, 0) gives NULL instead."),
    (r"GENERIC_INTERNAL_ERROR|INTERNAL_ERROR", "Often files whose schemas differ: check the types, then run it again."),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern, re.DOTALL), remedy) for pattern, remedy in MESSAGES)

# Athena guide, error reference; only where words said nothing.
_TYPES: tuple[tuple[range, str], ...] = (
    (range(9), _MEMORY),
    (range(234, 235), _LAKE),
    (range(401, 403), _WRITE),
    (range(1401, 1407), _SLOW),
    (range(1500, 1502), _SOURCE),
    (range(100, 401), "Athena itself failed: run it again; if it stays, AWS support wants the query id."),
)
_CLEANING = re.compile(r"\s*You may need to manually clean the data at location '([^']*)'.*", re.DOTALL)
_NAME = re.compile(r"^(?:FAILED: )?(?P<name>[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)\b")
_UNKNOWN = (
    ("column", re.compile(r"Column '([^']+)' cannot be resolved")),
    ("table", re.compile(r"[Tt]able '?([\w$.\-\"]+)'? does not exist")),
    ("table", re.compile(r"Table not found '?([\w.$-]+)'?|Entity Not Found.*?[Tt]able:? '?([\w.$-]+)")),
    ("database", re.compile(r"[Ss]chema '?([\w.\-]+)'? does not exist|Database '?([\w-]+)'? (?:does not exist|not f)")),
    ("function", re.compile(r"[Ff]unction '?([\w.]+)'? not registered")),
)


def diagnose(reason: str, error_type: int | None = None) -> Diagnosis:
    """What a failure's words, and failing those its type, call for."""
    remedy = next((remedy for pattern, remedy in _COMPILED if pattern.search(reason)), None)
    if remedy is None and error_type is not None:
        remedy = next((text for types, text in _TYPES if error_type in types), "")
    name = _NAME.match(reason)
    left = _CLEANING.search(reason)
    hint = f" Data may be left at {left[1]}; Athena does not delete it." if left and left[1] else ""
    return Diagnosis(
        remedy=((remedy or "") + hint).strip(), name=name["name"] if name else "", unknown=_unknown(reason)
    )


def without_cleaning(reason: str) -> str:
    """The reason without the sentence about data left behind, which becomes part of the remedy."""
    return _CLEANING.sub("", reason).strip()


def _unknown(reason: str) -> tuple[str, str] | None:
    for kind, pattern in _UNKNOWN:
        found = pattern.search(reason)
        if found:
            name = next(group for group in found.groups() if group)
            return kind, name.strip('"').split(".")[-1]
    return None
