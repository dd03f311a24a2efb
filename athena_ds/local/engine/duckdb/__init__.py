"""The embedded engine: typed queries lowered to DuckDB."""
