"""Claims about the base: what is written is kept, what is promised happens once, and nothing personal reaches a log."""
