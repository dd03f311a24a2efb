"""Each error says what to do, and the words of AWS that the page quotes are told apart as the page says."""

from __future__ import annotations

import inspect
import re

import pytest
from botocore.exceptions import ClientError

from athena_ds import errors
from athena_ds.aws.translate import translated
from athena_ds.execution.messages import MESSAGES
from scripts.reference import error_types

ROOTS = {errors.AthenaDSError, errors.AthenaDSWarning}
_SAYS = re.compile(r"AWS says: `(\w+)`: (.+?)(?:\n\n|$)", re.DOTALL)
QUOTED = [
    (kind, *found.groups()) for kind in error_types() if (found := _SAYS.search(inspect.getdoc(kind) or "")) is not None
]


@pytest.mark.parametrize("kind", [each for each in error_types() if each not in ROOTS], ids=lambda kind: kind.__name__)
def test_every_class_says_what_to_do(kind: type[Exception]) -> None:
    """In its docstring, from where the page has it."""
    assert "What to do:" in (kind.__doc__ or "")


@pytest.mark.parametrize(("kind", "code", "words"), QUOTED, ids=lambda value: getattr(value, "__name__", None))
def test_aws_words_become_the_class_that_quotes_them(kind: type[Exception], code: str, words: str) -> None:
    """Through the one place where AWS's codes are read; a syntax error is told apart one storey higher."""
    answer = {"Error": {"Code": code, "Message": words}, "ResponseMetadata": {"HTTPStatusCode": _status(code)}}
    found = translated(ClientError(answer, "Any"), operation="athena:Any", endpoint="")
    assert type(found) is (errors.InvalidRequestError if kind is errors.QuerySyntaxError else kind)


def _status(code: str) -> int:
    return {"PermanentRedirect": 301, "InternalServerException": 500}.get(code, 400)


def test_the_page_knows_forty_messages() -> None:
    """The number people meet."""
    assert len({message.says for message in MESSAGES}) >= 40


def test_the_tree_is_seen_whole() -> None:
    """On the page, whose column does not hold longer lines."""
    tree = (inspect.getdoc(errors) or "").split("```")[1].splitlines()
    assert [line for line in tree if len(line) > 92] == []
