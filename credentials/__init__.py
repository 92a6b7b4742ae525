"""Kernel of proof: credentials, their proofs, their status, and the messages that carry them."""
