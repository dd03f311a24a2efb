"""From a statement's text to the value that says what it is."""

from athena_ds.local.sql.reading.classify import read

__all__ = ["read"]
