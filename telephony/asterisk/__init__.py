"""The Asterisk that this installation runs: its program, its whole configuration, its process. It drives no call."""
