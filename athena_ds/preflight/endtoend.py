"""The whole way once: an EXPLAIN, which Athena does not charge. Only when asked for: it leaves two small files."""

from __future__ import annotations

from ..errors import AccessDeniedError, QueryError
from ..execution import Destination, Submission, Submit
from ..policy import Grant
from .check import Check, Denial, DeniedError, Finding, failed, passed
from .probe import Probe

_SECONDS = 60.0


def check(probe: Probe) -> Check:
    """StartQueryExecution, GetQueryExecution, Glue, analysis, writing, GetQueryResults."""
    names = ("StartQueryExecution", "GetQueryExecution", "GetQueryResults")
    group = probe.arns.workgroup(probe.config.workgroup)
    grants = tuple(Grant(action=f"athena:{name}", resource=group) for name in names)
    return Check(id="query", ask=lambda: _query(probe), requires=("start", "tables"), grants=grants)


def _query(probe: Probe) -> Finding:
    config, tables = probe.config, [table for table in probe.known.tables if table.place is not None]
    # A name that Glue gives may hold anything, a quote too.
    table = ".".join(_quoted(each) for each in (config.database, tables[0].name)) if tables else ""
    sql = f"EXPLAIN SELECT * FROM {table}" if table else "EXPLAIN SELECT 1"
    place = Destination(
        output_location=config.output_location, expected_bucket_owner=probe.owner, encryption=config.encryption
    )
    submit = Submit(
        sql=sql,
        database=config.database,
        data_catalog=config.data_catalog,
        workgroup=config.workgroup,
        destination=None if probe.managed else place,
    )
    submission = Submission(probe.door, submit)
    submission.begin()
    try:
        execution = submission.wait(timeout=_SECONDS)
    except AccessDeniedError as error:
        denial = Denial(grant=Grant(action=error.action, resource=error.resource), by=error.by)
        raise DeniedError([denial], error.happened) from error
    except QueryError as error:
        return failed(error.happened, error.remedy or "Read what Athena says, and correct it.")
    name = probe.known.execution = execution.query_execution_id
    group = Grant(action="athena:GetQueryResults", resource=probe.arns.workgroup(config.workgroup))
    probe.ask("athena:GetQueryResults", group, QueryExecutionId=name, MaxResults=1)
    return passed(f"{sql} ran as {name}; its result is at {execution.output_location}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
