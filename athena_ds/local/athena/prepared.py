"""Prepared statements: the API's, and PREPARE, EXECUTE and DEALLOCATE in SQL, by workgroup."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from athena_ds.local.athena.errors import invalid, not_found
from athena_ds.local.athena.operations import Operation
from athena_ds.local.athena.paging import page
from athena_ds.local.seam.engine import EngineError
from athena_ds.local.seam.run import Plan

_GAP = r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)+"
_NAME = r"(?P<name>[A-Za-z_][\w@:]*|\"(?:[^\"]|\"\")+\")"
_STATEMENTS = re.compile(
    rf"(?:{_GAP})?(?:"
    rf"(?P<prepare>PREPARE){_GAP}{_NAME}{_GAP}FROM{_GAP}(?P<sql>.+)"
    rf"|(?P<execute>EXECUTE){_GAP}(?!IMMEDIATE\b){_NAME.replace('name', 'called')}(?:{_GAP}USING{_GAP}(?P<values>.+))?"
    rf"|(?P<deallocate>DEALLOCATE){_GAP}PREPARE{_GAP}{_NAME.replace('name', 'dropped')})(?:{_GAP})?",
    re.IGNORECASE | re.DOTALL,
)
_TOKENS = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[(\[]|[)\]]|,|[^'\"()\[\],]+", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """PREPARE (with the statement) or DEALLOCATE (without)."""

    name: str
    sql: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What EXECUTE stands for, or the change PREPARE and DEALLOCATE make."""

    sql: str
    parameters: tuple[str, ...] = ()
    change: Change | None = None

    def plan(self) -> Plan:
        """The plan of PREPARE or DEALLOCATE, which no engine sees."""
        kind = "PREPARE" if self.change and self.change.sql else "DEALLOCATE_PREPARE"
        return Plan(sql=self.sql, statement_type="DDL", substatement_type=kind, statement=self.change)


class Prepared:
    """Prepared statements of one region, by workgroup and name."""

    def __init__(self, *, workgroup: Callable[[str], Mapping[str, Any]]) -> None:
        self._all: dict[tuple[str, str], dict[str, Any]] = {}
        self._workgroup = workgroup

    def operations(self) -> dict[str, Operation]:
        return {
            "CreatePreparedStatement": self.create,
            "GetPreparedStatement": lambda request: {"PreparedStatement": dict(self._get(request))},
            "BatchGetPreparedStatement": self.batch,
            "ListPreparedStatements": self.list,
            "UpdatePreparedStatement": self.update,
            "DeletePreparedStatement": self.delete,
        }

    def holds(self, workgroup: str) -> bool:
        """Whether a workgroup has prepared statements."""
        return any(key[0] == workgroup for key in list(self._all))

    def clear(self, workgroup: str) -> None:
        """Forget a workgroup's prepared statements."""
        self._all = {key: one for key, one in self._all.items() if key[0] != workgroup}

    def statement(self, workgroup: str, name: str) -> str:
        """The SQL of a prepared statement, for EXECUTE."""
        found = self._all.get((workgroup, name))
        if found is None:
            raise invalid(f"PreparedStatement {name} was not found in workGroup {workgroup}")
        return str(found["QueryStatement"])

    def apply(self, workgroup: str, change: Change) -> None:
        """What PREPARE or DEALLOCATE asked for; PREPARE of a known name replaces it."""
        if change.sql is not None:
            self._put(workgroup, change.name, change.sql)
        elif self._all.pop((workgroup, change.name), None) is None:
            raise EngineError("NOT_FOUND", f"Prepared statement not found: {change.name}")

    def create(self, request: dict[str, Any]) -> dict[str, Any]:
        self._workgroup(request["WorkGroup"])
        if (request["WorkGroup"], request["StatementName"]) in self._all:
            raise invalid(f"Statement {request['StatementName']} already exists in WorkGroup {request['WorkGroup']}")
        self._put(request["WorkGroup"], request["StatementName"], request["QueryStatement"], request.get("Description"))
        return {}

    def update(self, request: dict[str, Any]) -> dict[str, Any]:
        self._get(request)
        self._put(request["WorkGroup"], request["StatementName"], request["QueryStatement"], request.get("Description"))
        return {}

    def delete(self, request: dict[str, Any]) -> dict[str, Any]:
        self._get(request)
        del self._all[request["WorkGroup"], request["StatementName"]]
        return {}

    def batch(self, request: dict[str, Any]) -> dict[str, Any]:
        self._workgroup(request["WorkGroup"])
        found, missing = [], []
        for name in request["PreparedStatementNames"]:
            one = self._all.get((request["WorkGroup"], name))
            if one is not None:
                found.append(dict(one))
            else:
                problem = {"ErrorCode": "STATEMENT_NOT_FOUND", "ErrorMessage": f"Statement {name} was not found"}
                missing.append({"StatementName": name, **problem})
        return {"PreparedStatements": found, "UnprocessedPreparedStatementNames": missing}

    def list(self, request: dict[str, Any]) -> dict[str, Any]:
        self._workgroup(request["WorkGroup"])
        mine = sorted((key for key in self._all if key[0] == request["WorkGroup"]), key=lambda key: key[1])
        found, more = page(mine, request)
        kept = ("StatementName", "LastModifiedTime")
        return {"PreparedStatements": [{name: self._all[key][name] for name in kept} for key in found], **more}

    def _get(self, request: Mapping[str, Any]) -> dict[str, Any]:
        name, workgroup = request["StatementName"], request["WorkGroup"]
        self._workgroup(workgroup)
        if (workgroup, name) not in self._all:
            raise not_found(f"PreparedStatement {name} was not found in workGroup {workgroup}", name)
        return self._all[workgroup, name]

    def _put(self, workgroup: str, name: str, sql: str, description: str | None = None) -> None:
        self._all[workgroup, name] = {
            "StatementName": name,
            "QueryStatement": sql,
            "WorkGroupName": workgroup,
            "LastModifiedTime": round(time.time(), 3),
            **({"Description": description} if description else {}),
        }


def resolved(sql: str, prepared: Prepared, workgroup: str) -> Resolved | None:
    """EXECUTE with its statement looked up, PREPARE or DEALLOCATE as a change; None for any other statement."""
    found = _STATEMENTS.fullmatch(sql)
    if found is None:
        return None
    if found["prepare"]:
        return Resolved(sql=sql, change=Change(name=_name(found["name"]), sql=found["sql"].strip()))
    if found["deallocate"]:
        return Resolved(sql=sql, change=Change(name=_name(found["dropped"]), sql=None))
    values = tuple(_split(found["values"])) if found["values"] else ()
    return Resolved(sql=prepared.statement(workgroup, _name(found["called"])), parameters=values)


def _name(text: str) -> str:
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


def _split(values: str) -> Iterator[str]:
    """The expressions of a USING clause, cut at the commas outside quotes and brackets."""
    depth, current = 0, ""
    for piece in _TOKENS.findall(values):
        depth += (piece in ("(", "[")) - (piece in (")", "]"))
        if piece == "," and depth == 0:
            yield current.strip()
            current = ""
        else:
            current += piece
    yield current.strip()
