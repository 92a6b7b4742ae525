"""Where its steps are."""
