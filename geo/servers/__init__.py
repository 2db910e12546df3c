"""Travel from routing servers over HTTP: OSRM and Valhalla. One file a protocol; the rest is common to both."""
