"""What a citizen may ask without signing in: where their ticket stands, and what others were answered."""
