"""The steps that the verifier's schema has taken (``service.migrations``)."""
