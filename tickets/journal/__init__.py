"""The journal of all tickets: append-only, each entry sealed by a hash over itself and the entry before it."""
