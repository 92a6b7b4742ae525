"""Tests of issuer."""
