"""The least-privilege policy of a data source: what describe, preflight and query call, on today's ARNs.

Which action goes with which resource is the Service Authorization Reference's; which of them a query needs is the
Athena user guide's (fine-grained access to Glue, access to S3, cross-account, encryption).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .disjoint import disjoint
from .scope import Location, Options, Scope, distinct
from .statement import Statement

_READ = "Read and list the contents of the bucket(s) that back the Athena database."
_RESULTS = "Read, list the contents of, and write to the bucket and path where query results will be stored."
_GLUE = "Read metadata information from AWS Glue."
_QUERIES = "Create, execute, and delete queries within AWS Athena."
_RETENTION = "Per Amazon's recommendation you should set up S3 life cycle policies to manage query result retention."
_BEYOND = "Not named by the document."

_WRITE = ("s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
_SAVED = ("CreateNamedQuery", "GetNamedQuery", "ListNamedQueries", "BatchGetNamedQuery", "DeleteNamedQuery")
_PREPARED = ("Create", "Get", "Update", "Delete")


def statements(scope: Scope, options: Options) -> tuple[Statement, ...]:
    """The statements, in the order of a query's way: Athena, catalog, source data, results."""
    return disjoint(
        [
            *_athena(scope, options),
            *_catalog(scope),
            *_sources(scope),
            *_results(scope),
            *_writes(scope, options),
            *_keys(scope),
            *_optional(scope, options),
        ]
    )


def _athena(scope: Scope, options: Options) -> Iterator[Statement]:
    group = (scope.arns.workgroup(scope.workgroup),)
    core = ("StartQueryExecution", "GetQueryExecution", "ListQueryExecutions", "GetQueryResults", "StopQueryExecution")
    also = ("BatchGetQueryExecution",) if options.history else ()
    yield Statement(
        sid="AthenaQueries",
        actions=tuple(f"athena:{name}" for name in (*core, *also, "GetWorkGroup")),
        resources=group,
        need=_QUERIES,
        why="Queries are started, followed, read and stopped; GetWorkGroup tells beforehand where results will land; "
        "ListQueryExecutions finds a finished query, on which preflight proves reading and stopping.",
    )
    if options.named_queries:
        yield Statement(
            sid="AthenaSavedQueries",
            actions=tuple(f"athena:{name}" for name in _SAVED),
            resources=group,
            need=_QUERIES,
            why="Saved (named) queries are made, listed, read and deleted.",
        )
    if options.prepared_statements:
        names = (*(f"{verb}PreparedStatement" for verb in _PREPARED), "ListPreparedStatements")
        yield Statement(
            sid="AthenaPreparedStatements",
            actions=tuple(f"athena:{name}" for name in names),
            resources=group,
            need=_BEYOND,
            why="PREPARE, EXECUTE and DEALLOCATE keep statements in the workgroup.",
        )
    if options.drivers:
        yield Statement(
            sid="AthenaDrivers",
            actions=("athena:GetQueryResultsStream",),
            resources=group,
            need=_QUERIES,
            why="The JDBC and ODBC drivers read rows through a streaming call that no SDK has.",
        )


def _catalog(scope: Scope) -> Iterator[Statement]:
    arns = scope.arns
    if not scope.in_glue:
        names = ("GetDataCatalog", "GetDatabase", "ListDatabases", "GetTableMetadata", "ListTableMetadata")
        yield Statement(
            sid="AthenaCatalog",
            actions=tuple(f"athena:{name}" for name in names),
            resources=(arns.data_catalog(scope.data_catalog),),
            need=_GLUE,
            why=f"Databases and tables of the data catalog '{scope.data_catalog}' are read through Athena.",
        )
        return
    partitions = ("glue:GetPartitions", "glue:GetPartition", "glue:BatchGetPartition") if scope.partitioned else ()
    # 'default' without its tables: nothing in it may be looked at.
    databases = dict.fromkeys((arns.glue_database(scope.database), arns.glue_database("default")))
    yield Statement(
        sid="GlueCatalog",
        actions=("glue:GetDatabase", "glue:GetTables", "glue:GetTable", *partitions),
        resources=(arns.glue_catalog(), *databases, arns.glue_table(scope.database, "*")),
        need=_GLUE,
        why="Athena looks up every table of a query, describe() lists them; Glue asks for the catalog, the database "
        "and the table each time. Athena may look at the database 'default', whatever the query's own is."
        + (" Partitions are registered in Glue, so they are looked up too." if partitions else ""),
    )
    if scope.lake_formation:
        yield Statement(
            sid="LakeFormationData",
            actions=("lakeformation:GetDataAccess",),
            resources=("*",),
            need=_READ,
            why="Lake Formation governs a table: it hands Athena the credentials for its files.",
        )


