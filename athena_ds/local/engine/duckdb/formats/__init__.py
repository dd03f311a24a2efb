"""How DuckDB reads each format of a Hive table: files in, the table's declared types out."""
