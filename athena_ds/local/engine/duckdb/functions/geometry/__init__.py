"""Geometries as Trino 476 holds them: Esri's shapes, their text, measures and relations."""
