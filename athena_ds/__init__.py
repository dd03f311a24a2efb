"""Amazon Athena data sources for notebooks: describe, preflight, query.

```python
from athena_ds import AthenaDataSource

ds = AthenaDataSource.local()
ds.query("SELECT 1 AS one")
```

Names are imported when they are first used, so that `import athena_ds` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import errors
    from .connection.config import DataSourceConfig, Encryption
    from .connection.credentials import AccessKey, AssumeRole, AuthenticationMethod, InstanceProfile, Profile, SecretStr
    from .datasource import AthenaDataSource
    from .errors import AthenaDSError
    from .execution import QueryExecution
    from .notebook.explorer import TableExplorer
    from .notebook.form import ConnectionForm
    from .notebook.panel import QueryPanel
    from .notebook.wizard import SetupWizard
    from .queries.cost import Price

__version__ = "0.1.0"

_WIDGETS = {"ConnectionForm": "form", "QueryPanel": "panel", "SetupWizard": "wizard", "TableExplorer": "explorer"}
_HOMES = {
    "AthenaDataSource": "datasource",
    "AthenaDSError": "errors",
    "AccessKey": "connection.credentials",
    "AssumeRole": "connection.credentials",
    "AuthenticationMethod": "connection.credentials",
    "DataSourceConfig": "connection.config",
    "Encryption": "connection.config",
    "InstanceProfile": "connection.credentials",
    "Price": "queries.cost",
    "Profile": "connection.credentials",
    "QueryExecution": "execution",
    "SecretStr": "connection.credentials",
}

__all__ = [
    "AccessKey",
    "AssumeRole",
    "AthenaDSError",
    "AthenaDataSource",
    "AuthenticationMethod",
    "ConnectionForm",
    "DataSourceConfig",
    "Encryption",
    "InstanceProfile",
    "Price",
    "Profile",
    "QueryExecution",
    "QueryPanel",
    "SecretStr",
    "SetupWizard",
    "TableExplorer",
    "errors",
]


def __getattr__(name: str) -> Any:
    if name == "errors":
        return import_module(".errors", __name__)
    if name in _WIDGETS:
        return getattr(_notebook(_WIDGETS[name], purpose=name), name)
    if name not in _HOMES:
        raise AttributeError(f"module 'athena_ds' has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__", "load_ipython_extension"])


def load_ipython_extension(shell: Any) -> None:
    """Make the magics available: `%load_ext athena_ds`."""
    _notebook("magic", purpose="%%athena").load_ipython_extension(shell)


def _notebook(module: str, *, purpose: str) -> Any:
    """A module of the notebook's, or an error that names the extra it needs."""
    try:
        return import_module(f".notebook.{module}", __name__)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("athena_ds"):
            raise
        from .errors import MissingExtraError  # noqa: PLC0415

        raise MissingExtraError(extra="notebook", purpose=purpose) from error
