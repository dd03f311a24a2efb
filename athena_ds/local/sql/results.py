"""Result types that depend on the arguments' lengths, precisions and scales (Trino's `@Constraint`s)."""

from __future__ import annotations

from collections.abc import Callable

from athena_ds.local.seam.types import UNBOUNDED, Type, char, decimal, varchar
from athena_ds.local.sql.binding import Binding, Pattern, substitute

_Kinds = tuple[Type, ...]


def result_type(name: str, text: str, returns: Pattern, binding: Binding, kinds: _Kinds) -> Type | None:
    """What a bound signature returns; None where a decimal would be wider than 38 digits."""
    special = _SPECIAL.get((name, text))
    if special is not None:
        return special(kinds)
    return substitute(returns, binding)


def _length(kind: Type) -> int:
    return kind.arguments[0] if kind.arguments else UNBOUNDED


def _whole(kinds: _Kinds) -> Type:
    p, s = kinds[0].precision, kinds[0].scale
    return decimal(p - s + min(s, 1))


def _rounded(kinds: _Kinds) -> Type:
    p, s = kinds[0].precision, kinds[0].scale
    return decimal(min(38, p - s + min(s, 1)))


def _rounded_to(kinds: _Kinds) -> Type:
    return decimal(min(38, kinds[0].precision + 1), kinds[0].scale)


def _truncated(kinds: _Kinds) -> Type:
    return decimal(max(kinds[0].precision - kinds[0].scale, 1))


def added(kinds: _Kinds) -> Type:
    (p1, s1), (p2, s2) = (k.arguments for k in kinds)
    return decimal(min(38, max(p1 - s1, p2 - s2) + max(s1, s2) + 1), max(s1, s2))


def multiplied(kinds: _Kinds) -> Type:
    (p1, s1), (p2, s2) = (k.arguments for k in kinds)
    return decimal(min(38, p1 + p2), s1 + s2)


def divided(kinds: _Kinds) -> Type:
    (p1, s1), (_, s2) = (k.arguments for k in kinds)
    return decimal(min(38, p1 + s2 + max(s2 - s1, 0)), max(s1, s2))


def remainder(kinds: _Kinds) -> Type:
    (p1, s1), (p2, s2) = (k.arguments for k in kinds)
    return decimal(min(p2 - s2, p1 - s1) + max(s1, s2), max(s1, s2))


def _joined(kinds: _Kinds) -> Type:
    return char(min(65536, kinds[0].precision + kinds[1].precision))


def _replaced(kinds: _Kinds) -> Type:
    x, _, z = map(_length, kinds)
    return varchar(min(UNBOUNDED, x + z * (x + 1)))


def _regexp_replaced(kinds: _Kinds) -> Type:
    x, y = _length(kinds[0]), _length(kinds[2])
    return varchar(min(UNBOUNDED, x + max(x * y // 2, y) * (x + 1)))


def _encoded(kinds: _Kinds) -> Type:
    return varchar(min(UNBOUNDED, _length(kinds[0]) * 12))


def _painted(kinds: _Kinds) -> Type:
    return varchar(min(UNBOUNDED, _length(kinds[0]) + 15))


def _iso(kinds: _Kinds) -> Type:
    p = kinds[0].precision
    return varchar(22 + (p + 1 if p else 0) + (6 if kinds[0].base.endswith("zone") else 0))


_DECIMAL, _DECIMAL2 = "decimal(p,s)", "decimal(p,s),integer"
_SPECIAL: dict[tuple[str, str], Callable[[_Kinds], Type]] = {
    **{(name, _DECIMAL): _whole for name in ("ceil", "ceiling", "floor")},
    ("round", _DECIMAL): _rounded,
    ("round", _DECIMAL2): _rounded_to,
    ("truncate", _DECIMAL): _truncated,
    ("mod", "decimal(a_precision,a_scale),decimal(b_precision,b_scale)"): remainder,
    ("concat", "char(x),char(y)"): _joined,
    ("replace", "varchar(x),varchar(y),varchar(z)"): _replaced,
    ("regexp_replace", "varchar(x),joniregexp,varchar(y)"): _regexp_replaced,
    ("url_encode", "varchar(x)"): _encoded,
    ("render", "varchar(x),color"): _painted,
    ("to_iso8601", "timestamp(p)"): _iso,
    ("to_iso8601", "timestamp(p) with time zone"): _iso,
}
