"""Condition operators of IAM policies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from athena_ds.local.iam.pattern import Context, arn_matches, expand, matches

Test = Callable[[str, str, Context], bool]
"""(what the policy says, what the request carries, the context) -> do they agree?"""

Conditions = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Operator -> condition key -> the policy's values."""


def _plain(compare: Callable[[str, str], bool]) -> Test:
    def test(wanted: str, given: str, context: Context) -> bool:
        expanded = expand(wanted, context)
        return expanded is not None and compare(expanded, given)

    return test


def _numbers(compare: Callable[[float, float], bool]) -> Test:
    def test(wanted: str, given: str, context: Context) -> bool:  # noqa: ARG001
        try:
            return compare(float(given), float(wanted))
        except ValueError:
            return False

    return test


def _dates(compare: Callable[[datetime, datetime], bool]) -> Test:
    def test(wanted: str, given: str, context: Context) -> bool:  # noqa: ARG001
        try:
            return compare(_date(given), _date(wanted))
        except ValueError:
            return False

    return test


def _date(text: str) -> datetime:
    """ISO 8601, or seconds since the epoch."""
    if text.replace(".", "", 1).isdigit() and "-" not in text and len(text) > 4:
        return datetime.fromtimestamp(float(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _address(wanted: str, given: str) -> bool:
    try:
        return ipaddress.ip_address(given) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


def _binary(wanted: str, given: str) -> bool:
    return base64.b64decode(wanted) == base64.b64decode(given)


_TESTS: Final[Mapping[str, Test]] = {
    "StringEquals": _plain(lambda wanted, given: wanted == given),
    "StringEqualsIgnoreCase": _plain(lambda wanted, given: wanted.casefold() == given.casefold()),
    "StringLike": lambda wanted, given, context: matches(wanted, given, context=context),
    "NumericEquals": _numbers(lambda given, wanted: given == wanted),
    "NumericLessThan": _numbers(lambda given, wanted: given < wanted),
    "NumericLessThanEquals": _numbers(lambda given, wanted: given <= wanted),
    "NumericGreaterThan": _numbers(lambda given, wanted: given > wanted),
    "NumericGreaterThanEquals": _numbers(lambda given, wanted: given >= wanted),
    "DateEquals": _dates(lambda given, wanted: given == wanted),
    "DateLessThan": _dates(lambda given, wanted: given < wanted),
    "DateLessThanEquals": _dates(lambda given, wanted: given <= wanted),
    "DateGreaterThan": _dates(lambda given, wanted: given > wanted),
    "DateGreaterThanEquals": _dates(lambda given, wanted: given >= wanted),
    "Bool": _plain(lambda wanted, given: wanted.lower() == given.lower()),
    "BinaryEquals": _plain(_binary),
    "IpAddress": _plain(_address),
    "ArnEquals": lambda wanted, given, context: arn_matches(wanted, given, context=context),
    "ArnLike": lambda wanted, given, context: arn_matches(wanted, given, context=context),
}

_NEGATED: Final[Mapping[str, str]] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}

_NAMES: Final[Mapping[str, str]] = {name.lower(): name for name in (*_TESTS, *_NEGATED, "Null")}


def known(operator: str) -> bool:
    """Whether IAM has this operator (with `IfExists`, `ForAnyValue:` and `ForAllValues:`)."""
    return _split(operator)[1] in _NAMES


def hold(conditions: Conditions, context: Context) -> bool:
    """Whether every condition of a statement is met: operators and keys are ANDed, the values of one key ORed."""
    return all(
        _holds(operator, context.get(key.lower(), ()), values, context)
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )


def _split(operator: str) -> tuple[str, str, bool]:
    """`ForAnyValue:StringLikeIfExists` -> ("foranyvalue", "stringlike", True)."""
    quantifier, _, rest = operator.lower().rpartition(":")
    if_exists = rest.endswith("ifexists")
    return quantifier, rest.removesuffix("ifexists"), if_exists


def _holds(operator: str, given: tuple[str, ...], wanted: tuple[str, ...], context: Context) -> bool:
    quantifier, lowered, if_exists = _split(operator)
    name = _NAMES.get(lowered)
    if name is None:
        return False
    if name == "Null":
        return any((value.lower() == "true") == (not given) for value in wanted)
    if not given:
        # A negated operator is true of a key the request doesn't carry, and so is ForAllValues.
        return if_exists or quantifier == "forallvalues" or (name in _NEGATED and quantifier != "foranyvalue")
    test = _TESTS[_NEGATED.get(name, name)]
    agreed = [any(test(one, value, context) for one in wanted) != (name in _NEGATED) for value in given]
    return any(agreed) if quantifier == "foranyvalue" else all(agreed)
