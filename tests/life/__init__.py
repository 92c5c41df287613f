"""Laws over the whole life of a file, under random sequences of what happens to people."""
