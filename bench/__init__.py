"""Measurements, never asserted by a test: figures belong to the machine that printed them."""
