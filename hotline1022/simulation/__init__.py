"""A believable year of this province's traffic, through the real services: for demos, dashboards, benchmarks and screenshots."""
