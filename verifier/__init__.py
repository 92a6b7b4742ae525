"""Whoever looks at a proof: asks a question, takes one answer, shows a verdict in four parts."""
