"""Fill the disk of a store under a running follower, free it, print what came of it. Run under unshare --mount."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from tests.follow.hand import joined, lines  # noqa: E402
from tests.follow.process import following, stored_lines, until  # noqa: E402

COUNT = 3000


def main() -> None:
    """Follow into a store on a disk of 6 MB, of which somebody else takes the rest."""
    place = Path(sys.argv[1])
    (place / "logs").mkdir()
    disk = place / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)], check=True)
    log = place / "logs" / "cowrie.json"
    first, second = lines(200), lines(COUNT, first=1000)
    log.write_bytes(joined(first))
    store = disk / "nacre.db"
    options = ("--min-free", "0", "logs")
    with following(place, *options, variables={"NACRE_STORE": str(store)}) as one:
        one.store = store
        one.wait_for(set(first))
        ballast = disk / "ballast"
        fill(ballast)
        with log.open("ab") as file:
            file.write(joined(second))
        until(lambda: one.state() == "retrying", "trouble")
        waited = "no space left" in str(one.status()["followers"][0]["reason"])
        time.sleep(1.0)
        os.truncate(ballast, 0)
        expected = {*first, *second}
        until(lambda: set(stored_lines(store)) >= expected, "all lines", 60)
        code, *_ = one.end()
    found = stored_lines(store)
    done = subprocess.run(
        [sys.executable, "-m", "nacre", "--store", str(store), "account", "--recount", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    answer = {
        "code": code,
        "waited": waited,
        "balanced": json.loads(done.stdout)["balanced"],
        "missing": len(expected - set(found)),
        "twice": len(found) - len(set(found)),
    }
    json.dump(answer, sys.stdout)


def fill(ballast: Path) -> None:
    """Write until nothing more goes in."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


if __name__ == "__main__":
    main()
