"""What a query cost: an estimate by Athena's published rule, and never a bill."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from ..errors import ParameterError
from ..execution import QueryExecution

_MB = 1_000_000
_LEAST = 10 * _MB
_TB = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The price of scanning, on demand.

    Attributes:
        usd_per_tb: US dollars per TB scanned. Regions differ: set your own.
        as_of: When that price was read.
        region: The region it was read for.

    Raises:
        ParameterError: For a price that is none: it would be missed only when a query has run.
    """

    usd_per_tb: float = 5.0
    as_of: str = "2026-09-11"
    region: str = "us-east-1"

    def __post_init__(self) -> None:
        given: object = self.usd_per_tb
        if not isinstance(given, int | float) or isinstance(given, bool) or not 0 <= given < inf:
            raise ParameterError(f"usd_per_tb is a number of dollars, not {given!r}.", remedy="For example: 5.0")

    def of_bytes(self, scanned: int) -> float:
        """Dollars for one query that scans this much: rounded up to a MB, 10 MB at least, nothing for none."""
        if scanned <= 0:
            return 0.0
        return max(_LEAST, -(-scanned // _MB) * _MB) / _TB * self.usd_per_tb

    def of(self, execution: QueryExecution) -> float:
        """Dollars for an execution: DDL and failed ones are free, cancelled ones pay for what they scanned."""
        free = execution.state == "FAILED" or execution.statement_type in ("DDL", "UTILITY")
        return 0.0 if free else self.of_bytes(execution.statistics.data_scanned_in_bytes)
