"""What is unusual in the connection fields, or with where they are kept: told, and never with a secret."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from ..errors import SettingsWarning


def tell(notices: Iterable[str]) -> None:
    """Warn of each, here and not at the caller's line: Python prints that line, and a secret may be written in it."""
    for notice in notices:
        warnings.warn(notice, SettingsWarning, stacklevel=1)
