"""The tables of `tests/local/tables/crossed`, column by column: the same rows in four formats, joins, partitions."""

from __future__ import annotations

from tests.local.trino.random_queries.expressions import Column

_EVERY = {
    "id": "integer", "ti": "integer", "si": "integer", "bi": "integer", "bo": "boolean", "de": "decimal",
    "dh": "decimal", "re": "double", "du": "double", "st": "varchar", "ch": "char", "da": "date", "ts": "timestamp",
    "vb": "varbinary",
    "ar": "array", "ma": "map", "ro": "row",
}  # fmt: skip
TABLES = {
    "tp": _EVERY,
    "tor": _EVERY,
    "tt": _EVERY,
    "tj": _EVERY,
    "s1": {
        "k": "integer",
        "g": "varchar",
        "n": "integer",
        "d": "double",
        "m": "decimal",
        "t": "timestamp",
        "b": "boolean",
    },
    "s2": {"k": "integer", "g": "varchar", "x": "integer", "y": "double", "z": "decimal", "u": "date"},
    "e0": {"k": "integer", "g": "varchar"},
    "pt": {"a": "integer", "w": "varchar", "dt": "date", "r": "varchar"},
}
ROWS_BY_ID = ("tp", "tor", "tt", "tj")
"""Tables of which no two rows have the same `id`."""


def columns(table: str, alias: str = "") -> list[Column]:
    """A table's columns, as a query that gives the table this alias names them."""
    before = f"{alias}." if alias else ""
    return [Column(f"{before}{name}", kind) for name, kind in TABLES[table].items()]
