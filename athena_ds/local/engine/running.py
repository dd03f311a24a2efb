"""The executions an engine has under way; none is taken once the engine is closed. How they are cancelled aside."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

from athena_ds.local.seam.engine import EngineError, Execution

E = TypeVar("E", bound=Execution)


class Running(Generic[E]):
    """What was submitted and is still held by somebody."""

    def __init__(self) -> None:
        self._executions: weakref.WeakSet[E] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._closed = False

    def add(self, execution: E) -> E:
        """Take one in.

        Raises:
            EngineError: SERVER_SHUTTING_DOWN, once closed.
        """
        with self._lock:
            if self._closed:
                raise EngineError("SERVER_SHUTTING_DOWN", "The local engine is closed", kind="INTERNAL")
            self._executions.add(execution)
        return execution

    def close(self) -> list[E]:
        """Cancel all of them, take no more, and say which they were."""
        with self._lock:
            self._closed = True
            running = list(self._executions)
        for execution in running:
            execution.cancel()
        return running


def aside(work: Callable[[], None], *, name: str) -> None:
    """Do something on a thread of its own; at once where Python is ending, which begins no threads then (3.12)."""
    try:
        threading.Thread(target=work, name=name, daemon=True).start()
    except RuntimeError:
        work()
