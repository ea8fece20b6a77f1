"""The container: the Containerfile is built, without a registry or an index, and the image runs as the how-to says."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.components import RUNNING_EVENT
from tests.examples.base import write_base
from tests.examples.machine import block, checkout, need
from tests.logs import event

LINES = [event("command.input", f"{number:012x}", number, input=f"echo {number}") for number in range(40)]
WAIT_SECONDS = 60
NAME = "nacre"  # of the container; the how-to's line gives it


class Podman:
    """podman with a place of its own for everything: nothing of it is left in the user's storage."""

    def __init__(self, folder: Path) -> None:
        places = [f"--root={folder}/root", f"--runroot={folder}/run", f"--tmpdir={folder}/tmp"]
        # vfs: needs no overlay, which a container does not offer to one inside it. runc: runs with control groups of
        # either version, and both (crun: "cgroups in hybrid mode not supported").
        kinds = ["--storage-driver=vfs", "--cgroup-manager=cgroupfs", "--events-backend=none"]
        runtime = shutil.which("runc")
        self._command = ["podman", *places, *kinds, *([f"--runtime={runtime}"] if runtime else [])]
        settings = folder / "containers.conf"
        # podman raises limits by default, which takes a capability that a container may lack.
        settings.write_text("[containers]\ndefault_ulimits = []\n", encoding="utf-8")
        self._environ = {**os.environ, "CONTAINERS_CONF": str(settings)}

    def __call__(self, *arguments: str | Path, cwd: Path | None = None) -> str:
        """Run a command of podman; return what it prints."""
        done = self.tried(*arguments, cwd=cwd)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def tried(self, *arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command of podman that may fail."""
        command = [*self._command, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=self._environ, cwd=cwd)


@pytest.fixture
def podman() -> Iterator[Podman]:
    """Return podman; take everything away that it made."""
    need("podman", needs_root=True)
    with tempfile.TemporaryDirectory(
        prefix="podman-"
    ) as folder:  # podman takes no --runroot of more than 50 characters
        podman = Podman(Path(folder))
        yield podman
        podman("rm", "--all", "--force", "--time=0")


@pytest.fixture
def image(podman: Podman, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Build the image by the how-to's line; return its name."""
    python, wheel_folder = request.getfixturevalue("python"), request.getfixturevalue("wheel_folder")
    base = tmp_path / "base.tar"
    write_base(base, python, wheel_folder.glob("*.whl"))
    podman("import", base, "localhost/base")
    base.unlink()
    place = checkout(tmp_path / "checkout", wheel_folder)
    build = shlex.split(block("A container", having="podman build")[0])[1:]
    # chroot: runs without a runtime, and anywhere root may mount. One layer: with vfs each one is a copy of the whole.
    limits = ["--isolation=chroot", "--layers=false", "--pull=never"]
    podman(*build, *limits, "--build-arg=BASE=localhost/base", cwd=place)
    return build[build.index("--tag") + 1]


@pytest.fixture
def run(image: str, tmp_path: Path) -> list[str]:
    """Return the how-to's line that runs the image, with a folder of logs that the image's user may read."""
    logs = tmp_path / "logs"
    logs.mkdir(mode=0o755)
    (logs / "cowrie.json").write_bytes(b"".join(line + b"\n" for line in LINES[:20]))
    (line,) = [line for line in block("A container", having="podman run") if line.startswith("podman run")]
    assert line.endswith(f" {image}")
    return shlex.split(line.replace("/srv/cowrie/var/log/cowrie:", f"{logs}:"))[1:]


def stored(store: Path) -> int:
    """Return how many events a store holds; 0 while there is none."""
    try:
        with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT count(*) FROM raw_events").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def wait_for(podman: Podman, store: Path, events: int) -> int:
    """Return how many events a store holds, once they are so many; fail with what the container said if it ends."""
    end = time.monotonic() + WAIT_SECONDS
    while stored(store) < events and time.monotonic() < end:
        assert podman("container", "inspect", "--format={{.State.Status}}", NAME).strip() == "running", said(podman)
        time.sleep(0.2)
    return stored(store)


def said(podman: Podman) -> str:
    """Return what the container wrote."""
    done = podman.tried("logs", NAME)
    return done.stdout + done.stderr


def test_image(podman: Podman, run: list[str], tmp_path: Path) -> None:
    """It follows as a user without rights and without network, answers a report, ends in order, and can catch up."""
    podman(*run)
    store = Path(podman("volume", "inspect", "--format={{.Mountpoint}}", "nacre").strip(), "nacre.db")
    first = wait_for(podman, store, 20)
    with (tmp_path / "logs" / "cowrie.json").open("ab") as log:
        log.write(b"".join(line + b"\n" for line in LINES[20:]))
    then = wait_for(podman, store, 40)
    if then:
        sys.audit(RUNNING_EVENT, "podman")
    (line,) = block("A container", having="podman exec")
    report = podman(*shlex.split(line)[1:])
    podman("stop", "--time=30", NAME)
    once = ["--rm" if part == "--detach" else part for part in run if part != "--name"]
    once.remove(NAME)
    caught_up = podman.tried(*once, "follow", "--once", "--json", "/logs")

    ended = podman("inspect", "--format={{.State.ExitCode}} {{.Config.User}}", NAME).strip()

    assert (20, 40, True) == (first, then, "COMMANDS" in report)
    assert "0 10001:10001" == ended
    assert (0, 0, 40) == (caught_up.returncode, json.loads(caught_up.stdout)["stored"], stored(store))
