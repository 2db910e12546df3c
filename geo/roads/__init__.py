"""Road networks: read from OpenStreetMap, contracted, kept on disk, snapped to."""
