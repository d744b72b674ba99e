"""Claims about what a caller hears and what becomes of a call."""
