"""Athena: the workgroup, and starting, following, reading and stopping queries without leaving one behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from uuid import uuid4

from ..errors import CallError, DeniedBy, InvalidRequestError, NotFoundError, ThrottledError
from ..location import WorkGroup
from ..policy import Grant, Location
from . import prepared
from .check import Check, Denial, DeniedError, Finding, failed, passed, skipped, warning
from .probe import Probe

_UNREADABLE = "SELEC 1 -- athena_ds preflight: never meant to parse"
_ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")


def checks(probe: Probe) -> list[Check]:
    """The workgroup, then every call a query makes, on what is there already."""

    def on(*actions: str) -> tuple[Grant, ...]:
        return tuple(Grant(action=f"athena:{name}", resource=_group(probe)) for name in actions)

    def one(
        name: str, ask: Callable[[Probe], Finding], *actions: str, required: bool = True, after: str = "identity"
    ) -> Check:
        # In a workgroup that is missing or disabled every call fails for the same cause.
        spoilt_by = () if name == "workgroup" else ("workgroup",)
        return Check(
            id=name,
            ask=lambda: ask(probe),
            requires=(after,),
            spoilt_by=spoilt_by,
            grants=on(*actions),
            required=required,
        )

    made = [
        one("workgroup", _workgroup, "GetWorkGroup", required=False),
        one("workgroup-location", _location, after="workgroup"),
        one("start", _start, "StartQueryExecution"),
        one("history", _history, "ListQueryExecutions", required=False),
        one("execution", _execution, "GetQueryExecution", after="history"),
        one("rows", _rows, "GetQueryResults", after="history"),
        one("stop", _stop, "StopQueryExecution", after="history"),
    ]
    if probe.means("athena:BatchGetQueryExecution"):
        made.append(one("executions", _executions, "BatchGetQueryExecution", required=False, after="history"))
    if probe.means("athena:ListNamedQueries"):
        made.append(one("saved-queries", _saved, "ListNamedQueries", required=False))
    saved = [name for name in ("GetNamedQuery", "BatchGetNamedQuery") if probe.means(f"athena:{name}")]
    made.append(one("named-query", _named, "CreateNamedQuery", "DeleteNamedQuery", *saved, required=False))
    return [*made, *prepared.checks(probe), *_lists(probe)]


def _lists(probe: Probe) -> list[Check]:
    """For forms that offer workgroups and catalogs to choose from."""
    made = []
    for name, action in (("workgroups", "ListWorkGroups"), ("data-catalogs", "ListDataCatalogs")):
        grant = Grant(action=f"athena:{action}")
        if probe.means(grant.action):
            ask = partial(_listed, probe, grant)
            made.append(Check(id=name, ask=ask, requires=("identity",), grants=(grant,), required=False))
    return made


def _listed(probe: Probe, grant: Grant) -> Finding:
    probe.ask(grant.action, grant, MaxResults=2)
    return passed(f"{grant.action} was answered")


def _group(probe: Probe) -> str:
    return probe.arns.workgroup(probe.config.workgroup)


def _on(probe: Probe, action: str) -> Grant:
    return Grant(action=f"athena:{action}", resource=_group(probe))


def _workgroup(probe: Probe) -> Finding:
    name = probe.config.workgroup
    try:
        answer = probe.ask("athena:GetWorkGroup", _on(probe, "GetWorkGroup"), WorkGroup=name)
    except (NotFoundError, InvalidRequestError) as error:
        remedy = f"Check the name '{name}' and the region {probe.config.region}, or have the workgroup made."
        return failed(error.happened, remedy)
    group = probe.known.workgroup = WorkGroup.from_answer(answer["WorkGroup"])
    said = f"athena:GetWorkGroup: '{name}', {'enabled' if group.enabled else 'DISABLED'}, {group.engine_version}"
    if not group.enabled:
        return failed(said, f"Have workgroup '{name}' enabled, or use another one.")
    if "spark" in group.engine_version.lower():
        return failed(said, "Use a workgroup with the engine Athena SQL: this one runs notebooks only.")
    return passed(said)


def _location(probe: Probe) -> Finding:
    group, config = probe.known.workgroup, probe.config
    if group is None:
        return skipped("The workgroup's settings are not known.")
    if group.managed_results:
        remedy = "Nothing to do; to keep results longer than a day, use a workgroup without managed query results."
        return warning("The workgroup keeps results itself, for a day; the results path is not used.", remedy)
    elsewhere = group.output_location if group.enforced else None
    if elsewhere is None:
        return passed("The workgroup takes the location each query names.")
    if Location.of(elsewhere) == Location.of(config.output_location):
        return passed(f"The workgroup enforces the same place: {elsewhere}")
    said = f"The workgroup enforces its own settings: results go to {elsewhere}, not to {config.output_location}."
    remedy = "Take that place as results bucket and path, or use a workgroup that does not enforce its settings."
    return failed(said, remedy) if config.strict_location else warning(said, remedy)


def _start(probe: Probe) -> Finding:
    """A statement that Athena refuses to parse: no execution comes to exist."""
    config = probe.config
    sent = {} if probe.managed else {"ResultConfiguration": {"OutputLocation": config.output_location}}
    try:
        answer = probe.ask(
            "athena:StartQueryExecution",
            _on(probe, "StartQueryExecution"),
            QueryString=_UNREADABLE,
            ClientRequestToken=str(uuid4()),
            WorkGroup=config.workgroup,
            **sent,
        )
    except InvalidRequestError as error:
        if error.code == "MALFORMED_QUERY" or "mismatched input" in error.message:
            return passed("athena:StartQueryExecution was allowed; its statement was refused, so nothing ran.")
        if re.search(r"output ?(bucket|location)|S3 location", error.message, re.IGNORECASE):
            return skipped(f"Athena looked at the results location first: {error.message}", "See the results' checks.")
        return failed(error.happened, error.remedy or "Correct what Athena names.")
    name = str(answer["QueryExecutionId"])
    probe.ask("athena:StopQueryExecution", _on(probe, "StopQueryExecution"), QueryExecutionId=name)
    return warning(f"Athena took a statement it cannot read, as {name}; it was stopped.", "Nothing to do.")


def _history(probe: Probe) -> Finding:
    asked = {"WorkGroup": probe.config.workgroup, "MaxResults": 50}
    answer = probe.ask("athena:ListQueryExecutions", _on(probe, "ListQueryExecutions"), **asked)
    names = answer.get("QueryExecutionIds", [])
    probe.known.execution = names[-1] if names else ""
    return passed(f"athena:ListQueryExecutions: {len(names)} on the first page")


_NONE_YET = "The workgroup has no execution yet to ask about."
_RUN_ONE = "Run a query, or prove it with preflight(depth='query')."


def _execution(probe: Probe) -> Finding:
    if not probe.known.execution:
        return skipped(_NONE_YET, _RUN_ONE)
    name = probe.known.execution
    answer = probe.ask("athena:GetQueryExecution", _on(probe, "GetQueryExecution"), QueryExecutionId=name)
    return passed(f"athena:GetQueryExecution: {name} is {answer['QueryExecution']['Status']['State']}")


def _executions(probe: Probe) -> Finding:
    if not probe.known.execution:
        return skipped(_NONE_YET, _RUN_ONE)
    grant = _on(probe, "BatchGetQueryExecution")
    answer = probe.ask("athena:BatchGetQueryExecution", grant, QueryExecutionIds=[probe.known.execution])
    # What may not be seen is left unprocessed instead of being refused.
    for left in answer.get("UnprocessedQueryExecutionIds", []):
        said = str(left.get("ErrorMessage") or "the execution was left unprocessed")
        raise DeniedError([Denial(grant=grant, by=DeniedBy.told(said))], said)
    return passed("athena:BatchGetQueryExecution: 1 of 1")


def _rows(probe: Probe) -> Finding:
    if not probe.known.execution:
        return skipped(_NONE_YET, _RUN_ONE)
    name, grant = probe.known.execution, _on(probe, "GetQueryResults")
    try:
        probe.ask("athena:GetQueryResults", grant, QueryExecutionId=name, MaxResults=1)
    except DeniedError as denied:
        if denied.denials[0].grant.action.startswith("athena:"):
            raise
        return passed(
            f"athena:GetQueryResults was allowed on {name}; its file may not be read ({denied.denials[0].grant})."
        )
    except (InvalidRequestError, NotFoundError) as error:
        # It failed, it still runs, or its files are gone: the call itself was allowed.
        return passed(f"athena:GetQueryResults was allowed on {name} ({error.code}).")
    return passed(f"athena:GetQueryResults: {name} gave its first row")


def _stop(probe: Probe) -> Finding:
    """Stopping what has ended does nothing; nobody's running query is touched."""
    name = probe.known.execution
    if not name:
        return skipped(_NONE_YET, _RUN_ONE)
    state = _state(probe, name)
    if state not in _ENDED:
        return skipped(f"The oldest execution on the page, {name}, is {state}: it was left alone.", "Ask again later.")
    try:
        probe.ask("athena:StopQueryExecution", _on(probe, "StopQueryExecution"), QueryExecutionId=name)
    except InvalidRequestError as error:
        return passed(f"athena:StopQueryExecution was allowed on {name}, which has ended ({error.code}).")
    return passed(f"athena:StopQueryExecution was allowed on {name}, which has ended.")


