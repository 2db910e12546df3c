"""Example inputs and the scripts that make them. Run a script from the project's root: ``python -m examples.NAME``."""
