"""Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2): tickets as the programs of other places know them, in JSON and XML."""
