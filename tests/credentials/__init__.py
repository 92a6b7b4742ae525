"""Tests of the kernel of proof."""
