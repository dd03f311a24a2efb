"""Glue in front of moto; the tables and partitions one caller sees in it, those that are projected too."""
