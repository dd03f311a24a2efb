"""Condition operators mean what IAM's reference says, also for keys a request doesn't carry."""

from __future__ import annotations

import pytest

from athena_ds.local.iam.condition import hold
from athena_ds.local.iam.decision import context_of

CASES = [
    ("StringEquals", "home/", "home/", True),
    ("StringEquals", "home/", "Home/", False),
    ("StringEquals", ["x", "home/"], "home/", True),
    ("StringEquals", "home/*", "home/a", False),
    ("StringNotEquals", "x", "home/", True),
    ("StringNotEquals", ["x", "home/"], "home/", False),
    ("StringNotEquals", "x", None, True),
    ("StringEquals", "x", None, False),
    ("StringEqualsIfExists", "x", None, True),
    ("StringEqualsIfExists", "x", "y", False),
    ("StringEqualsIgnoreCase", "HOME/", "home/", True),
    ("StringNotEqualsIgnoreCase", "HOME/", "home/", False),
    ("StringLike", ["home/*", "home"], "home/a/b", True),
    ("StringLike", "home/*", "home", False),
    ("StringLike", "h?me", "home", True),
    ("StringNotLike", "home/*", "other", True),
    ("NumericEquals", "10", "10.0", True),
    ("NumericLessThan", "10", "9", True),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericGreaterThan", "10", "10", False),
    ("NumericGreaterThanEquals", "10", "10", True),
    ("NumericNotEquals", "10", "11", True),
    ("NumericLessThan", "10", "many", False),
    ("DateLessThan", "2030-01-01T00:00:00Z", "2029-12-31T23:59:59Z", True),
    ("DateGreaterThan", "2030-01-01T00:00:00Z", "2029-12-31T23:59:59Z", False),
    ("DateEquals", "2030-01-01T00:00:00Z", "1893456000", True),
    ("DateNotEquals", "2030-01-01", "2030-01-01T00:00:00Z", False),
    ("DateLessThanEquals", "2030-01-01", "2030-01-01T00:00:00Z", True),
    ("DateGreaterThanEquals", "2030-01-01", "2029-01-01", False),
    ("Bool", "true", "true", True),
    ("Bool", True, "false", False),
    ("BoolIfExists", "true", None, True),
    ("BinaryEquals", "aGVsbG8=", "aGVsbG8=", True),
    ("IpAddress", "10.0.0.0/8", "10.1.2.3", True),
    ("IpAddress", "10.0.0.0/8", "127.0.0.1", False),
    ("IpAddress", "2001:db8::/32", "2001:db8::1", True),
    ("NotIpAddress", "10.0.0.0/8", "127.0.0.1", True),
    ("NotIpAddress", "127.0.0.1", "127.0.0.1", False),
    ("ArnLike", "arn:aws:iam::*:role/reader*", "arn:aws:iam::111122223333:role/reader-1", True),
    ("ArnLike", "arn:aws:*:role/reader", "arn:aws:iam::111122223333:role/reader", False),
    ("ArnEquals", "arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:role/reader", True),
    ("ArnNotLike", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:user/jane", True),
    ("ArnNotEquals", "arn:aws:iam::111122223333:user/jane", "arn:aws:iam::111122223333:user/jane", False),
    ("Null", "true", None, True),
    ("Null", "true", "home/", False),
    ("Null", "false", "home/", True),
    ("Null", False, None, False),
    ("ForAnyValue:StringEquals", ["a", "b"], ("b", "c"), True),
    ("ForAnyValue:StringEquals", ["a", "b"], ("c", "d"), False),
    ("ForAnyValue:StringEquals", "a", None, False),
    ("ForAllValues:StringEquals", ["a", "b"], ("a", "b"), True),
    ("ForAllValues:StringEquals", ["a", "b"], ("a", "c"), False),
    ("ForAllValues:StringEquals", "a", None, True),
    ("ForAllValues:StringLike", ["a*"], ("ab", "ac"), True),
    ("ForAnyValue:StringNotEquals", "a", ("a", "b"), True),
    ("ForAllValues:StringNotEquals", "a", ("a", "b"), False),
    ("stringlike", "home/*", "home/a", True),
    ("StringLooksLike", "a", "a", False),
]


@pytest.mark.parametrize(("operator", "wanted", "given", "expected"), CASES)
def test_operators_hold_as_iam_says(operator: str, wanted: object, given: object, expected: bool) -> None:
    """One operator, one key: the policy's values against the request's."""
    values = tuple(
        str(one).lower() if isinstance(one, bool) else str(one)
        for one in (wanted if isinstance(wanted, list) else [wanted])
    )
    assert hold({operator: {"S3:Prefix": values}}, context_of({"s3:prefix": given})) is expected


def test_operators_and_keys_are_all_needed() -> None:
    """Several operators, and several keys of one, are ANDed."""
    conditions = {"StringEquals": {"a": ("1",), "b": ("2",)}, "Bool": {"c": ("true",)}}
    assert hold(conditions, context_of({"a": "1", "b": "2", "c": "true"}))
    assert not hold(conditions, context_of({"a": "1", "b": "3", "c": "true"}))
    assert not hold(conditions, context_of({"a": "1", "b": "2", "c": "false"}))


def test_values_may_hold_variables() -> None:
    """`${aws:username}` inside a condition's value is the caller's name; one without a value never agrees."""
    conditions = {"StringLike": {"s3:prefix": ("home/${aws:username}/*",)}}
    assert hold(conditions, context_of({"s3:prefix": "home/jane/x", "aws:username": "jane"}))
    assert not hold(conditions, context_of({"s3:prefix": "home/joe/x", "aws:username": "jane"}))
    equals = {"StringEquals": {"s3:prefix": ("${aws:username}",)}}
    assert hold(equals, context_of({"s3:prefix": "jane", "aws:username": "jane"}))
    assert not hold(equals, context_of({"s3:prefix": "jane"}))
