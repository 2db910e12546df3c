"""The service under load, against an empty handler in the same run; ``python -m benchmarks.service``."""
