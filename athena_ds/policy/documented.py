"""The policy of the data source's document, word for word, its placeholders filled: 36 actions in four statements."""

from __future__ import annotations

from typing import Literal

from ..connection.partitions import Arns
from .scope import Location, Scope, distinct
from .statement import Statement

Reach = Literal["path", "bucket"]

ATHENA_AND_GLUE = (
    "athena:StartQueryExecution",
    "glue:GetTableVersions",
    "glue:GetPartitions",
    "athena:GetQueryResults",
    "athena:DeleteNamedQuery",
    "athena:GetNamedQuery",
    "athena:ListQueryExecutions",
    "athena:GetExecutionEngine",
    "athena:StopQueryExecution",
    "athena:GetExecutionEngines",
    "athena:RunQuery",
    "glue:GetTables",
    "athena:GetNamespace",
    "athena:GetQueryExecutions",
    "glue:GetDatabases",
    "athena:GetCatalogs",
    "glue:GetTable",
    "athena:ListNamedQueries",
    "glue:GetDatabase",
    "athena:GetNamespaces",
    "glue:GetPartition",
    "athena:CreateNamedQuery",
    "athena:CancelQueryExecution",
    "athena:GetQueryExecution",
    "athena:GetTables",
    "athena:GetTable",
    "athena:BatchGetNamedQuery",
    "athena:BatchGetQueryExecution",
    "athena:GetQueryResultsStream",
)
RESULT_OBJECTS = ("s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
BUCKETS = ("s3:ListBucketMultipartUploads", "s3:ListBucket", "s3:GetBucketLocation")
SOURCE_OBJECTS = ("s3:GetObject", "s3:ListMultipartUploadParts")


def statements(scope: Scope, reach: Reach) -> tuple[Statement, ...]:
    """The four statements. `reach="bucket"` leaves paths out, as the document recommends below its example."""
    arns, results = scope.arns, scope.results
    sources = distinct(scope.sources)
    buckets = dict.fromkeys([*([results.bucket] if results else []), *(place.bucket for place in sources)])
    made = [
        Statement(
            actions=ATHENA_AND_GLUE,
            resources=("*",),
            need="Read metadata information from AWS Glue. Create, execute, and delete queries within AWS Athena.",
            why="Athena's and Glue's calls, those of old ODBC and JDBC drivers among them.",
        ),
        Statement(
            actions=RESULT_OBJECTS,
            resources=(_results(arns, results, reach),) if results else (),
            need="Read, list the contents of, and write to the bucket and path where query results will be stored.",
            why="Athena writes result files in parts; they are read afterwards.",
        ),
        Statement(
            actions=BUCKETS,
            resources=tuple(arns.bucket(bucket) for bucket in buckets),
            need="Read and list the contents of the bucket(s) that back the Athena database.",
            why="Buckets are looked up and listed.",
        ),
        Statement(
            actions=SOURCE_OBJECTS,
            resources=tuple(dict.fromkeys(_source(arns, place, reach) for place in sources)),
            need="Read and list the contents of the bucket(s) that back the Athena database.",
            why="Queries read the files of the tables.",
        ),
    ]
    return tuple(statement for statement in made if statement.resources)


def _results(arns: Arns, place: Location, reach: Reach) -> str:
    # As the document writes it, without a slash before the star: `path*` also matches `path-of-somebody-else`.
    return f"{arns.bucket(place.bucket)}/{'' if reach == 'bucket' else place.prefix}*"


def _source(arns: Arns, place: Location, reach: Reach) -> str:
    return arns.objects(place.bucket, "" if reach == "bucket" else place.prefix)
