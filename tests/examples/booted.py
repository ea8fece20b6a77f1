"""A machine for the units: systemd boots in a container made of this machine's /usr, runs one script, and ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.examples.machine import BOOTED, block, checkout

INSIDE = Path(__file__).with_name("inside.py")
LOGS = "srv/cowrie/var/log/cowrie"
COWRIE = 990  # the user and group of Cowrie
PASSWD = f"root:x:0:0:root:/root:/bin/sh\ncowrie:x:{COWRIE}:{COWRIE}:cowrie:/nonexistent:/usr/sbin/nologin\n"
GROUP = f"root:x:0:\nnogroup:x:65534:\ncowrie:x:{COWRIE}:\n"
# The script begins once the machine is up; whatever becomes of it, the machine goes down.
SERVICE = """
[Unit]
SuccessAction=exit-force
FailureAction=exit-force
[Service]
Type=oneshot
ExecStart=/opt/nacre/bin/python /inside.py
TimeoutStartSec=240
StandardOutput=append:/said.txt
StandardError=append:/said.txt
"""
MACHINE_SECONDS = 300


class Machine:
    """A root directory with what the how-to's lines make of it."""

    def __init__(self, root: Path, wheels: Path) -> None:
        """Lay out what a fresh machine has, then install nacre by the how-to's lines."""
        self.root = root
        for name in (
            "etc/systemd/system",
            "usr",
            "opt",
            "proc",
            "sys",
            "dev",
            "run",
            "var/lib",
            "tmp",
            "root",
            "wheels",
        ):
            (root / name).mkdir(parents=True)
        for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):  # links into /usr, on a merged system
            if Path("/", name).is_symlink():
                (root / name).symlink_to(Path("/", name).readlink())
        for name in ("ld.so.cache", "os-release", "login.defs"):
            if Path("/etc", name).exists():
                shutil.copy(Path("/etc", name), root / "etc")
        (root / "etc/passwd").write_text(PASSWD, encoding="utf-8")
        (root / "etc/group").write_text(GROUP, encoding="utf-8")
        # An id: no first boot, which would enable all units. Two marks: no caches are built (ConditionNeedsUpdate=).
        (root / "etc/machine-id").write_text("0123456789abcdef0123456789abcdef\n", encoding="ascii")
        for name in ("etc/.updated", "var/.updated"):
            (root / name).touch()
        (root / "etc/systemd/system/inside.service").write_text(SERVICE, encoding="utf-8")
        shutil.copy(INSIDE, root / "inside.py")
        self._install(wheels)

    def _install(self, wheels: Path) -> None:
        logs = self.root / LOGS
        logs.mkdir(parents=True)
        logs.chmod(0o750)
        os.chown(logs, COWRIE, COWRIE)
        checkout(self.root / "checkout", wheels)
        lines = block("Install for systemd", having="useradd")
        settings = ["--setenv=PIP_NO_INDEX=1", "--setenv=PIP_FIND_LINKS=/wheels"]
        script = "\n".join(["set -eu", "cd /checkout", *lines])
        self._spawn("--pipe", f"--bind-ro={wheels}:/wheels", *settings, "/bin/sh", "-c", script)

    def boot(self, lines: dict[str, list[str]]) -> Any:
        """Boot, run the steps of inside.py with the how-to's lines; return what it found."""
        (self.root / "lines.json").write_text(json.dumps(lines), encoding="utf-8")
        done = self._spawn("--boot", "--console=pipe", "--private-network", "--", "--unit=inside.service")
        found = self.root / "found.json"
        said = self.root / "said.txt"
        assert found.exists(), (done, said.read_text(encoding="utf-8") if said.exists() else "")
        return json.loads(found.read_text(encoding="utf-8"))

    def _spawn(self, *arguments: str) -> str:
        # Without an init that could be asked for a scope, the container stays in the group that this process is in.
        keep = [] if BOOTED.exists() else ["--keep-unit"]
        fixed = ["--quiet", "--register=no", *keep, "--resolv-conf=off", "--timezone=off", "--link-journal=no"]
        command = ["systemd-nspawn", f"--directory={self.root}", "--bind-ro=/usr", *fixed, *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=MACHINE_SECONDS, errors="replace"
        )
        assert done.returncode == 0 or "--boot" in arguments, done.stdout + done.stderr
        return done.stdout + done.stderr
