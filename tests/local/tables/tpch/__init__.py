"""TPC-H: the tables through DDL, the 22 queries, the published answers."""
