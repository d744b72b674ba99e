"""The slip while the citizen is on the line: who would answer it by when, and how it is read back to them."""
