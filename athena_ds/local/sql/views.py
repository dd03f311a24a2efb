"""Views as Athena keeps them in Glue: the SQL in base64 JSON, the columns beside it in Hive's types."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from athena_ds.local.seam.engine import CATALOG
from athena_ds.local.seam.types import parse_hive


def view_entry(name: str, sql: str, *, columns: Sequence[dict[str, str]], database: str) -> dict[str, Any]:
    """A Glue TableInput. `runAsInvoker` makes it a view Trino itself reads, too."""
    body = {
        "originalSql": sql,
        "catalog": CATALOG,
        "schema": database,
        "columns": [{"name": column["Name"], "type": str(parse_hive(column["Type"]))} for column in columns],
        "runAsInvoker": True,
    }
    encoded = base64.b64encode(json.dumps(body).encode()).decode()
    return {
        "Name": name,
        "TableType": "VIRTUAL_VIEW",
        "PartitionKeys": [],
        "Parameters": {"comment": "Presto View", "presto_view": "true"},
        "ViewOriginalText": f"/* Presto View: {encoded} */",
        "ViewExpandedText": "/* Presto View */",
        "StorageDescriptor": {"Columns": list(columns), "Location": "", "SerdeInfo": {}},
    }
