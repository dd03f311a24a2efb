"""IAM that decides: every request of every service is judged from the policies moto stores.

`Guard(account=..., region=..., root=Key(...), enforce=True).wrap(app)` is the WSGI layer. Behind it the environ holds
the operation (`http.operation.requested`) and its `Caller` (`callers.caller_of`). What a query does in its caller's
name is asked of `may = guard.authorize(caller)`: `may("glue:GetTable", catalog_arn, database_arn, table_arn)` raises
`DeniedError`, whose message is AWS's sentence; `may.allows(action, resource)` only answers.
"""

from athena_ds.local.iam.callers import Caller, Key
from athena_ds.local.iam.decision import Decision, Policies, Request, decide
from athena_ds.local.iam.demands import Place
from athena_ds.local.iam.guard import Guard
from athena_ds.local.iam.judge import Authorizer, DeniedError, Judge
from athena_ds.local.iam.sts import Session, begin

__all__ = [
    "Authorizer",
    "Caller",
    "Decision",
    "DeniedError",
    "Guard",
    "Judge",
    "Key",
    "Place",
    "Policies",
    "Request",
    "Session",
    "begin",
    "decide",
]
