"""Shortest paths on directed graphs given as arrays: hierarchies, many-to-many, single ways, reach. Knows no map."""
