"""A comparison for people and programs: one page that opens without a network, CSV, JSON."""
