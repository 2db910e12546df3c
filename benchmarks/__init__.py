"""Measurements: speed and quality. Not tests; what they print is reported in ``docs/benchmarks.md``."""
