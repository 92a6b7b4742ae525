"""What leaves, as other programs read it."""
