"""What Trino's functions mean in DuckDB; every module here registers some."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from athena_ds.local.engine.duckdb.functions.registry import SELDOM


@cache
def load() -> None:
    """Import every module of this package once, so that what it registers is known; `SELDOM` when asked for."""
    for module in pkgutil.iter_modules(__path__):
        if not module.ispkg and module.name not in SELDOM:
            importlib.import_module(f"{__name__}.{module.name}")
