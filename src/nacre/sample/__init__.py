"""A small log of three days that a real Cowrie wrote on loopback under a scripted attack; see tools/sample."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent


def sample_files() -> tuple[Path, ...]:
    """Return the sample's files, oldest first: gzip, named as Cowrie's rotation names them."""
    return tuple(sorted(HERE.glob("cowrie.json*.gz")))
