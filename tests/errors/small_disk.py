"""A process that fills a small disk of its own with a store, then gets more room: prints what each command said.

Run it under `unshare --mount`: the disk is mounted where nobody else sees it, and is gone with the process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def mount(place: Path, options: str) -> None:
    """Mount a file system in memory, or change the size of the one that is there."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=True)


def main() -> None:
    """Load into a store on the disk, twice without and once with enough room, and count."""
    disk, log, size, *options = sys.argv[1:]
    store = Path(disk) / "nacre.db"
    nacre = [sys.executable, "-m", "nacre", "--store", str(store)]
    load = [*nacre, "load", "--json", "--jobs", "0", *options, log]
    mount(Path(disk), f"size={size}")
    said: list[tuple[int, str, str]] = []
    for line in (load, load, [*nacre, "status"], load, [*nacre, "account", "--json"]):
        if len(said) == 3:
            mount(Path(disk), "remount,size=100m")
        done = subprocess.run(line, capture_output=True, text=True, check=False, env=os.environ)
        said.append((done.returncode, done.stdout, done.stderr))
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
