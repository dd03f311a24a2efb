"""Amounts are written as people read them."""

from __future__ import annotations

import pandas as pd
import pytest

from athena_ds.notebook import words


@pytest.mark.parametrize(
    ("dollars", "said"),
    [(0, "$0"), (0.00005, "< $0.0001"), (0.0066, "≈ $0.0066"), (0.05, "≈ $0.0500"), (12.345, "≈ $12.35")],
)
def test_dollars_are_never_written_with_an_exponent(dollars: float, said: str) -> None:
    """Small amounts have four decimals, the smallest are bounded."""
    assert words.money(dollars) == said


@pytest.mark.parametrize(("count", "said"), [(0, "0 bytes"), (999, "999 bytes"), (1_310_000_000, "1.31 GB")])
def test_bytes_have_three_digits(count: int, said: str) -> None:
    """Decimal units, as AWS's price list has them."""
    assert words.size(count) == said


@pytest.mark.parametrize("text", ["", "nan", "None", "NaT", "<NA>"])
def test_a_text_is_shown_as_it_is(text: str) -> None:
    """Also one that looks like a missing value."""
    assert words.cell(text) == text


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_a_missing_value_is_an_empty_cell(missing: object) -> None:
    assert words.cell(missing) == ""
