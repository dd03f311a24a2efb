"""Whether anybody looks on while something runs, and where: in a notebook, at a terminal."""

from __future__ import annotations

import os
import sys

_SETTING = "ATHENA_DS_PROGRESS"


def quiet() -> bool:
    """Whether nothing shall show itself: so set for the process, or under pytest, nbval included."""
    return os.environ.get(_SETTING, "").lower() in ("off", "0", "false", "no") or "PYTEST_VERSION" in os.environ


def in_notebook() -> bool:
    """Whether this is an IPython kernel, whose output is a cell's."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return shell is not None and hasattr(shell, "kernel")


def at_terminal() -> bool:
    """Whether what is written to stderr is seen at once; a program without a console has none."""
    return sys.stderr is not None and sys.stderr.isatty()
