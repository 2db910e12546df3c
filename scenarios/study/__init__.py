"""Scenarios: a day as it is, changes to it, and what many simulated days say about them."""
