"""What shift leaders do to the floor: their acts, and listening to a colleague's call."""
