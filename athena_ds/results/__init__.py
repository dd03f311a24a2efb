"""A finished query execution -> its rows."""
