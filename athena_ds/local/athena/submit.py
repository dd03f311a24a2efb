"""StartQueryExecution: everything Athena decides before a query is queued."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from athena_ds.local.athena.errors import invalid, malformed
from athena_ds.local.athena.executions import Executions, QueryExecution, Settings
from athena_ds.local.athena.layout import file_of
from athena_ds.local.athena.parameters import classified
from athena_ds.local.athena.prepared import Prepared, resolved
from athena_ds.local.athena.workgroups import Workgroups, is_location
from athena_ds.local.iam.callers import Caller
from athena_ds.local.s3.objects import Location, Store
from athena_ds.local.seam.engine import CATALOG, EngineError
from athena_ds.local.seam.run import Executor, MissingTargetError, Place, Plan, Rights

_NO_LOCATION = (
    "No output location provided. An output location is required either through the Workgroup result configuration "
    "setting or as an API input."
)
_NOT_FOUND = (
    "Entity Not Found (Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException; "
    "Request ID: {}; Proxy: null)"
)
_OTHER_REGION = (
    "The S3 location provided to save your query results is invalid. Please check your S3 location is correct and is "
    "in the same region and try again. If you continue to see the issue, contact customer support for further "
    "assistance."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What StartQueryExecution needs of its region."""

    executions: Executions
    workgroups: Workgroups
    prepared: Prepared
    executor: Callable[[], Executor]
    store: Store
    rights: Callable[[Caller], Rights]
    enqueue: Callable[[QueryExecution], None]

    def start(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """Check, plan and queue; the same ClientRequestToken gives the same execution."""
        token = request.get("ClientRequestToken")
        if token is None:
            raise invalid("clientRequestToken is null or empty")
        # The request is judged before the token is looked at, as Athena does; and outside the lock, as parsing takes a
        # while: of two at once with one token the first counts.
        execution = self._execution(request, caller)
        known = self.executions.add_once(execution, token, _compared(request))
        if known is not None:
            return {"QueryExecutionId": _same_request(known, request)}
        self.enqueue(execution)
        return {"QueryExecutionId": execution.id}

    def _execution(self, request: dict[str, Any], caller: Caller) -> QueryExecution:
        settings = self._settings(request)
        rights = self.rights(caller)
        if settings.output is not None:
            self._output_bucket(settings, rights)
        sql = _trimmed(request["QueryString"])
        plan, parameters = self._planned(sql, settings)
        plan = self._placed(plan, settings, rights)
        identifier = str(uuid.uuid4())
        return QueryExecution(
            id=identifier,
            sql=sql,
            plan=plan,
            settings=_with(settings, parameters),
            caller=caller,
            rights=rights,
            file=None if settings.output is None else file_of(plan, settings.output, identifier),
        )

    def _placed(self, plan: Plan, settings: Settings, rights: Rights) -> Plan:
        """The plan with its target looked at; what Athena refuses to start is refused here."""
        store = self.store
        place = Place(account_id=store.account, region=store.region, database=settings.database, rights=rights)
        try:
            return self.executor().placed(plan, place)
        except MissingTargetError as missing:
            if missing.catalog is not None:
                raise invalid(f"Catalog '{missing.catalog}' does not exist", "DATACATALOG_NOT_FOUND") from missing
            raise invalid(_NOT_FOUND.format(uuid.uuid4())) from missing

    def _planned(self, sql: str, settings: Settings) -> tuple[Plan, tuple[str, ...]]:
        try:
            own = resolved(sql, self.prepared, settings.workgroup)
            if own is not None and own.change is not None:
                return own.plan(), ()
            plan = self.executor().plan(sql if own is None else own.sql)
        except EngineError as error:
            raise malformed(_place(error)) from error
        if not plan.placeholders:
            return plan, ()
        using = own.parameters if own is not None else ()
        values = using or tuple(classified(value) for value in settings.parameters)
        if len(values) != plan.placeholders:
            raise invalid(
                f"Incorrect number of parameters: expected {plan.placeholders} but found {len(values)}",
                "INVALID_PARAMETER_USAGE",
            )
        return plan, values

    def _settings(self, request: dict[str, Any]) -> Settings:
        name = request.get("WorkGroup") or "primary"
        group = self.workgroups.get(name)
        if group["State"] != "ENABLED":
            raise invalid(f"WorkGroup {name} is disabled.")
        configuration = group["Configuration"]
        context = request.get("QueryExecutionContext") or {}
        shown = {key: value.lower() if key == "Catalog" else value for key, value in context.items()}
        managed = bool((configuration.get("ManagedQueryResultsConfiguration") or {}).get("Enabled"))
        chosen = _results(request, configuration, managed=managed)
        reuse = (request.get("ResultReuseConfiguration") or {}).get("ResultReuseByAgeConfiguration") or {}
        if managed and reuse.get("Enabled"):
            raise invalid("Query result reuse is not supported for workgroups with managed query results")
        return Settings(
            workgroup=name,
            catalog=shown.get("Catalog", CATALOG),
            # awswrangler quotes it for its Hive statements, and Athena takes that.
            database=context.get("Database", "default").strip("`").lower(),
            context=shown,
            output=None if managed else _folder(chosen.get("OutputLocation")),
            output_enforced=bool(configuration["EnforceWorkGroupConfiguration"] and chosen.get("OutputLocation")),
            encryption=_encryption(chosen.get("EncryptionConfiguration")),
            expected_owner=chosen.get("ExpectedBucketOwner"),
            acl=chosen.get("AclConfiguration"),
            cutoff=configuration.get("BytesScannedCutoffPerQuery"),
            parameters=tuple(request.get("ExecutionParameters") or ()),
            reuse_minutes=int(reuse.get("MaxAgeInMinutes", 60)) if reuse.get("Enabled") else None,
            engine_version=configuration["EngineVersion"]["SelectedEngineVersion"],
        )

    def _output_bucket(self, settings: Settings, rights: Rights) -> None:
        """The bucket exists, is the expected owner's and in this region, and the caller may know it."""
        name = Location.parse(settings.output or "").bucket
        bucket = self.store.bucket(name)
        if bucket is None:
            raise invalid(f"Unable to verify/create output bucket {name}")
        try:
            rights.require("s3:GetBucketLocation", bucket.arn)
        except EngineError:
            raise invalid(f"Unable to verify/create output bucket {name}") from None
        if settings.expected_owner not in (None, bucket.account_id):
            raise invalid(f"The expected bucket owner does not own the output bucket {name}")
        if bucket.region_name != self.store.region:
            raise invalid(_OTHER_REGION)


def _results(request: Mapping[str, Any], configuration: Mapping[str, Any], *, managed: bool) -> Mapping[str, Any]:
    """The client's result settings, the workgroup's where it enforces or the client is silent."""
    given, group = request.get("ResultConfiguration") or {}, configuration.get("ResultConfiguration") or {}
    if managed:
        return {}
    if "OutputLocation" in given and not is_location(given["OutputLocation"]):
        raise invalid("outputLocation is not a valid S3 path.")
    if configuration["EnforceWorkGroupConfiguration"] and group:
        return dict(group)
    chosen = {**group, **given}
    if not chosen.get("OutputLocation"):
        raise invalid(_NO_LOCATION)
    return chosen


def _encryption(chosen: Mapping[str, str] | None) -> Mapping[str, str] | None:
    if chosen and chosen.get("EncryptionOption") == "CSE_KMS":
        raise invalid("The local endpoint does not encrypt on the client's side (CSE_KMS)")
    return dict(chosen) if chosen else None


def _folder(location: str | None) -> str:
    if not location:
        raise invalid(_NO_LOCATION)
    return location if location.endswith("/") else f"{location}/"


def _trimmed(sql: str) -> str:
    """Athena takes a closing semicolon and the blanks around off."""
    return sql.strip().removesuffix(";").rstrip()


def _compared(request: Mapping[str, Any]) -> tuple[Any, ...]:
    """What must be the same when a token is sent again; parameters and workgroup are not looked at."""
    context = request.get("QueryExecutionContext") or {}
    output = (request.get("ResultConfiguration") or {}).get("OutputLocation")
    return (request["QueryString"], context.get("Catalog"), context.get("Database"), output)


def _same_request(known: tuple[str, tuple[Any, ...]], request: Mapping[str, Any]) -> str:
    identifier, before = known
    if before != _compared(request):
        raise invalid("Idempotent parameters do not match", "IDEMPOTENT_PARAMETER_MISMATCH")
    return identifier


def _place(error: EngineError) -> str:
    """`line 1:1: mismatched input ...`: a refusal does not carry the error's name."""
    place = f"line {error.line}:{error.column}: " if error.line is not None else ""
    return f"{place}{error.message}"


def _with(settings: Settings, parameters: tuple[str, ...]) -> Settings:
    return replace(settings, parameters=parameters or settings.parameters)