def _state(probe: Probe, name: str) -> str:
    """The state of an execution. Where it may not be seen it is taken for ended: it is the oldest of fifty."""
    try:
        answer = probe.door.call("athena:GetQueryExecution", QueryExecutionId=name)
    except ThrottledError:
        raise
    except CallError:
        return "unknown"
    return str(answer["QueryExecution"]["Status"]["State"])


def _saved(probe: Probe) -> Finding:
    asked = {"WorkGroup": probe.config.workgroup, "MaxResults": 1}
    answer = probe.ask("athena:ListNamedQueries", _on(probe, "ListNamedQueries"), **asked)
    return passed(f"athena:ListNamedQueries: {len(answer.get('NamedQueryIds', []))} on the first page")


def _named(probe: Probe) -> Finding:
    """The document's words: create and delete a query. Only where the policy in use means to allow both."""
    if not (probe.means("athena:CreateNamedQuery") and probe.means("athena:DeleteNamedQuery")):
        remedy = "To have it proven, hand over the policy in use: preflight(policy=ds.policy(named_queries=True))."
        return skipped(f"Would make a saved query with athena:CreateNamedQuery on {_group(probe)}.", remedy)
    answer = probe.ask(
        "athena:CreateNamedQuery",
        _on(probe, "CreateNamedQuery"),
        Name="athena_ds preflight",
        Description="Made and deleted again to prove that it can be.",
        Database=probe.config.database,
        QueryString="SELECT 1",
        ClientRequestToken=str(uuid4()),
        WorkGroup=probe.config.workgroup,
    )
    name = str(answer["NamedQueryId"])
    denied = _looked_at(probe, name)
    try:
        probe.ask("athena:DeleteNamedQuery", _on(probe, "DeleteNamedQuery"), NamedQueryId=name)
    except DeniedError as refused:
        said = f"{refused.said} The saved query {name} was left behind: delete it when that is allowed."
        raise DeniedError([*denied, *refused.denials], said) from refused
    if denied:
        raise DeniedError(denied, f"The saved query was made and deleted; {denied[0].grant.action} on it was denied.")
    return passed(f"athena:CreateNamedQuery and athena:DeleteNamedQuery: {name} was made and is gone")


def _looked_at(probe: Probe, name: str) -> list[Denial]:
    """What of reading a saved query the policy in use means to allow, and is denied."""
    denied: list[Denial] = []
    if probe.means("athena:GetNamedQuery"):
        try:
            probe.ask("athena:GetNamedQuery", _on(probe, "GetNamedQuery"), NamedQueryId=name)
        except DeniedError as refused:
            denied += refused.denials
    if probe.means("athena:BatchGetNamedQuery"):
        grant = _on(probe, "BatchGetNamedQuery")
        try:
            answer = probe.ask("athena:BatchGetNamedQuery", grant, NamedQueryIds=[name])
            left = answer.get("UnprocessedNamedQueryIds", [])
            denied += [Denial(grant=grant, by=DeniedBy.told(str(one.get("ErrorMessage")))) for one in left]
        except DeniedError as refused:
            denied += refused.denials
    return denied
