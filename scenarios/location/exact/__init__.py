"""The location models on arrays: search for good sites, bounds that prove them, and HiGHS for what is left."""
