"""Amounts in a person's words, the same everywhere on a card."""

from __future__ import annotations

from typing import Any

from ..markup import size

__all__ = ["cell", "counted", "money", "seconds", "short", "size"]


def money(dollars: float) -> str:
    """US dollars, approximate: `≈ $0.0066`; nothing is `$0`."""
    if dollars <= 0:
        return "$0"
    if dollars < 0.0001:
        return "< $0.0001"
    # Written out: nobody reads 5e-05 as an amount.
    return f"≈ ${dollars:.2f}" if dollars >= 0.1 else f"≈ ${dollars:.4f}"


def counted(count: int, noun: str) -> str:
    """A number of things: `1 row`, `2,000 rows`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def cell(value: Any) -> str:
    """A cell of a frame as text; a missing value is nothing."""
    text = str(value)
    return text if isinstance(value, str) or text not in ("nan", "<NA>", "NaT", "None") else ""


def seconds(count: float) -> str:
    """A duration: `4.2 s`, `3 min 5 s`."""
    minutes, rest = divmod(round(count), 60)
    return f"{count:.1f} s" if count < 60 else f"{minutes} min {rest} s"


def short(query_execution_id: str) -> str:
    """An id's ends: `2f1c…9abc`."""
    return query_execution_id if len(query_execution_id) < 12 else f"{query_execution_id[:4]}…{query_execution_id[-4:]}"
