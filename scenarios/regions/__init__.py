"""A country planned region by region: each region is a task of its own, for any machine."""
