"""Errors about what was given: fields, parameters, extras, saved data sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .base import AthenaDSError


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with one field: which, what, and an example that would do."""

    field: str
    wrong: str
    example: str = ""

    def __str__(self) -> str:
        example = f" For example: {self.example}" if self.example else ""
        return f"{self.field} {self.wrong}.{example}"


class ConfigError(AthenaDSError, ValueError):
    """Connection fields that cannot be used; `problems` lists every one of them.

    What to do: correct each field it names; every problem comes with an example that would do.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        fields = ", ".join(dict.fromkeys(problem.field for problem in problems))
        super().__init__(f"The data source cannot be made: {_count(len(self.problems), 'problem')} ({fields}).")

    def lines(self) -> list[str]:
        """The count, then a line a problem."""
        if len(self.problems) == 1:
            return [str(self.problems[0])]
        return [self.happened, *(f"- {problem}" for problem in self.problems)]


class ParameterError(AthenaDSError, ValueError):
    """A query, a parameter or an argument that Athena could not take; nothing was sent.

    What to do: correct the value or argument it names.
    """


class NotConnectedError(AthenaDSError, RuntimeError):
    """A form or a wizard was asked for its data source before it has made one.

    What to do: fill it in first; the form makes it with Connect, the wizard when its results step is left.
    """


class MissingExtraError(AthenaDSError, ImportError):
    """An optional part of the package is needed and not installed.

    What to do: install the extra it names: `pip install 'athena-ds[notebook]'`, for example.
    """

    def __init__(self, *, extra: str, purpose: str) -> None:
        self.extra = extra
        super().__init__(
            f"{purpose} needs the extra '{extra}'.", remedy=f"Install it with: pip install 'athena-ds[{extra}]'"
        )


class InstanceRoleNotAllowedError(AthenaDSError, PermissionError):
    """The instance role was asked for where it is not on offer.

    What to do: ask whom it names for the deployment's switch, or for the permission
    CREATE_S3_DATASOURCE_WITH_INSTANCE_ROLE; or use an access key.
    """

    def __init__(self, *, missing: Sequence[str], ask: str) -> None:
        self.missing = tuple(missing)
        super().__init__(
            f"The instance role cannot be used here: {'; '.join(missing)}.",
            remedy=f"Ask {ask}, or use an access key.",
        )


class SavedDataSourceError(AthenaDSError, LookupError):
    """A saved data source is missing or cannot be read.

    What to do: take one of the names it lists, or correct or remove the file it names.
    """


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
