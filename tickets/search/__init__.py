"""Finding tickets: lists by what they are, and search by what was said in them."""
