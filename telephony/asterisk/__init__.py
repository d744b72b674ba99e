"""The Asterisk that this installation runs: its program, its whole configuration, its process. No call is driven from here."""
