"""What Athena says when a query fails, why it says so, and what mends it.

Sources: the Athena guide's troubleshooting pages and error reference, and messages reported in public.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One of Athena's messages.

    Attributes:
        pattern: A regular expression that is found in it.
        says: Athena's words, as an example.
        cause: Why Athena says so.
        remedy: What to do; empty where the place in the SQL, shown with a caret, says it all.
    """

    pattern: str
    says: str
    cause: str
    remedy: str


REGION_AND_BUCKET = (
    "Check that the results bucket exists in this region; grant s3:GetBucketLocation on it in a statement without an "
    "s3:prefix condition; with SSE-KMS also kms:GenerateDataKey. ds.preflight() tries each."
)
WRITE = (
    "Grant s3:PutObject, s3:AbortMultipartUpload and s3:ListMultipartUploadParts on the results path (and "
    "kms:GenerateDataKey, kms:Decrypt with SSE-KMS); check bucket policy and owner. ds.preflight() tries each."
)
SOURCE = (
    "Grant s3:GetObject on the table's objects and s3:ListBucket on their bucket (kms:Decrypt if they are encrypted "
    "with KMS); objects owned by another account need its consent. ds.preflight() tries each source."
)
LAKE = "Ask the Lake Formation administrator for SELECT on the table, and grant lakeformation:GetDataAccess."
SLOW = "Storage or a service was asked too fast: run it again later; fewer and larger files help for good."
MEMORY = "Read fewer columns and rows, filter on partitions, drop ORDER BY or DISTINCT, or split the query."
_NAMES = "Check name, database and region; a table you may not see looks the same. ds.describe() lists what you may."

