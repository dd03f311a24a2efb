"""What a function refuses, under the names Trino has for it."""

from __future__ import annotations

from athena_ds.local.seam.engine import EngineError


def invalid(message: str) -> EngineError:
    return EngineError("INVALID_FUNCTION_ARGUMENT", message)


def broken(message: str) -> EngineError:
    """What a library under Trino throws, and Trino passes on."""
    return EngineError("GENERIC_INTERNAL_ERROR", message, kind="INTERNAL")


def unsupported(what: str) -> EngineError:
    """What Trino answers and nothing here is known to answer as it does: `unsupported("merge of maps")`."""
    return EngineError("NOT_SUPPORTED", f"{what} is not supported by the local engine")
