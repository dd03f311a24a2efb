"""Prepared statements, where the policy in use means to allow them: on one that does not exist, then on one made."""

from __future__ import annotations

from functools import partial

from ..errors import InvalidRequestError, NotFoundError
from ..policy import Grant
from .check import Check, Denial, DeniedError, Finding, passed
from .probe import Probe

_NAME = "athena_ds_preflight"
_SQL = {"QueryStatement": "SELECT 1"}
_ACTIONS = ("List", "Get", "Update", "Delete", "Create")


def checks(probe: Probe) -> list[Check]:
    """One check for all that the policy in use means to allow."""
    grants = tuple(grant for verb in _ACTIONS if probe.means((grant := _on(probe, verb)).action))
    if not grants:
        return []
    return [
        Check(
            id="prepared-statements",
            ask=partial(_prepared, probe, grants),
            requires=("identity",),
            spoilt_by=("workgroup",),
            grants=grants,
            required=False,
        )
    ]


def _on(probe: Probe, verb: str) -> Grant:
    action = f"athena:{verb}PreparedStatement{'s' if verb == 'List' else ''}"
    return Grant(action=action, resource=probe.arns.workgroup(probe.config.workgroup))


def _prepared(probe: Probe, grants: tuple[Grant, ...]) -> Finding:
    meant = {grant.action for grant in grants}
    given = {"WorkGroup": probe.config.workgroup}
    named = {**given, "StatementName": _NAME}
    asked = {"List": given, "Get": named, "Update": {**named, **_SQL}, "Delete": named}
    denied = [
        refused
        for verb, params in asked.items()
        if _on(probe, verb).action in meant
        for refused in _denied(probe, _on(probe, verb), params)
    ]
    # Made only where it is proven that it can be deleted again.
    if not denied and {_on(probe, "Create").action, _on(probe, "Delete").action} <= meant:
        denied += _denied(probe, _on(probe, "Create"), {**named, **_SQL})
        denied += _denied(probe, _on(probe, "Delete"), named)
    if denied:
        raise DeniedError(denied, f"{denied[0].grant} was denied.")
    return passed(", ".join(sorted(meant)))


def _denied(probe: Probe, grant: Grant, params: dict[str, str]) -> list[Denial]:
    try:
        probe.ask(grant.action, grant, **params)
    except DeniedError as refused:
        return list(refused.denials)
    except (NotFoundError, InvalidRequestError):
        # There is no such statement: Athena says so to who may ask.
        return []
    return []
