"""Fault drills: what must hold when processes are killed, disks fill up and clocks are wrong.

Each drill states what it expects, exactly, and counts what it finds (``benchmarks.drills.count``).
"""
