"""Start, follow and stop a query; `QueryExecution` is what Athena says of it."""

from .follow import Clock, Watch, raise_for_state, status, statuses, stop, wait
from .later import rows_later, told_later
from .limits import scan_crossed, scan_foreseen, timed_out, warn_of_scan
from .start import Destination, Submit, start
from .submission import Submission
from .value import AthenaFault, QueryExecution, Statistics

__all__ = [
    "AthenaFault",
    "Clock",
    "Destination",
    "QueryExecution",
    "Statistics",
    "Submission",
    "Submit",
    "Watch",
    "raise_for_state",
    "rows_later",
    "scan_crossed",
    "scan_foreseen",
    "start",
    "status",
    "statuses",
    "stop",
    "timed_out",
    "told_later",
    "wait",
    "warn_of_scan",
]
