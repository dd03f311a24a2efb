"""StartQueryExecution: what is sent, checked beforehand, with one ClientRequestToken a submit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from ..aws import Door
from ..connection.config import Encryption
from ..errors import InvalidRequestError, ParameterError, QuerySyntaxError
from . import journal
from .diagnosis import diagnose
from .parameters import unbound
from .pasted import stranger_at
from .place import place_in

# Athena's quotas; the API refuses what is longer.
_QUERY_BYTES = 262_144
_PARAMETER_CHARACTERS = 1024
_LONGEST_REUSE = 10_080


def _token() -> str:
    return str(uuid4())


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a result is asked to land.

    Attributes:
        output_location: `s3://bucket/path/`.
        expected_bucket_owner: The account that must own the bucket.
        encryption: How the files are encrypted; the bucket's default when None.
    """

    output_location: str
    expected_bucket_owner: str | None = None
    encryption: Encryption | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """One query as it is sent. Its token makes a repeated call find the same execution.

    Attributes:
        sql: The statement.
        parameters: SQL literals for the `?` in it, in order.
        database: For unqualified names.
        data_catalog: For unqualified names.
        workgroup: Where it runs.
        destination: None where Athena keeps results itself.
        reuse_minutes: How old a result may be to be given again; None for never.
        token: The ClientRequestToken.

    Raises:
        ParameterError: For what Athena's limits would refuse.
    """

    sql: str
    parameters: tuple[str, ...] = ()
    database: str
    data_catalog: str = "AwsDataCatalog"
    workgroup: str = "primary"
    destination: Destination | None = None
    reuse_minutes: int | None = None
    token: str = field(default_factory=_token, repr=False, compare=False)

    def __post_init__(self) -> None:
        size = len(self.sql.encode("utf-8", "surrogatepass"))
        if not self.sql.strip():
            raise ParameterError("The query is empty.", remedy="Give a SQL statement, such as SELECT 1.")
        if size > _QUERY_BYTES:
            remedy = "Put long lists into a table, or pass values as parameters."
            raise ParameterError(f"The query has {size:,} bytes; Athena takes {_QUERY_BYTES:,}.", remedy=remedy)
        for number, text in enumerate(self.parameters, 1):
            if not 1 <= len(text) <= _PARAMETER_CHARACTERS:
                said = f"Parameter {number} has {len(text):,} characters as a literal; Athena takes 1 to 1,024."
                raise ParameterError(said, remedy="Put long values into a table and join with it.")
        if self.reuse_minutes is not None and not 0 <= self.reuse_minutes <= _LONGEST_REUSE:
            raise ParameterError(f"Results can be reused for 0 to {_LONGEST_REUSE:,} minutes, at most a week.")

    def again(self) -> Submit:
        """The same query as a new submit, with a token of its own."""
        return replace(self, token=_token())

    def params(self) -> Mapping[str, Any]:
        """The operation's parameters."""
        reuse = {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": self.reuse_minutes}}
        return {
            "QueryString": self.sql,
            "ClientRequestToken": self.token,
            "QueryExecutionContext": {"Database": self.database, "Catalog": self.data_catalog},
            "WorkGroup": self.workgroup,
            "ResultConfiguration": _configuration(self.destination) if self.destination else None,
            "ExecutionParameters": list(self.parameters) or None,
            "ResultReuseConfiguration": reuse if self.reuse_minutes is not None else None,
        }


def start(door: Door, submit: Submit) -> str:
    """Submit a query and return its id.

    Raises:
        QuerySyntaxError: When Athena cannot parse it; then no execution exists.
    """
    try:
        answer = door.call("athena:StartQueryExecution", **submit.params())
    except InvalidRequestError as error:
        if syntax := _syntax_error(error, submit):
            raise syntax from error
        error.remedy = error.remedy or _to_do(error, submit)
        raise
    name = str(answer["QueryExecutionId"])
    journal.begun(name, region=door.region, endpoint_url=door.endpoint_url)
    return name


def _configuration(destination: Destination) -> dict[str, Any]:
    sent: dict[str, Any] = {"OutputLocation": destination.output_location}
    if destination.expected_bucket_owner:
        sent["ExpectedBucketOwner"] = destination.expected_bucket_owner
    if destination.encryption:
        chosen = destination.encryption
        sent["EncryptionConfiguration"] = {"EncryptionOption": chosen.option}
        if chosen.kms_key:
            sent["EncryptionConfiguration"]["KmsKey"] = chosen.kms_key
    return sent


def _syntax_error(error: InvalidRequestError, submit: Submit) -> QuerySyntaxError | None:
    """What Athena's refusal says of the SQL; None where it is about something else."""
    if error.code != "MALFORMED_QUERY" and "mismatched input" not in error.message:
        return None
    return QuerySyntaxError(
        reason=error.message,
        query=submit.sql,
        remedy=_to_do(error, submit),
        name="MALFORMED_QUERY",
        place=place_in(submit.sql, error.message),
    )


def _to_do(error: InvalidRequestError, submit: Submit) -> str:
    """What mends it: another character, values for the places that have none, or what Athena's words call for."""
    missing = "" if submit.parameters else _values_wanted(submit.sql)
    return stranger_at(submit.sql, error.message) or missing or diagnose(error.message).remedy


def _values_wanted(sql: str) -> str:
    places = list(dict.fromkeys(unbound(sql)))
    if not places:
        return ""
    example = "[...]" if places[0] == "?" else "{" + f"'{places[0][1:]}': ..." + "}"
    return f"Give a value for {', '.join(places)}: query(sql, {example})."
