"""The steps that the schema of the blind service has taken (``service.migrations``)."""
