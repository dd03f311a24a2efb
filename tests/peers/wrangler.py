"""What awswrangler is asked to do; run by its own interpreter, prints JSON."""

import json
import os
import sys
import uuid

import awswrangler as wr
import pandas as pd

bucket = sys.argv[1]
wr.config.s3_endpoint_url = wr.config.athena_endpoint_url = os.environ["AWS_ENDPOINT_URL"]
wr.config.glue_endpoint_url = wr.config.sts_endpoint_url = os.environ["AWS_ENDPOINT_URL"]
place = {"database": "nyc", "s3_output": f"s3://{bucket}/wrangler/"}
empty = {**place, "s3_output": f"s3://{bucket}/wrangler-unload/{uuid.uuid4()}/"}
sql = "SELECT carrier, name FROM airlines ORDER BY carrier LIMIT 3"


def rows(frame: pd.DataFrame) -> list[list[object]]:
    return sorted(frame.astype(object).where(frame.notna(), None).to_numpy().tolist())


found: dict[str, object] = {}
found["csv"] = rows(wr.athena.read_sql_query(sql, ctas_approach=False, **place))
found["ctas"] = rows(wr.athena.read_sql_query(sql, ctas_approach=True, **place))
found["unload"] = rows(wr.athena.read_sql_query(sql, ctas_approach=False, unload_approach=True, **empty))
found["chunks"] = [
    len(one) for one in wr.athena.read_sql_query("SELECT * FROM airlines", ctas_approach=False, chunksize=10, **place)
]
found["table"] = len(wr.athena.read_sql_table("airlines", ctas_approach=False, **place))
found["describe"] = wr.athena.describe_table("airlines", **place)["Column Name"].tolist()
found["show"] = "CREATE EXTERNAL TABLE" in wr.athena.show_create_table("airlines", **place)
found["repair"] = wr.athena.repair_table("flights", **place)
found["databases"] = wr.catalog.databases()["Database"].tolist()
frame = pd.DataFrame({"id": [1, 2, 3], "name": ["a", None, ""], "day": ["x", "x", "y"]})
wr.catalog.create_database("wrangled", exist_ok=True)
wr.s3.to_parquet(
    frame, path=f"s3://{bucket}/wrangled/t/", dataset=True, database="wrangled", table="t", partition_cols=["day"]
)
found["types"] = wr.catalog.get_table_types("wrangled", "t")
found["written"] = rows(
    wr.athena.read_sql_query(
        "SELECT id, name, day FROM t", database="wrangled", s3_output=place["s3_output"], ctas_approach=False
    )
)
found["partitions"] = sorted(wr.catalog.get_partitions("wrangled", "t").values())
json.dump(found, sys.stdout)
