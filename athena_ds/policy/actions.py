"""What is known of single IAM actions: the legacy ones, and those no check can prove."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LEGACY: Final[Mapping[str, str]] = {
    "athena:RunQuery": "athena:StartQueryExecution",
    "athena:CancelQueryExecution": "athena:StopQueryExecution",
    "athena:GetQueryExecutions": "athena:ListQueryExecutions and athena:BatchGetQueryExecution",
    "athena:GetExecutionEngine": "athena:GetWorkGroup",
    "athena:GetExecutionEngines": "athena:ListEngineVersions",
    "athena:GetCatalogs": "athena:ListDataCatalogs and athena:GetDataCatalog",
    "athena:GetNamespace": "athena:GetDatabase",
    "athena:GetNamespaces": "athena:ListDatabases",
    "athena:GetTable": "athena:GetTableMetadata",
    "athena:GetTables": "athena:ListTableMetadata",
}
"""Actions of JDBC drivers before 1.1.0: still valid, no API operation behind them; and what took their place."""

_LEGACY = "no API operation is behind it: only JDBC drivers before 1.1.0 asked for it"

UNPROVABLE: Final[Mapping[str, str]] = {
    **dict.fromkeys(LEGACY, _LEGACY),
    "athena:GetQueryResultsStream": "only the JDBC and ODBC drivers call it; no SDK has the operation",
    "lakeformation:GetDataAccess": "Athena asks for it inside a query; it has no call of its own",
    "glue:CreateTable": "it would make a table, and preflight leaves nothing behind",
    "s3:PutLifecycleConfiguration": "it would replace the bucket's lifecycle; retention().apply(confirm=True) uses it",
    "s3:DeleteObject": "preflight never deletes; purge(confirm=True) uses it",
}
"""Actions a generated policy may hold that no check proves, each with the reason."""
