"""Synthetic Cowrie logs: seeded, streaming, in any dialect. For tests, benchmarks and trying nacre out."""

from nacre.generate.plan import Plan
from nacre.generate.stream import lines

__all__ = ["Plan", "lines"]
