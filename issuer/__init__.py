"""The issuer: who gives proofs, to whom they are offered, and whether they still hold."""
