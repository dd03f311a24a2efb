"""Decimals whose types could overflow: exact to the last digit, an overflow where 38 digits don't hold the value."""

from __future__ import annotations

import random
from decimal import Context, Decimal

import pytest

from athena_ds.local.seam.engine import EngineError
from tests.local.fidelity.harness import Runner

TYPES = [(38, 0), (38, 10), (28, 4), (20, 2), (15, 2), (38, 20), (5, 5)]
EXACT = Context(prec=100)


@pytest.fixture(scope="module")
def runner() -> Runner:
    return Runner()


def rows(seed: int) -> list[tuple[Decimal, Decimal]]:
    """Pairs of every size: few digits, many, the most of each type, and zero."""
    chosen = random.Random(seed)

    def one(precision: int, scale: int) -> Decimal:
        digits = chosen.choice([0, 1, 2, precision // 2, precision - 1, precision])
        most = 10**digits - 1
        return Decimal(chosen.choice([most, -most, chosen.randint(-most, most)])).scaleb(-scale, EXACT)

    left, right = TYPES[seed % len(TYPES)], TYPES[seed // len(TYPES)]
    return [(one(*left), one(*right)) for _ in range(30)]


@pytest.mark.parametrize("operator", ["+", "-", "*"])
@pytest.mark.parametrize("seed", range(0, len(TYPES) ** 2, 5))
def test_great_decimals_are_exact_or_overflow(runner: Runner, operator: str, seed: int) -> None:
    """As Python's own decimals of a hundred digits say; TRY makes NULL of what 38 digits don't hold."""
    (p, s), (q, t) = TYPES[seed % len(TYPES)], TYPES[seed // len(TYPES)]
    scale = s + t if operator == "*" else max(s, t)
    if scale > 38:
        return
    exact = {"+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply}[operator]
    pairs = [*rows(seed), (Decimal(0), Decimal(0))]
    values = ", ".join(
        f"(CAST('{a:f}' AS decimal({p},{s})), CAST('{b:f}' AS decimal({q},{t})), {at})"
        for at, (a, b) in enumerate(pairs)
    )
    wanted = [exact(a, b) for a, b in pairs]
    fits = [one.scaleb(scale, EXACT).copy_abs() < 10**38 for one in wanted]
    source = f"FROM (VALUES {values}) v(a, b, at)"
    _, found = runner.run(f"SELECT TRY(a {operator} b) {source} ORDER BY at")
    assert [one for (one,) in found] == [one if fit else None for one, fit in zip(wanted, fits, strict=True)]
    whole = ", ".join(str(at) for at, fit in enumerate(fits) if fit)
    _, plain = runner.run(f"SELECT a {operator} b {source} WHERE at IN ({whole}) ORDER BY at")
    assert [one for (one,) in plain] == [one for one, fit in zip(wanted, fits, strict=True) if fit]
    if not all(fits):
        with pytest.raises(EngineError, match="Decimal overflow"):
            runner.run(f"SELECT a {operator} b {source} WHERE at = {fits.index(False)}")
