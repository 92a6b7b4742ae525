"""The steps that the issuer's schema has taken (``service.migrations``)."""
