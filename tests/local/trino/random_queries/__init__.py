"""Random queries over tables of every type, made by hypothesis and asked of both engines."""
