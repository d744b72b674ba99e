"""A day's work: what an agency, or the hotline, owes and by when; and what waits for a signature."""
