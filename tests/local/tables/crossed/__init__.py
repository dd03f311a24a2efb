"""Whole queries over tables of every type, with a real Trino's answers over the same objects."""