# In this order: the first pattern that is found decides.
MESSAGES: tuple[Message, ...] = (
    Message(
        pattern=r"Unable to verify/create output bucket",
        says="Unable to verify/create output bucket acme-results",
        cause="The results bucket is missing, or the caller may not ask where it lies (an s3:prefix condition hides "
        "s3:GetBucketLocation), or may not use its KMS key",
        remedy=REGION_AND_BUCKET,
    ),
    Message(
        pattern=r"Access denied when writing output",
        says="Access denied when writing output to url: s3://acme-results/jane/1.csv",
        cause="Results may not be written there: IAM, the bucket's policy, its owner, or its KMS key",
        remedy=WRITE,
    ),
    Message(
        pattern=r"location provided to save your query results is invalid",
        says="The S3 location provided to save your query results is invalid. Please check your S3 location is correct "
        "and is in the same region and try again.",
        cause="The location is malformed, or its bucket lies in another region",
        remedy=REGION_AND_BUCKET,
    ),
    Message(
        pattern=r"outputLocation is not a valid S3 path",
        says="outputLocation is not a valid S3 path.",
        cause="The location does not begin with s3://",
        remedy="Write the results location as s3://bucket/path/.",
    ),
    Message(
        pattern=r"No output location provided",
        says="No output location provided. An output location is required either through the Workgroup result "
        "configuration setting or as an API input.",
        cause="Neither the call nor the workgroup names a results location",
        remedy="Give a results bucket and path, or use a workgroup with managed query results.",
    ),
    Message(
        pattern=r"does not have any privilege|LAKE.?FORMATION|Lake Formation",
        says="Insufficient permissions to execute the query. Principal does not have any privilege on specified "
        "resource",
        cause="Lake Formation governs the table and has granted nothing on it",
        remedy=LAKE,
    ),
    Message(
        pattern=r"not authorized to perform:? athena:",
        says="User: arn:aws:iam::123456789012:user/jane is not authorized to perform: athena:StartQueryExecution on "
        "resource: arn:aws:athena:eu-west-1:123456789012:workgroup/primary",
        cause="IAM does not allow the Athena call on this workgroup",
        remedy="Grant the action on the workgroup's ARN; ds.policy() writes the policy.",
    ),
    Message(
        pattern=r"not authorized to perform:? glue:",
        says="User: arn:aws:iam::123456789012:user/jane is not authorized to perform: glue:GetTable on resource: "
        "arn:aws:glue:eu-west-1:123456789012:catalog",
        cause="IAM does not allow the Glue call on one of catalog, database and table",
        remedy="Grant the action on the Glue catalog, the database and the table together: Glue asks for every "
        "ancestor.",
    ),
    Message(
        pattern=r"Amazon S3 access denied|Permission denied on S3 path|HIVE_\w+:.*Access Denied",
        says="Permission denied on S3 path: s3://acme-lake/orders/part-0.parquet",
        cause="The table's files may not be read: IAM, the bucket's policy, the objects' owner, or KMS",
        remedy=SOURCE,
    ),
    Message(
        pattern=r"ExpiredToken|security token included in the request is (?:expired|invalid)",
        says="The security token included in the request is expired",
        cause="The temporary credentials ended while the query ran",
        remedy="Get fresh credentials and run it again; what had run is charged.",
    ),
    Message(
        pattern=r"[Kk][Mm][Ss].*exceeded the rate|exceeded the rate.*[Kk][Mm][Ss]",
        says="You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
        cause="Many small encrypted files ask for many keys",
        remedy="Run it again later; turn on the bucket's S3 Bucket Key, or write fewer and larger files.",
    ),
    Message(
        pattern=r"kms:|KMS",
        says="User is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:123456789012:key/1",
        cause="The caller may not use the key that encrypts the files",
        remedy="Grant kms:Decrypt on the key in the identity's policy and in the key's own policy.",
    ),
    Message(
        pattern=r"migrate your Catalog",
        says="Insufficient permissions to execute the query. Please migrate your Catalog to enable access to this "
        "database",
        cause="The database is still in the catalog that Athena had before Glue",
        remedy="Migrate the old Athena catalog to Glue (Athena guide, glue-upgrade).",
    ),
    Message(
        pattern=r"Insufficient permissions to execute the query",
        says="Insufficient permissions to execute the query.",
        cause="Some permission is missing, and Athena does not say which",
        remedy="ds.preflight() finds which permission is missing.",
    ),
    Message(
        pattern=r"WorkGroup is not found",
        says="WorkGroup is not found.",
        cause="No such workgroup in this region",
        remedy="Check the workgroup's name and the region.",
    ),
    Message(
        pattern=r"WorkGroup .* is disabled",
        says="WorkGroup analysts is disabled.",
        cause="Somebody switched the workgroup off",
        remedy="Ask for the workgroup to be enabled, or use another one.",
    ),
    Message(
        pattern=r"Bytes scanned limit was exceeded",
        says="Query cancelled! : Bytes scanned limit was exceeded",
        cause="The workgroup's limit of bytes a query (BytesScannedCutoffPerQuery)",
        remedy="Filter on a partition or read fewer columns; what was scanned is charged.",
    ),
    Message(
        pattern=r"queryString' failed to satisfy constraint|queryString failed to satisfy constraint",
        says="1 validation error detected: Value at 'queryString' failed to satisfy constraint: Member must have "
        "length less than or equal to 262144",
        cause="The SQL is longer than 262,144 bytes",
        remedy="Shorten the SQL: a long IN list is better a table to join with.",
    ),
    Message(
        pattern=r"Only one sql statement is allowed|mismatched input ';'",
        says="Only one sql statement is allowed. Got: SELECT 1; SELECT 2",
        cause="A query is one statement",
        remedy="Run the statements one by one, or all at once, in no order, with ds.query_many([...]).",
    ),
    Message(
        pattern=r"PreparedStatement .* was not found",
        says="PreparedStatement orders_of_day was not found in workGroup primary",
        cause="EXECUTE names a statement that nobody prepared in this workgroup",
        remedy="ds.prepared_statements() lists them; ds.prepare(name, sql) makes one.",
    ),
    Message(
        pattern=r"Incorrect number of parameters",
        says="Incorrect number of parameters: expected 1 but found 0",
        cause="A prepared statement has more places (?) than values were given",
        remedy="Give a value for each place: query(sql, [...]).",
    ),
    Message(
        pattern=r"mismatched input|extraneous input|no viable alternative|SYNTAX_ERROR: line",
        says="line 1:1: mismatched input 'SELEC'. Expecting: 'ALTER', 'ANALYZE', ...",
        cause="Athena cannot parse the SQL",
        remedy="",
    ),
    Message(
        pattern=r"HIVE_BAD_DATA",
        says="HIVE_BAD_DATA: Error parsing field value 'n/a' for field 3: For input string: \"n/a\"",
        cause="A value in a file does not fit its column's type",
        remedy="Correct the table's schema, or read the column as varchar and convert it with TRY_CAST.",
    ),
    Message(
        pattern=r"HIVE_CANNOT_OPEN_SPLIT.*[Ss]low ?down|reduce your request rate|SlowDown",
        says="HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split s3://acme-lake/orders/1 (offset=0, length=9): Please "
        "reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown)",
        cause="S3 was asked too fast under one prefix",
        remedy=SLOW,
    ),
    Message(
        pattern=r"specified key does not exist|Incorrect fileSize|NoSuchKey",
        says="HIVE_CURSOR_ERROR: The specified key does not exist. (Service: Amazon S3; Status Code: 404)",
        cause="Files were replaced or removed while the query read them",
        remedy="Files changed while the query read them: run it again, and write new files instead of replacing "
        "old ones.",
    ),
    Message(
        pattern=r"not a valid JSON|Unexpected end of input stream|[Nn]ot (a )?valid (Parquet|ORC) [Ff]ile",
        says="HIVE_CURSOR_ERROR: Row is not a valid JSON Object - JSONException: A JSONObject text must end with '}'",
        cause="A file under the table's location is damaged or of another format",
        remedy='Find it with the column "$path" and take it out of the table\'s location.',
    ),
    Message(
        pattern=r"Unable to create input format",
        says="HIVE_UNKNOWN_ERROR: Unable to create input format com.acme.InputFormat",
        cause="The SerDe or input format of the table in Glue is missing or unknown to Athena",
        remedy="Correct the table's SerDe and input format in Glue; ds.describe() shows the format.",
    ),
    Message(
        pattern=r"HIVE_METASTORE_ERROR",
        says="HIVE_METASTORE_ERROR: Error: type expected at the position 0 of 'dec' but 'dec' is found.",
        cause="The table's entry in Glue is not valid",
        remedy="The table's definition in Glue does not fit its files: check its SerDe, formats and column types.",
    ),
    Message(
        pattern=r"HIVE_PARTITION_SCHEMA_MISMATCH",
        says="HIVE_PARTITION_SCHEMA_MISMATCH: There is a mismatch between the table and partition schemas.",
        cause="A partition was made while the table had other columns",
        remedy="A partition's types differ from its table's: correct the partition in Glue.",
    ),
    Message(
        pattern=r"HIVE_TOO_MANY_OPEN_PARTITIONS",
        says="HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/buckets",
        cause="A CTAS or INSERT INTO writes at most 100 partitions",
        remedy="At most 100 partitions are written at once: split into several INSERT INTO.",
    ),
    Message(
        pattern=r"HIVE_PATH_ALREADY_EXISTS|location .* has data",
        says="HIVE_PATH_ALREADY_EXISTS: Target directory for table 'sales.daily' already exists: s3://acme-lake/daily/",
        cause="The target of a CTAS or UNLOAD is not empty",
        remedy="Write to an empty prefix; Athena does not overwrite.",
    ),
    Message(
        pattern=r"exhausted resources",
        says="Query exhausted resources at this scale factor",
        cause="A join, sort or aggregation needs more memory than Athena gives a query",
        remedy=MEMORY,
    ),
    Message(
        pattern=r"EXCEEDED_(LOCAL_)?MEMORY_LIMIT",
        says="EXCEEDED_LOCAL_MEMORY_LIMIT: Query exceeded per-node memory limit",
        cause="One node had to hold too much: a large build side of a join, or a skewed key",
        remedy=MEMORY,
    ),
    Message(
        pattern=r"[Qq]uery timeout",
        says="Query timeout",
        cause="A query may run 30 minutes",
        remedy="Narrow the query, or ask for a longer DML timeout in Service Quotas.",
    ),
    Message(
        pattern=r"Rate exceeded|exceeded the rate",
        says="com.amazonaws.services.glue.model.AWSGlueException: Rate exceeded",
        cause="Glue, or a Lambda function that the query uses, was asked too fast",
        remedy=SLOW,
    ),
    Message(
        pattern=r"View is stale",
        says="View 'awsdatacatalog.sales.daily' is stale or in invalid state: View is stale; it must be re-created",
        cause="The columns of a table under the view changed",
        remedy="Run its CREATE OR REPLACE VIEW once more: create the view again with the columns as they are now.",
    ),
    Message(
        pattern=r"enforces a centralized output location",
        says="The Create Table As Select query failed because it was submitted with an 'external_location' property "
        "to an Athena Workgroup that enforces a centralized output location for all queries. Please remove the "
        "'external_location' property and resubmit the query.",
        cause="The workgroup decides where tables lie",
        remedy="Take external_location out of the statement.",
    ),
    Message(
        pattern=r"Unsupported Hive type",
        says="NOT_SUPPORTED: Unsupported Hive type: time(3)",
        cause="A column's type cannot be written to files",
        remedy="Cast the column to a type that files can hold, varchar for instance.",
    ),
    Message(
        pattern=r"of this type are not supported",
        says="Queries of this type are not supported",
        cause="Athena does not offer this statement",
        remedy="Athena, or this endpoint, does not offer it: see the Athena guide, DDL and DML statements.",
    ),
    Message(
        pattern=r"NOT_SUPPORTED",
        says="NOT_SUPPORTED: Modifying Hive table rows is only supported for Hive ACID tables",
        cause="Athena does not do this with such a table, or the embedded endpoint does not",
        remedy="Athena, or this endpoint, does not offer it. The embedded endpoint says what it lacks in its docs.",
    ),
    Message(
        pattern=r"COLUMN_NOT_FOUND|Column .* cannot be resolved",
        says="COLUMN_NOT_FOUND: line 1:8: Column 'prce' cannot be resolved or requester is not authorized to access "
        "requested resources",
        cause="No such column: mistyped, or a text in double quotes",
        remedy="Text goes in single quotes; double quotes name a column.",
    ),
    Message(
        pattern=r"TABLE_NOT_FOUND|Table .* does not exist|Entity Not Found|EntityNotFound",
        says="TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.sales.ordrs' does not exist",
        cause="No such table in this database and region, or the caller may not see it",
        remedy=_NAMES,
    ),
    Message(
        pattern=r"(SCHEMA|CATALOG)_NOT_FOUND|(Schema|Database) .* does not exist",
        says="SCHEMA_NOT_FOUND: line 1:15: Schema 'sals' does not exist",
        cause="No such database or data catalog in this region, or the caller may not see it",
        remedy=_NAMES,
    ),
    Message(
        pattern=r"FUNCTION_NOT_FOUND|Function .* not registered",
        says="FUNCTION_NOT_FOUND: line 1:8: Function 'conut' not registered",
        cause="No function of this name takes arguments of these types",
        remedy="Check the function's name and the types of its arguments.",
    ),
    Message(
        pattern=r"TYPE_MISMATCH",
        says="TYPE_MISMATCH: line 1:41: Cannot apply operator: varchar(2) = integer",
        cause="Athena does not convert between these types by itself",
        remedy="Make both sides one type with CAST or TRY_CAST.",
    ),
    Message(
        pattern=r"INVALID_CAST_ARGUMENT",
        says="INVALID_CAST_ARGUMENT: Cannot cast 'n/a' to INT",
        cause="A value does not fit the type it is cast to",
        remedy="TRY_CAST gives NULL where a value does not fit.",
    ),
    Message(
        pattern=r"DIVISION_BY_ZERO",
        says="DIVISION_BY_ZERO: Division by zero",
        cause="An integer or decimal was divided by zero in some row",
        remedy="NULLIF(divisor, 0) gives NULL instead.",
    ),
    Message(
        pattern=r"GENERIC_INTERNAL_ERROR|INTERNAL_ERROR",
        says="GENERIC_INTERNAL_ERROR: Value 4294967296 exceeds MAX_INT",
        cause="Athena failed inside; often a file's schema is not the table's",
        remedy="Compare the types of files whose schemas differ with the table's, then run it again.",
    ),
)
