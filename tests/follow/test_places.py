"""What happens to the places: permission lost and regained, the store's disk full, the logs' file system away."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.errors.command import balance, ordinary
from tests.follow.hand import joined, lines
from tests.follow.process import following, stored_lines, until
from tests.follow.unmounted import find_mkfs

OLD, NEW, LATE = lines(100), lines(40, first=1000), lines(40, first=2000)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a log."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "cowrie.json").write_bytes(joined(OLD))
    return tmp_path


def test_permission_lost_and_regained(place: Path) -> None:
    """A log that may not be read is told and tried again; given back, it is read on from where it was."""
    logs, log = place / "logs", place / "logs" / "cowrie.json"
    with following(place, preexec_fn=ordinary()) as one:
        one.wait_for(set(OLD))
        one.end()
    log.chmod(0)
    if os.geteuid() == 0:
        with log.open("ab") as file:
            file.write(joined(NEW))
    with following(place, preexec_fn=ordinary()) as two:
        until(lambda: two.state() == "following", "a follower")
        log.chmod(0o644)
        expected = {*OLD, *NEW} if os.geteuid() == 0 else set(OLD)
        two.wait_for(expected)
        logs.chmod(0)
        logs.chmod(0o755)
        with log.open("ab") as file:
            file.write(joined(LATE))
        two.wait_for({*expected, *LATE})
        code, _, said, _ = two.end()

    assert 0 == code
    assert "cowrie.json: unreadable, Permission denied" in said
    assert (0, True) == balance(place)


def can_mount() -> bool:
    """Tell whether this user may mount something in a space of his own."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


MOUNTS = pytest.mark.skipif(not can_mount(), reason="mounting takes root and unshare(1)")


def in_space(script: str, *arguments: str) -> Mapping[str, object]:
    """Run a script of this folder where its mounts are seen by nobody else; return what it printed."""
    path = Path(__file__).with_name(script)
    command = ["unshare", "--mount", sys.executable, str(path), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=os.environ)
    assert 0 == done.returncode, done.stderr
    found: Mapping[str, object] = json.loads(done.stdout)
    return found


@MOUNTS
def test_the_disk_of_the_store_full_and_freed(tmp_path: Path) -> None:
    """On a full disk a follower waits and says so; with room again it goes on by itself, and nothing is lost."""
    found = in_space("full_disk.py", str(tmp_path))

    assert {"code": 0, "waited": True, "balanced": True, "missing": 0, "twice": 0} == found


@MOUNTS
@pytest.mark.parametrize("kind", ["bind", "ext4"])
def test_the_file_system_of_the_logs_away_and_back(kind: str, tmp_path: Path) -> None:
    """Logs whose file system is taken away are waited for; back again, they are read on, and no gap is invented."""
    if kind == "ext4" and not (find_mkfs() and Path("/dev/loop-control").exists()):
        pytest.skip("no loop devices, or no mkfs.ext4")
    found = in_space("unmounted.py", str(tmp_path), kind)

    assert {"code": 0, "balanced": True, "missing": 0, "twice": 0, "duplicate": 0, "gaps": 0} == found


def test_a_store_in_the_folder_of_the_logs(place: Path) -> None:
    """A store that lies among the logs it follows does not wake its own follower for ever."""
    logs = place / "logs"
    with following(place, "--poll", "1", "logs", variables={"NACRE_STORE": str(logs / "nacre.db")}) as one:
        one.store = logs / "nacre.db"
        one.wait_for(set(OLD))
        until(lambda: one.state() == "following", "a follower at rest")
        before = switches(one.process.pid)
        time.sleep(2.0)
        woken = switches(one.process.pid) - before
        code, *_ = one.end()

    # Told of its own writing it would write its state, be told of that, and so on: hundreds of turns a second.
    assert 0 == code
    assert woken < 2 * 100
    assert set(OLD) == set(stored_lines(logs / "nacre.db"))


def switches(pid: int) -> int:
    """Return how often the threads of a process went to sleep."""
    texts = [task.read_text(encoding="ascii") for task in Path(f"/proc/{pid}/task").glob("*/status")]
    lines = [line for text in texts for line in text.splitlines() if line.startswith("voluntary_ctxt")]
    return sum(int(line.split()[1]) for line in lines)
