"""Doubles and reals are written as Java writes them: shortest in JSON and messages, older and longer in casts."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athena_ds.local.engine.duckdb.functions import java_numbers as java


@pytest.mark.parametrize(
    ("value", "cast", "shortest"),
    [
        (0.0, "0E0", "0.0"),
        (-0.0, "-0E0", "-0.0"),
        (1.0, "1.0E0", "1.0"),
        (100.0, "1.0E2", "100.0"),
        (0.001, "1.0E-3", "0.001"),
        (0.0001, "1.0E-4", "1.0E-4"),
        (1e7, "1.0E7", "1.0E7"),
        (9999999.0, "9.999999E6", "9999999.0"),
        (2e23, "1.9999999999999998E23", "2.0E23"),
        (1e23, "9.999999999999999E22", "1.0E23"),
        (8.41e21, "8.409999999999999E21", "8.41E21"),
        (5e-324, "4.9E-324", "4.9E-324"),
        (4.405142608203569e18, "4.4051426082035692E18", "4.405142608203569E18"),
        (math.inf, "Infinity", "Infinity"),
        (-math.inf, "-Infinity", "-Infinity"),
        (math.nan, "NaN", "NaN"),
    ],
)
def test_double(value: float, cast: str, shortest: str) -> None:
    """Each text was asked of Trino 476."""
    assert java.double_scientific(value) == cast
    assert java.double_text(value) == shortest


@pytest.mark.parametrize(
    ("value", "cast"),
    [
        (16777216.0, "1.677722E7"),
        (3.4028234663852886e38, "3.402823E38"),
        (1.401298464324817e-45, "1.4E-45"),
        (3.2759325e18, "3.275933E18"),
        (1.1, "1.1E0"),
    ],
)
def test_real_has_seven_digits(value: float, cast: str) -> None:
    assert java.real_scientific(java.to_float32(value)) == cast


@given(st.floats(allow_nan=False))
def test_every_text_reads_back(value: float) -> None:
    """However many digits, the text is that of the same double."""
    assert java.parse_double(java.double_text(value)) == value
    assert java.parse_double(java.double_scientific(value)) == value


@pytest.mark.parametrize("text", ["", "1 2", "inf", "nan", "0x10", "1_000", "1e", ".", "١"])
def test_not_a_double(text: str) -> None:
    assert java.parse_double(text) is None
