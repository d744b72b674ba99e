"""Answers that the public may read: without personal data, after a leader has approved them."""
