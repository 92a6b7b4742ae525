"""With software of others."""
