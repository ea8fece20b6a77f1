"""Take the file system of followed logs away, bring it back, print what came of it. Run under unshare --mount."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from tests.follow.hand import joined, lines  # noqa: E402
from tests.follow.process import following, stored_lines, until  # noqa: E402

IMAGE_BYTES = 16 * 1024 * 1024


def main() -> None:
    """Follow a mounted folder through two absences: one while the follower runs, one while it does not."""
    place, kind = Path(sys.argv[1]), sys.argv[2]
    logs = place / "logs"
    logs.mkdir()
    source = prepare(place, kind)
    parts = [lines(50, first=1000 * part) for part in range(4)]
    mount(source, logs, kind)
    log = logs / "cowrie.json"
    log.write_bytes(joined(parts[0]))
    log.chmod(0o644)
    with following(place, "--poll", "0.2", "logs") as one:
        one.wait_for({*parts[0]})
        away(logs)
        time.sleep(1.5)
        mount(source, logs, kind)
        with log.open("ab") as file:
            file.write(joined(parts[1]))
        one.wait_for({*parts[0], *parts[1]})
        with log.open("ab") as file:
            file.write(joined(parts[2]))
        one.wait_for({*parts[0], *parts[1], *parts[2]})
        one.end()
    away(logs)
    with following(place, "--poll", "0.2", "logs") as two:
        until(lambda: two.state() == "following", "a follower of nothing")
        time.sleep(0.5)
        mount(source, logs, kind)
        log.rename(logs / "cowrie.json.1")
        log.write_bytes(joined(parts[3]))
        expected = {line for part in parts for line in part}
        two.wait_for(expected)
        code, *_ = two.end()
    answer = {**compare(place, expected), "code": code}
    away(logs)
    json.dump(answer, sys.stdout)


def find_mkfs() -> str:
    """Return the program that makes an ext4, "" where there is none; a user's PATH need not have its directory."""
    return shutil.which("mkfs.ext4", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") or ""


def prepare(place: Path, kind: str) -> str:
    """Make what is mounted: a folder, or an image with a file system."""
    if kind == "bind":
        (place / "real").mkdir()
        return str(place / "real")
    image = place / "image"
    with image.open("wb") as file:
        file.truncate(IMAGE_BYTES)
    subprocess.run([find_mkfs(), "-q", str(image)], check=True)
    return str(image)


def mount(source: str, target: Path, kind: str) -> None:
    """Mount it."""
    options = ["--bind"] if kind == "bind" else ["-o", "loop"]
    subprocess.run(["mount", *options, source, str(target)], check=True)


def away(target: Path) -> None:
    """Take the file system away while files of it may be open."""
    subprocess.run(["umount", "--lazy", str(target)], check=True)


def compare(place: Path, expected: set[bytes]) -> dict[str, object]:
    """Return what the store holds against what was written."""
    store = place / "nacre.db"
    found = stored_lines(store)
    with closing(sqlite3.connect(store)) as connection:
        (gaps,) = connection.execute("SELECT count(*) FROM coverage_gaps").fetchone()
        (duplicate,) = connection.execute("SELECT sum(duplicate) FROM batches").fetchone()
    done = subprocess.run(
        [sys.executable, "-m", "nacre", "--store", str(store), "account", "--recount", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "balanced": json.loads(done.stdout)["balanced"],
        "missing": len(expected - set(found)),
        "twice": len(found) - len(set(found)),
        "duplicate": duplicate,
        "gaps": gaps,
    }


if __name__ == "__main__":
    main()
