"""Photos of tickets: what citizens, operators and officers send as pictures, cleaned of everything but the picture."""
