"""Writes the TPC-DS tables as Parquet: `generate.py SCALE FOLDER`, run where DuckDB and its tpcds extension are."""

import sys
from pathlib import Path

import duckdb
import duckdb_extension_tpcds

extension = next(Path(duckdb_extension_tpcds.__file__).parent.rglob("tpcds.duckdb_extension"))
scale, folder = float(sys.argv[1]), Path(sys.argv[2])
connection = duckdb.connect()
connection.execute(f"LOAD '{extension}'")
connection.execute(f"CALL dsdgen(sf={scale})")
for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
    connection.execute(f"COPY {table} TO '{folder / table}.parquet' (FORMAT parquet)")
