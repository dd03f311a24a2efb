"""What a person may have meant who wrote a name that does not exist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .settings import ParameterError


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like this one; empty where none is."""
    from difflib import get_close_matches  # noqa: PLC0415 - nobody waits for it who writes every name right

    return next(iter(get_close_matches(name.lower(), list(known), n=1)), "")


def check_choice(name: str, value: object, *, choices: Sequence[object]) -> None:
    """Let one of the choices pass.

    Raises:
        ParameterError: For anything else.
    """
    if value not in choices:
        raise ParameterError(f"{name} is {' or '.join(map(repr, choices))}, not {value!r}.")


def check_names(given: Iterable[str], known: Sequence[str], *, of: str) -> None:
    """Let known names pass: a misspelt limit must not go unseen.

    Args:
        given: The names as written.
        known: Those there are.
        of: What has them, as in `A query`.

    Raises:
        ParameterError: For the first that is unknown.
    """
    for name in given:
        if name not in known:
            near = nearest(name, known)
            remedy = f"Did you mean {near}?" if near else f"Options are {', '.join(known)}."
            raise ParameterError(f"{of} has no option {name!r}.", remedy=remedy)
