"""Values the tests make by hand."""

from __future__ import annotations

import uuid

from athena_ds.local.athena.executions import QueryExecution, Settings, State
from athena_ds.local.iam.callers import Caller
from athena_ds.local.seam.run import EVERYTHING, Plan


def execution(state: State = "QUEUED", sql: str = "SELECT 1") -> QueryExecution:
    """An execution nobody runs."""
    settings = Settings(workgroup="primary", catalog="awsdatacatalog", database="default", output="s3://x/")
    plan = Plan(sql=sql, statement_type="DML", substatement_type="SELECT", statement=None)
    caller = Caller(account="123456789012", region="us-east-1")
    return QueryExecution(
        id=str(uuid.uuid4()),
        sql=sql,
        plan=plan,
        settings=settings,
        caller=caller,
        rights=EVERYTHING,
        file=None,
        state=state,
    )
