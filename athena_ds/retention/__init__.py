"""Retention of query results: what the bucket does with them today, the rule it should have, and what lies there.

Neither Athena nor this package deletes results by itself; Amazon recommends lifecycle rules. Nothing is changed or
deleted without `confirm=True`.
"""

from .plan import Retention, retention
from .results import purge, results_frame

__all__ = ["Retention", "purge", "results_frame", "retention"]
