"""How methods are called: what may be given is spelt out, what is missing or misspelt is told, no secret is held."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from inspect import Parameter, signature
from typing import Any, Concatenate, ParamSpec, TypeVar

from ..errors import ConfigError, Problem
from ..errors.meant import nearest
from .config import EXAMPLES, Settings, no_field
from .credentials import SecretStr

_P = ParamSpec("_P")
_Of = TypeVar("_Of")
_Made = TypeVar("_Made")

_FURTHER: Mapping[str, str] = {
    "access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "secret_access_key": 'getpass.getpass("AWS Secret Access Key: ")',
    "profile": "analytics",
    "name": "sales",
}
_OF_FIELDS = "AthenaDataSource.from_access_key(access_key_id=..., ...) or AthenaDataSource.local()"
# What is pasted into the id's box may be the secret.
_SECRETS = ("access_key_id", "secret_access_key", "session_token")


class _Omitted:
    """What `?` and help() show for an option that is left out: what then counts, its description says."""

    def __repr__(self) -> str:
        return "..."


def spelt_out(options: type) -> Callable[[Callable[_P, _Made]], Callable[_P, _Made]]:
    """Let signatures, and so Tab in a notebook, show the names that `**options` stands for.

    Args:
        options: A TypedDict of them.
    """
    named = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=_Omitted(), annotation=getattr(kind, "__forward_arg__", kind))
        for name, kind in options.__annotations__.items()
    ]

    def spelling(method: Callable[_P, _Made]) -> Callable[_P, _Made]:
        said = signature(method)
        own = [each for each in said.parameters.values() if each.kind is not Parameter.VAR_KEYWORD]
        vars(method)["__signature__"] = said.replace(parameters=[*own, *named])
        return method

    return spelling


def told_by_name(make: Callable[Concatenate[_Of, _P], _Made]) -> Callable[Concatenate[_Of, _P], _Made]:
    """Say what is wrong with a call in the package's own words, field by field.

    Python would name the class that a method was written in, and leave out what was misspelt.

    Raises:
        ConfigError: With every field that is missing, and then every name that is no field's.
    """
    wanted = tuple(signature(make).parameters.values())[1:]

    @wraps(make)
    def called(of: _Of, /, *args: _P.args, **kwargs: _P.kwargs) -> _Made:
        problems = _problems(wanted, _name(of, make), unnamed=len(args), named=tuple(kwargs))
        # A traceback may show this frame.
        kwargs = {key: _sealed(value, key, wanted) for key, value in kwargs.items()}  # type: ignore[assignment]
        if problems:
            del args
            raise ConfigError(problems)
        return make(of, *args, **kwargs)

    return called


def _name(of: object, make: Callable[..., object]) -> str:
    return f"{type(of).__name__ if make.__name__ == '__init__' else make.__name__}()"


def _sealed(value: Any, name: str, wanted: Sequence[Parameter]) -> Any:
    """No secret, and nothing that may be one under a misspelt name, is text any more in the frames to come."""
    known = {each.name for each in wanted} | set(Settings.__annotations__)
    return SecretStr(value) if isinstance(value, str) and (name in _SECRETS or name not in known) else value


def _problems(wanted: Sequence[Parameter], call: str, *, unnamed: int, named: Sequence[str]) -> list[Problem]:
    """What is wrong with the names of a call; a misspelt setting is told later, with what is wrong with the values."""
    own = {each.name: each for each in wanted if each.kind is not Parameter.VAR_KEYWORD}
    settings = list(Settings.__annotations__) if len(own) < len(wanted) else []
    first = [name for name, each in own.items() if each.kind is Parameter.POSITIONAL_OR_KEYWORD]
    given = {*named, *first[:unnamed]}
    missing = [name for name, each in own.items() if each.default is Parameter.empty and name not in given]
    unknown = [name for name in named if name not in own and name not in settings]
    if "config" in own and (missing or unknown or unnamed):
        return [Problem(field=call, wrong="takes a config and credentials, made before", example=_OF_FIELDS)]
    problems = list(_missing(missing, call))
    if unnamed > len(first):
        problems.insert(0, Problem(field=call, wrong=f"takes its fields by name{_but(first)}"))
    known = [*own, *settings]
    told = [name for name in unknown if problems or not settings or nearest(name, known) in own]
    return [*problems, *(no_field(name, known, of=call) for name in told)]


def _missing(names: Sequence[str], call: str) -> Iterator[Problem]:
    for name in names:
        example = EXAMPLES.get(name) or _FURTHER.get(name, "")
        yield Problem(field=name, wrong=f"is missing, and {call} needs it", example=example)


def _but(first: Sequence[str]) -> str:
    return f", all but {' and '.join(first)}" if first else ""
