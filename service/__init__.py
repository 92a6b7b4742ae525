"""The outside world: HTTP, pages, database, settings, keys on disk; no noun of the domain."""
