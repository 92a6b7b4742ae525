"""The complete journey over real HTTP, as a client of the issuer and the verifier."""
