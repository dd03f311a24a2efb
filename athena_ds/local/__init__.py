"""The embedded endpoint: Athena, S3, Glue, IAM and STS on 127.0.0.1, really executing SQL (extra `local`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from athena_ds.local.server import LocalAthena

__all__ = ["LocalAthena"]


def __getattr__(name: str) -> type[LocalAthena]:
    """Import the server only when it is asked for: it brings moto with it."""
    if name != "LocalAthena":
        raise AttributeError(name)
    try:
        from athena_ds.local.server import LocalAthena  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        message = f"the local endpoint needs {missing.name}: pip install 'athena-ds[local]'"
        raise ModuleNotFoundError(message, name=missing.name) from missing
    return LocalAthena
