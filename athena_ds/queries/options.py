"""What a single query may have of its own, and that it is nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from ..errors import ParameterError
from ..errors.meant import check_choice, check_names

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
    """Let known options with values they can have pass.

    Raises:
        ParameterError: For any other.
    """
    check_names(options, list(QueryOptions.__annotations__), of="A query")
    for name, value in options.items():
        if name in _CHOICES:
            check_choice(name, value, choices=_CHOICES[name])
        if name in _KINDS and not isinstance(value, _KINDS[name][0]):
            raise ParameterError(f"{name} is {_KINDS[name][1]}, not {value!r}.")
    timeout = options.get("timeout")
    if timeout is not None and not timeout > 0:
        raise ParameterError(f"timeout is a number of seconds above zero, not {timeout!r}.")


def check_rows(rows: int | None) -> None:
    """Let a number of rows for each batch pass, or none.

    Raises:
        ParameterError: For anything else, before the query is sent.
    """
    if rows is not None and (not isinstance(rows, int) or rows < 1):
        raise ParameterError(f"rows of a batch are at least 1, not {rows!r}.")
