"""The kernel of matching: framework, profiles, evidence. Pure: no clock, network or database."""
