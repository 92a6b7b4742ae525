"""Vectors of the standards, read where they lie."""
