"""Where the rows of a result are put.

pyarrow's usual allocator and numpy both ask for huge pages. Where a hypervisor takes back what its guest has free, as
with small virtual machines and containers in them, each huge page must first be got again from the host: half a second
for 240 MB, against a tenth for usual pages (`docs/decisions/0064`).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


@cache
def memory() -> pa.MemoryPool:
    """The allocator of what is read: jemalloc, which asks for usual pages, where pyarrow was built with it."""
    return pa.jemalloc_memory_pool() if "jemalloc" in pa.supported_memory_backends() else pa.default_memory_pool()


def empty(count: int, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    """Room for so many numbers, not written to yet."""
    return np.frombuffer(pa.allocate_buffer(count * dtype.itemsize, memory_pool=memory()), dtype=dtype)
