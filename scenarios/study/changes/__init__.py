"""Changes of a scenario, one sort a file. ``api.scenarios.forms`` holds how each is written."""