def _sources(scope: Scope) -> Iterator[Statement]:
    places = distinct(scope.sources)
    if not places:
        return
    yield Statement(
        sid="SourceObjects",
        actions=("s3:GetObject",),
        resources=tuple(scope.arns.objects(place.bucket, place.prefix) for place in places),
        need=_READ,
        why="A query reads the files of its tables and partitions in the caller's name.",
    )
    yield from _buckets("Source", places, scope, need=_READ, why="A query lists the files of its tables.")


def _results(scope: Scope) -> Iterator[Statement]:
    if scope.results is None:
        return
    yield Statement(
        sid="ResultObjects",
        actions=_WRITE,
        resources=(scope.arns.objects(scope.results.bucket, scope.results.prefix),),
        need=_RESULTS,
        why="Athena writes result files in parts in the caller's name, and the SDK reads them.",
    )
    yield from _buckets(
        "Results",
        (scope.results,),
        scope,
        need=_RESULTS,
        why="Athena looks for the bucket before it writes; preflight looks for uploads left behind.",
        also=("s3:ListBucketMultipartUploads",),
    )


def _buckets(  # noqa: PLR0913
    name: str, places: tuple[Location, ...], scope: Scope, *, need: str, why: str, also: tuple[str, ...] = ()
) -> Iterator[Statement]:
    """GetBucketLocation carries no prefix: under the condition of ListBucket it would never be allowed."""
    buckets = tuple(dict.fromkeys(place.bucket for place in places))
    # The results bucket is located once, with the results.
    results = scope.results.bucket if scope.results is not None else None
    located = [bucket for bucket in buckets if bucket != results or name == "Results"]
    if located:
        yield Statement(
            sid=f"{name}Buckets",
            actions=("s3:GetBucketLocation", *also),
            resources=tuple(scope.arns.bucket(bucket) for bucket in located),
            need=need,
            why=f"{why} GetBucketLocation stands apart because it carries no prefix a condition could match.",
        )
    for number, bucket in enumerate(buckets, 1):
        prefixes = [place.prefix for place in places if place.bucket == bucket]
        values = tuple(value for prefix in prefixes for value in (prefix, f"{prefix}/*"))
        yield Statement(
            sid=f"{name}Listing{number if len(buckets) > 1 else ''}",
            actions=("s3:ListBucket",),
            resources=(scope.arns.bucket(bucket),),
            condition={} if "" in prefixes else {"StringLike": {"s3:prefix": values}},
            need=need,
            why=f"{why} Only these prefixes may be listed.",
        )


def _keys(scope: Scope) -> Iterator[Statement]:
    written = [key for key in scope.target_keys if key != scope.results_key]
    keys = [key for key in scope.source_keys if key not in (scope.results_key, *written)]
    if keys:
        yield Statement(
            sid="SourceKeys",
            actions=("kms:Decrypt",),
            resources=tuple(scope.arns.kms_key(key) for key in keys),
            need=_READ,
            why="Source files are encrypted with these keys; their key policies must allow it too.",
        )
    if scope.results_key:
        yield Statement(
            sid="ResultsKey",
            actions=("kms:GenerateDataKey", "kms:Decrypt"),
            resources=(scope.arns.kms_key(scope.results_key),),
            need=_RESULTS,
            why="Result files are encrypted with this key: writing asks for a data key, reading and parts decrypt.",
        )
    if written:
        yield Statement(
            sid="TargetKeys",
            actions=("kms:GenerateDataKey", "kms:Decrypt"),
            resources=tuple(scope.arns.kms_key(key) for key in written),
            need=_BEYOND,
            why="The buckets that UNLOAD, CREATE TABLE AS SELECT and INSERT INTO write to encrypt with these keys.",
        )


