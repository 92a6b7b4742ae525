"""Hostile inputs, by their ids."""
