"""kill -9 of a real `nacre follow` at random moments, while lines come and files rotate: nothing lost or twice."""

from __future__ import annotations

import gzip
import os
import random
import subprocess
import threading
import time
from pathlib import Path

from tests.errors.command import balance, nacre
from tests.follow.hand import joined, lines
from tests.follow.process import following, stored_lines

KILLS = int(os.environ.get("NACRE_KILLS", "30"))
SEED = int(os.environ.get("NACRE_SEED", "20261124"))
LINES_A_SECOND = 1000
ROTATE_SECONDS = 1.5


class Writer(threading.Thread):
    """Writes lines, some of them in two pieces; rotates by name, and packs what it rotated."""

    def __init__(self, logs: Path) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.ended = threading.Event()
        self._logs = logs
        self._log = logs / "cowrie.json"
        self._chance = random.Random(SEED)

    def run(self) -> None:
        """Write until it is to end."""
        began = rotated = time.monotonic()
        nights = 0
        with_file = self._log.open("ab", buffering=0)
        while not self.ended.is_set():
            some = lines(20, first=len(self.written), size=self._chance.randrange(200))
            content = joined(some)
            cut = self._chance.randrange(len(content))
            with_file.write(content[:cut])
            time.sleep(0.001)
            with_file.write(content[cut:])
            self.written += some
            if time.monotonic() - rotated > ROTATE_SECONDS:
                rotated, nights = time.monotonic(), nights + 1
                with_file.close()
                self._rotate(nights)
                with_file = self._log.open("ab", buffering=0)
            ahead = began + len(self.written) / LINES_A_SECOND - time.monotonic()
            time.sleep(max(0.0, ahead))
        with_file.close()

    def _rotate(self, night: int) -> None:
        path = self._log.rename(self._logs / f"cowrie.json.{night}")
        if night % 2:
            packed = path.with_name(f"{path.name}.gz")
            packed.write_bytes(gzip.compress(path.read_bytes(), 1))
            path.unlink()


def test_kill_and_go_on(tmp_path: Path) -> None:
    """After any number of kills, each followed by another follower at once, every line is there once."""
    logs = tmp_path / "logs"
    logs.mkdir()
    writer, chance = Writer(logs), random.Random(SEED)
    writer.start()
    try:
        for _ in range(KILLS):
            with following(tmp_path, stderr=subprocess.DEVNULL) as one:
                time.sleep(chance.uniform(0.05, 1.0))
                one.process.kill()
    finally:
        writer.ended.set()
        writer.join()
    done = nacre(tmp_path, "follow", "--once", "logs")
    found = stored_lines(tmp_path / "nacre.db")

    assert (0, "") == (done.returncode, done.stderr)
    assert set(writer.written) == set(found)
    assert len(found) == len(writer.written)
    assert (0, True) == balance(tmp_path)
