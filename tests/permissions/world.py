"""An account with IAM enforced, a database in one of three layouts, and an analyst whose policy a test decides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import boto3
from botocore.config import Config

from athena_ds import AthenaDataSource
from athena_ds.local import LocalAthena

Layout = Literal["one bucket", "several buckets", "partitions elsewhere"]
LAYOUTS: tuple[Layout, ...] = ("one bucket", "several buckets", "partitions elsewhere")
REGIONS = {"aws": "eu-west-1", "aws-cn": "cn-north-1"}
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
DATABASE, USER, PATH = "sales", "analyst", "analysts/jane"
TEXT = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"


class World:
    """One account. Everything here is done by its root; `ds` is the analyst's data source."""

    def __init__(self, layout: Layout = "one bucket", *, region: str = "eu-west-1", encrypted: bool = False) -> None:
        self.layout, self.region, self.encrypted = layout, region, encrypted
        self.local = LocalAthena(iam=True, samples=False, region=region)
        self.account = self.local.account_id
        self.partition = "aws-cn" if region.startswith("cn-") else "aws"
        self.results = "acme-lake" if layout == "one bucket" else "acme-results"
        self._clients: dict[tuple[str, str], Any] = {}
        self._make_data()
        self._make_user()
        self.ds = self.data_source()
        self.run_one()

    def client(self, service: str, *, region: str | None = None) -> Any:
        """A boto3 client of the root."""
        key = (service, region or self.region)
        if key not in self._clients:
            self._clients[key] = boto3.client(
                service,
                endpoint_url=self.local.endpoint_url,
                region_name=key[1],
                aws_access_key_id=self.local.access_key_id,
                aws_secret_access_key=self.local.secret_access_key,
                config=Config(retries={"total_max_attempts": 1}, proxies={}),
            )
        return self._clients[key]

    def data_source(self, **settings: Any) -> AthenaDataSource:
        """The analyst's data source. Waits are left out: an endpoint of one's own has no rates to stay below."""
        made = AthenaDataSource.from_access_key(
            access_key_id=self.keys["AccessKeyId"],
            secret_access_key=self.keys["SecretAccessKey"],
            **{
                "region": self.region,
                "database": DATABASE,
                "results_bucket": self.results,
                "results_path": PATH,
                "endpoint_url": self.local.endpoint_url,
                **settings,
            },
        )
        made.door.sleep = lambda seconds: None
        return made

    def grant(self, document: dict[str, Any]) -> None:
        """From now on the analyst may do this, and nothing else."""
        policy = json.dumps(document)
        self.client("iam").put_user_policy(UserName=USER, PolicyName="only", PolicyDocument=policy)

    @contextmanager
    def as_root(self) -> Iterator[AthenaDataSource]:
        """The analyst with every right, for looking around."""
        self.grant(EVERYTHING)
        yield self.ds

    def bucket(self, name: str, *, region: str | None = None) -> None:
        place = {"LocationConstraint": region or self.region}
        self.client("s3", region=place["LocationConstraint"]).create_bucket(
            Bucket=name, CreateBucketConfiguration=place
        )

    def put(self, bucket: str, key: str, body: bytes = b"1,2\n", **more: Any) -> None:
        self.client("s3").put_object(Bucket=bucket, Key=key, Body=body, **more)

    def encrypt(self, bucket: str, key: str) -> str:
        """Let a bucket encrypt with a KMS key of the account; the key's ARN."""
        arn = f"arn:{self.partition}:kms:{self.region}:{self.account}:key/{key}"
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}
        rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
        self.client("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=rules)
        return arn

    def table(self, name: str, location: str, *, keys: tuple[str, ...] = (), **parameters: str) -> None:
        storage = {
            "Columns": [{"Name": "a", "Type": "int"}],
            "Location": location,
            "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            "SerdeInfo": {"SerializationLibrary": TEXT, "Parameters": {"field.delim": ","}},
        }
        table = {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": storage,
            "PartitionKeys": [{"Name": key, "Type": "string"} for key in keys],
            "Parameters": parameters,
        }
        self.client("glue").create_table(DatabaseName=DATABASE, TableInput=table)

    def partition_at(self, table: str, value: str, location: str) -> None:
        partition = {"Values": [value], "StorageDescriptor": {"Location": location, "Columns": []}}
        self.client("glue").create_partition(DatabaseName=DATABASE, TableName=table, PartitionInput=partition)

    def run_one(self) -> str:
        """A finished execution in the workgroup's history."""
        athena = self.client("athena")
        place = {"OutputLocation": f"s3://{self.results}/earlier/"}
        name = athena.start_query_execution(QueryString="SELECT 1", ResultConfiguration=place)["QueryExecutionId"]
        while athena.get_query_execution(QueryExecutionId=name)["QueryExecution"]["Status"]["State"] in (
            "QUEUED",
            "RUNNING",
        ):
            pass
        return str(name)

    def left(self) -> dict[str, Any]:
        """Everything that could have been left behind: objects, uploads, executions, saved queries, Glue."""
        s3, athena, glue = self.client("s3"), self.client("athena"), self.client("glue")
        buckets = [each["Name"] for each in s3.list_buckets()["Buckets"]]
        tables = glue.get_tables(DatabaseName=DATABASE)["TableList"]
        return {
            "buckets": buckets,
            "objects": [(b, each["Key"]) for b in buckets for each in s3.list_objects_v2(Bucket=b).get("Contents", [])],
            "uploads": [
                (b, each["UploadId"])
                for b in buckets
                for each in s3.list_multipart_uploads(Bucket=b).get("Uploads", [])
            ],
            "lifecycle": [b for b in buckets if self._has_lifecycle(b)],
            "executions": athena.list_query_executions()["QueryExecutionIds"],
            "named queries": athena.list_named_queries()["NamedQueryIds"],
            "databases": [each["Name"] for each in glue.get_databases()["DatabaseList"]],
            "tables": [(each["Name"], each.get("VersionId"), str(each.get("UpdateTime"))) for each in tables],
        }

    def _has_lifecycle(self, bucket: str) -> bool:
        s3 = self.client("s3")
        try:
            return bool(s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"])
        except s3.exceptions.ClientError:
            return False

    def close(self) -> None:
        self.local.close()

    def _make_data(self) -> None:
        self.client("glue").create_database(DatabaseInput={"Name": DATABASE})
        self.bucket("acme-lake")
        if self.results != "acme-lake":
            self.bucket(self.results)
        match self.layout:
            case "one bucket":
                self._table_in("orders", "acme-lake", "data/orders")
                self._table_in("customers", "acme-lake", "data/customers")
            case "several buckets":
                self.bucket("acme-archive")
                self.bucket("acme-exports")
                if self.encrypted:
                    self.encrypt("acme-archive", "source-key")
                    self.encrypt("acme-exports", "exports-key")
                    self.encrypt("acme-results", "results-key")
                self._table_in("orders", "acme-lake", "orders")
                self._table_in("old_orders", "acme-archive", "orders/old")
            case "partitions elsewhere":
                self.bucket("acme-archive")
                self._table_in("orders", "acme-lake", "orders", keys=("year",))
                self.put("acme-archive", "2019/orders.csv")
                self.partition_at("orders", "2020", "s3://acme-lake/orders/year=2020/")
                self.partition_at("orders", "2019", "s3://acme-archive/2019/")

    def _table_in(self, name: str, bucket: str, prefix: str, *, keys: tuple[str, ...] = ()) -> None:
        self.put(bucket, f"{prefix}/{'year=2020/' if keys else ''}1.csv")
        self.table(name, f"s3://{bucket}/{prefix}/", keys=keys)

    def _make_user(self) -> None:
        iam = self.client("iam")
        iam.create_user(UserName=USER)
        self.keys = iam.create_access_key(UserName=USER)["AccessKey"]
        self.grant(EVERYTHING)
