"""Fault drills that are short enough for every run; the long ones are ``make drills``."""
