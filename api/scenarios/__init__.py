"""Scenario files, the folders of their runs, and the report that compares them."""
