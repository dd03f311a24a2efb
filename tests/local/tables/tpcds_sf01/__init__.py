"""TPC-DS at scale factor 0.1: queries, and the answers a real Trino gave over the same tables."""
