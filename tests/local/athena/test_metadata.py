"""Data catalogs, databases and tables through the Athena API."""

from __future__ import annotations

from typing import Any

import pytest

from athena_ds.local import LocalAthena
from tests.conftest import clients_of
from tests.local.athena.calls import refused

CATALOG = {"CatalogName": "AwsDataCatalog"}


@pytest.fixture(scope="module", autouse=True)
def tables(endpoint: LocalAthena) -> None:
    glue = clients_of(endpoint)("glue")
    glue.create_database(DatabaseInput={"Name": "Sales", "Description": "what was sold"})
    for name in ("orders", "order_lines", "customers"):
        glue.create_table(
            DatabaseName="sales",
            TableInput={
                "Name": name,
                "TableType": "EXTERNAL_TABLE",
                "Parameters": {"classification": "parquet"},
                "PartitionKeys": [{"Name": "day", "Type": "date"}],
                "StorageDescriptor": {
                    "Columns": [{"Name": "id", "Type": "bigint", "Comment": "the id"}, {"Name": "x", "Type": "string"}],
                    "Location": "s3://lake/orders/",
                    "InputFormat": "in",
                    "OutputFormat": "out",
                    "SerdeInfo": {"SerializationLibrary": "serde", "Parameters": {"a": "b"}},
                },
            },
        )


def test_the_glue_catalog_is_always_there(athena: Any) -> None:
    """`AwsDataCatalog`, of type GLUE."""
    assert athena.get_data_catalog(Name="AwsDataCatalog")["DataCatalog"]["Type"] == "GLUE"
    listed = athena.list_data_catalogs()["DataCatalogsSummary"]
    assert listed[0] == {"CatalogName": "AwsDataCatalog", "Type": "GLUE", "Status": "CREATE_COMPLETE"}
    found = refused(athena.get_data_catalog, Name="none")
    assert found["AthenaErrorCode"] == "DATACATALOG_NOT_FOUND"


def test_other_catalogs_are_kept_but_not_reached(athena: Any) -> None:
    """Registered, updated, listed; looking into a Lambda catalog is a MetadataException."""
    athena.create_data_catalog(Name="remote", Type="LAMBDA", Parameters={"function": "arn"}, Description="d")
    athena.update_data_catalog(Name="remote", Type="LAMBDA", Description="e")
    assert athena.get_data_catalog(Name="remote")["DataCatalog"]["Description"] == "e"
    assert refused(athena.list_databases, CatalogName="remote")["Code"] == "MetadataException"
    athena.delete_data_catalog(Name="remote")
    assert refused(athena.get_data_catalog, Name="remote")["AthenaErrorCode"] == "DATACATALOG_NOT_FOUND"


def test_databases(athena: Any) -> None:
    """Names are folded to lower case, whatever they were made with."""
    listed = athena.list_databases(**CATALOG)["DatabaseList"]
    assert {"Name": "sales", "Description": "what was sold"} in listed
    assert athena.get_database(**CATALOG, DatabaseName="SALES")["Database"]["Name"] == "sales"
    assert refused(athena.get_database, **CATALOG, DatabaseName="nope")["Code"] == "MetadataException"


def test_a_table_with_its_columns_partition_keys_and_parameters(athena: Any) -> None:
    """Columns with types and comments; location and SerDe among the parameters."""
    found = athena.get_table_metadata(**CATALOG, DatabaseName="sales", TableName="ORDERS")["TableMetadata"]
    assert found["Columns"] == [
        {"Name": "id", "Type": "bigint", "Comment": "the id"},
        {"Name": "x", "Type": "string"},
    ]
    assert found["PartitionKeys"] == [{"Name": "day", "Type": "date"}]
    assert found["TableType"] == "EXTERNAL_TABLE"
    assert found["Parameters"] == {
        "classification": "parquet",
        "location": "s3://lake/orders/",
        "inputformat": "in",
        "outputformat": "out",
        "serde.serialization.lib": "serde",
        "serde.param.a": "b",
    }
    missing = refused(athena.get_table_metadata, **CATALOG, DatabaseName="sales", TableName="nope")
    assert missing["Code"] == "MetadataException"
    assert "nope" in missing["Message"]


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        (None, ["customers", "order_lines", "orders"]),
        ("order.*", ["order_lines", "orders"]),
        ("order*", ["order_lines", "orders"]),
        ("ORDERS", ["orders"]),
        ("*", ["customers", "order_lines", "orders"]),
        ("rder", []),
        ("orders|customers", ["customers", "orders"]),
    ],
)
def test_tables_by_expression(athena: Any, expression: str | None, names: list[str]) -> None:
    """A regular expression on the whole name."""
    asked = {} if expression is None else {"Expression": expression}
    found = athena.list_table_metadata(**CATALOG, DatabaseName="sales", **asked)["TableMetadataList"]
    assert [one["Name"] for one in found] == names


def test_tables_in_pages_and_names_alone(athena: Any) -> None:
    """MaxResults and NextToken; AttributesToGet leaves everything but the name out."""
    first = athena.list_table_metadata(**CATALOG, DatabaseName="sales", MaxResults=2)
    rest = athena.list_table_metadata(**CATALOG, DatabaseName="sales", MaxResults=2, NextToken=first["NextToken"])
    assert [one["Name"] for one in first["TableMetadataList"] + rest["TableMetadataList"]] == [
        "customers",
        "order_lines",
        "orders",
    ]
    assert "NextToken" not in rest
    names = athena.list_table_metadata(**CATALOG, DatabaseName="sales", AttributesToGet=["NAME"])
    assert names["TableMetadataList"] == [{"Name": "customers"}, {"Name": "order_lines"}, {"Name": "orders"}]


def test_regions_do_not_meet(athena: Any, endpoint: LocalAthena) -> None:
    """A database of one region is not seen in another."""
    import boto3

    elsewhere = boto3.client(
        "athena",
        region_name="eu-west-1",
        endpoint_url=endpoint.endpoint_url,
        aws_access_key_id=endpoint.access_key_id,
        aws_secret_access_key=endpoint.secret_access_key,
    )
    assert elsewhere.list_databases(**CATALOG)["DatabaseList"] == []