def _writes(scope: Scope, options: Options) -> Iterator[Statement]:
    wanted = [("Unload", options.unload), ("Tables", options.ctas)]
    for name, uris in wanted:
        places = distinct(place for uri in uris if (place := Location.of(uri)) is not None)
        if not places:
            continue
        yield Statement(
            sid=f"{name}Objects",
            actions=_WRITE,
            resources=tuple(scope.arns.objects(place.bucket, place.prefix) for place in places),
            need=_BEYOND,
            why="UNLOAD writes its files here." if name == "Unload" else "CTAS and INSERT INTO write tables here.",
        )
        yield from _buckets(name, places, scope, need=_BEYOND, why="Athena checks that the target is there and empty.")
    if options.ctas:
        yield _new_tables(scope)


def _new_tables(scope: Scope) -> Statement:
    names = ("CreateTable", "UpdateTable", "CreatePartition", "BatchCreatePartition")
    arns = scope.arns
    return Statement(
        sid="GlueNewTables",
        actions=tuple(f"glue:{name}" for name in names),
        resources=(arns.glue_catalog(), arns.glue_database(scope.database), arns.glue_table(scope.database, "*")),
        need=_BEYOND,
        why="CREATE TABLE AS SELECT and INSERT INTO register tables and partitions.",
    )


def _optional(scope: Scope, options: Options) -> Iterator[Statement]:
    if options.checks and scope.results is not None:
        names = ("LifecycleConfiguration", "EncryptionConfiguration", "BucketVersioning", "BucketPublicAccessBlock")
        yield Statement(
            sid="ResultsBucketSettings",
            actions=(*(f"s3:Get{name}" for name in names), "s3:GetBucketPolicyStatus"),
            resources=(scope.arns.bucket(scope.results.bucket),),
            need=_RETENTION,
            why="Preflight looks at retention, encryption and public access of the results bucket.",
        )
    if options.checks and scope.source_buckets:
        yield Statement(
            sid="SourceBucketSettings",
            actions=("s3:GetBucketRequestPayment",),
            resources=tuple(scope.arns.bucket(bucket) for bucket in scope.source_buckets),
            need=_BEYOND,
            why="Preflight tells a source bucket whose reader pays.",
        )
    if options.checks and scope.in_glue:
        yield Statement(
            sid="AthenaCatalogSettings",
            actions=("athena:GetDataCatalog",),
            resources=(scope.arns.data_catalog(scope.data_catalog),),
            need=_BEYOND,
            why="Preflight looks at the data catalog.",
        )
    yield from _housekeeping(scope, options)
    if options.browse:
        yield from _browsing(scope)


def _housekeeping(scope: Scope, options: Options) -> Iterator[Statement]:
    if not options.retention or scope.results is None:
        return
    bucket = scope.arns.bucket(scope.results.bucket)
    if not options.checks:
        yield Statement(
            sid="ResultsRetention",
            actions=("s3:GetLifecycleConfiguration", "s3:GetBucketVersioning"),
            resources=(bucket,),
            need=_RETENTION,
            why="retention() reads what the bucket's lifecycle does with results.",
        )
    # IAM knows no lifecycle of a path: who may write it may have every object of the bucket removed.
    alone = not scope.results.prefix
    yield Statement(
        sid="ResultsPurge",
        actions=("s3:DeleteObject", *(("s3:PutLifecycleConfiguration",) if alone else ())),
        resources=(scope.arns.objects(scope.results.bucket, scope.results.prefix), *((bucket,) if alone else ())),
        need=_RETENTION,
        why="purge() deletes result files"
        + (", retention().apply() has the bucket delete them; nothing else in it is deleted." if alone else ".")
        + " Nothing else of the SDK deletes.",
    )


def _browsing(scope: Scope) -> Iterable[Statement]:
    arns = scope.arns
    yield Statement(
        sid="BrowseDatabases",
        actions=("glue:GetDatabases",),
        resources=(arns.glue_catalog(), arns.glue_database("*")),
        need=_GLUE,
        why="Forms list the databases to choose from.",
    )
    yield Statement(
        sid="Browse",
        actions=("athena:ListWorkGroups", "athena:ListDataCatalogs", "s3:ListAllMyBuckets"),
        resources=("*",),
        need=_BEYOND,
        why="Forms list workgroups, catalogs and buckets; these actions know no narrower resource.",
    )
