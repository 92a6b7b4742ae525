"""Our answer against that of another processor."""
