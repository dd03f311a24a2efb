"""Queries: `flow` is one, from parameters to frame; beside it many at once, what one may scan, what ran and is kept."""
