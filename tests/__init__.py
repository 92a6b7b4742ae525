"""The tests: a mirror of the source, and what holds over all of it."""
