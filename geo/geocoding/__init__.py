"""From addresses to places: an offline gazetteer, and servers behind geopy that are asked only when someone says so."""
