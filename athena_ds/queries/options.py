"""What a single query may have of its own, and that it is nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from ..errors import ParameterError

if TYPE_CHECKING:
    from ..execution import Watch
    from ..results import Backend

_CHOICES: Mapping[str, tuple[object, ...]] = {
    "dtype_backend": ("numpy", "pyarrow"),
    "nested": ("text", "json"),
    "progress": (None, True, False),
    "unload": (False, True),
}
_KINDS: Mapping[str, tuple[Any, str]] = {
    **dict.fromkeys(("database", "data_catalog", "workgroup"), (str, "a name")),
    "reuse_minutes": (int | None, "a number of minutes"),
    "timeout": (int | float | None, "a number of seconds above zero"),
    "watch": (Callable, "a function"),
}


class QueryOptions(TypedDict, total=False):
    """What a single query may have of its own.

    Attributes:
        database: For unqualified names, instead of the data source's.
        data_catalog: Likewise.
        workgroup: Likewise.
        reuse_minutes: How old an earlier result of the same query may be to be given again.
        max_scan: Bytes it may scan, as a number or as in "10 GB": one that surely scans more is not begun, one that
            crosses it is stopped.
        timeout: Seconds it may take; then it is stopped.
        watch: Told how the execution stands, each time Athena is asked.
        progress: Whether it shows itself while it runs; as the place suggests when left out.
        dtype_backend: `numpy` for pandas' own dtypes, `pyarrow` for an ArrowDtype in all but what
            `nested` made lists and dicts.
        nested: `json` for arrays, maps and rows as lists and dicts: a query without rows first asks for the types, then
            yours runs inside another, so an outermost ORDER BY is refused. `text` for Athena's text of them.
        unload: Have the rows written as Parquet and read from there: faster for large results, nested values as lists
            and dicts, no order. The files stay under the results path.
    """

    database: str
    data_catalog: str
    workgroup: str
    reuse_minutes: int
    max_scan: int | str | None
    timeout: float | None
    watch: Watch
    progress: bool | None
    dtype_backend: Backend
    nested: Literal["text", "json"]
    unload: bool


def checked(options: Mapping[str, Any]) -> None:
    """Let known options with values they can have pass: a misspelt `max_scan` must not go unseen.

    Raises:
        ParameterError: For any other.
    """
    known = list(QueryOptions.__annotations__)
    for name, value in options.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            remedy = f"Did you mean {near[0]}?" if near else f"Options are {', '.join(known)}."
            raise ParameterError(f"A query has no option {name!r}.", remedy=remedy)
        if name in _CHOICES and value not in _CHOICES[name]:
            choices = " or ".join(map(repr, _CHOICES[name]))
            raise ParameterError(f"{name} is {choices}, not {value!r}.")
        if name in _KINDS and not isinstance(value, _KINDS[name][0]):
            raise ParameterError(f"{name} is {_KINDS[name][1]}, not {value!r}.")
    timeout = options.get("timeout")
    if timeout is not None and not timeout > 0:
        raise ParameterError(f"timeout is a number of seconds above zero, not {timeout!r}.")
