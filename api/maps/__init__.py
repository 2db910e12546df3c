"""Maps that draw the road network itself: pages that need no tile server, and directions as text."""
