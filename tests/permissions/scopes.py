"""Data sources as policies see them, written out: no endpoint is asked."""

from __future__ import annotations

from dataclasses import replace

from athena_ds.connection.partitions import Arns
from athena_ds.policy import Location, Options, Scope

ARNS = Arns(partition="aws", region="eu-west-1", account="111122223333")
PLAIN = Scope(
    arns=ARNS,
    workgroup="primary",
    database="sales",
    results=Location(bucket="acme-results", prefix="analysts/jane"),
    sources=(Location(bucket="acme-lake", prefix="orders"),),
)
RICH = replace(
    PLAIN,
    sources=(
        Location(bucket="acme-archive"),
        Location(bucket="acme-lake", prefix="orders"),
        Location(bucket="acme-lake", prefix="x"),
    ),
    partitioned=True,
    results_key="arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555",
    source_keys=("arn:aws:kms:eu-west-1:111122223333:key/66666666-2222-3333-4444-555555555555",),
    lake_formation=True,
)
ALL = Options(
    unload=("s3://acme-exports/",),
    ctas=("s3://acme-lake/tables/",),
    named_queries=True,
    prepared_statements=True,
    drivers=True,
    checks=True,
    retention=True,
    browse=True,
    history=True,
)
