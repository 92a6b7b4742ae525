"""A small role with two steps, for the tests of ``service.migrations``."""
