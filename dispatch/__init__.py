"""The pure domain: what a working day is, what a plan is, and when a plan is right.

No clock, no network, no database and no solver here: every function takes what it needs.
"""
