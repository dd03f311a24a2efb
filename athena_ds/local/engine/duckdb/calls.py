"""A call of the tree as the functions' rules and kernels see it."""

from __future__ import annotations

from athena_ds.local.engine.duckdb.functions.registry import Call as RegistryCall
from athena_ds.local.engine.duckdb.functions.registry import Lambda as RegistryLambda
from athena_ds.local.engine.duckdb.planner import Planner
from athena_ds.local.engine.duckdb.values import known
from athena_ds.local.sql.tree import Aggregate, Call, Lambda


def registry_call(planner: Planner, call: Call | Aggregate) -> RegistryCall:
    """A call as rules and kernels see it."""
    lambdas = tuple(_lambda(planner, a) if isinstance(a, Lambda) else None for a in call.arguments)
    return RegistryCall(
        name=call.name,
        signature=call.signature,
        arguments=tuple(a.type for a in call.arguments),
        result=call.type,
        sql=tuple(
            made.sql if made is not None else planner.expression(a)
            for made, a in zip(lambdas, call.arguments, strict=True)
        ),
        constants=tuple(known(a) for a in call.arguments),
        lambdas=lambdas,
        workshop=planner,
    )


def _lambda(planner: Planner, argument: Lambda) -> RegistryLambda:
    return RegistryLambda(
        parameters=tuple(f"c{n}" for n in argument.parameters),
        types=argument.type.elements[:-1],
        body=planner.expression(argument.body),
        result=argument.body.type,
    )
