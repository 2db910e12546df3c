"""Roads measured: building, matrices, one new place, isochrones; beside SciPy, pandana and Valhalla in one run."""
