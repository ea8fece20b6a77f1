"""Install, start and stop a real Cowrie on loopback, for the sample and for end-to-end tests."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sample.furniture import ACCOUNTS, SETTINGS, is_old, write_old_parts

COWRIE_VERSION = "3.1.4"
HERE = Path(__file__).resolve().parent
READY = "Ready to accept Telnet connections"  # the last line of cowrie.log at start
READY_SECONDS_MAX = 30.0  # the first start makes host keys: 0.7 s here, far more on a loaded machine
STOP_SECONDS_MAX = 20.0
CLOCK_FILE = "clock"
FAKETIME_LIBRARIES = "*/faketime/libfaketime.so.1"
PIP_SECONDS_MAX = 15  # for an answer of the index: where there is no network, nobody waits for minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and as whom a Cowrie runs."""

    environment: Path  # the virtual environment that `install` made
    state: Path  # its working directory; readable by user
    version: str = COWRIE_VERSION  # the release in that environment
    log_type: str = "rotating"  # or plain
    sensor: str = "attic"
    ssh_port: int = 2222
    telnet_port: int = 2223
    user: int = 65534  # Cowrie refuses to be root
    has_proxy: bool = True  # sources name themselves in a PROXY header (HAProxy's protocol, version 1)
    has_clock: bool = False  # time is the true one plus the offset that stands in the file `clock`


@dataclass(frozen=True, slots=True)
class Honeypot:
    """A running Cowrie."""

    place: Place
    process: subprocess.Popen[bytes]

    @property
    def logs(self) -> Path:
        """Where cowrie.json and its rotations stand."""
        return self.place.state / "var/log/cowrie"

    def stop(self) -> None:
        """End it as an operator would: open sessions get their session.closed."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()


def free_port() -> int:
    """Return a loopback port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def interpreter() -> Path:
    """Return an interpreter that Cowrie's user can read: the system's, where there is one."""
    system = Path("/usr/bin/python3")
    return system if system.is_file() else Path(sys.executable)


def install(folder: Path, *packages: str) -> Path:
    """Make a virtual environment with these packages of PyPI; one that stands already is taken as it is.

    The pip is the one of the interpreter that runs this: Debian's own python3 cannot make one (ensurepip is a package).
    """
    if not (folder / "installed").is_file():
        make = [str(interpreter()), "-m", "venv", "--clear", "--without-pip", str(folder)]
        subprocess.run(make, check=True, stderr=subprocess.PIPE, text=True, umask=0o022)
        command = [sys.executable, "-m", "pip", "--python", str(folder / "bin/python"), "install", "--quiet"]
        command += ["--disable-pip-version-check", "--retries=1", f"--timeout={PIP_SECONDS_MAX}", *packages]
        subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True, umask=0o022)
        (folder / "installed").write_text("\n".join(packages) + "\n")
    return folder


def install_cowrie(folder: Path, version: str = COWRIE_VERSION) -> Path:
    """Make the virtual environment of one release of Cowrie."""
    return install(folder, f"cowrie=={version}")


def maybe_faketime() -> Path | None:
    """Return the library that moves a process's clock, or None where it is not installed."""
    return next(Path("/usr/lib").glob(FAKETIME_LIBRARIES), None)


def write_clock(state: Path, offset_seconds: float) -> None:
    """Move the clock of a Cowrie that `has_clock`: it reads the file each time it looks at the time."""
    new = state / (CLOCK_FILE + ".new")
    new.write_text(f"{offset_seconds:+.6f}\n")
    new.rename(state / CLOCK_FILE)


def start(place: Place) -> Honeypot:
    """Start Cowrie and return when it listens. A state that stands already is continued."""
    _furnish(place)
    log = place.state / "var/log/cowrie/cowrie.log"
    seen = log.read_text(errors="replace").count(READY) if log.is_file() else 0
    command = [str(place.environment / "bin/python"), "start_cowrie.py", "-n", "--pidfile="]
    command += ["--umask=0022", "--logger", "cowrie.python.logfile.logger", "cowrie"]
    with (place.state / "console").open("ab") as console:
        process = subprocess.Popen(
            command,
            cwd=place.state,
            env=_environment(place),
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            **_identity(place.user),
        )
    deadline = time.monotonic() + READY_SECONDS_MAX
    while not log.is_file() or log.read_text(errors="replace").count(READY) == seen:
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise RuntimeError(f"Cowrie did not start: see {place.state / 'console'} and {log}")
        time.sleep(0.05)
    return Honeypot(place, process)


def _furnish(place: Place) -> None:
    for folder in ("etc", "var/log/cowrie", "var/lib/cowrie/tty", "var/lib/cowrie/downloads", "var/run"):
        (place.state / folder).mkdir(parents=True, exist_ok=True)
    settings = SETTINGS.format(
        sensor=place.sensor,
        log_type=place.log_type,
        ssh_port=place.ssh_port,
        telnet_port=place.telnet_port,
        proxy="haproxy:" if place.has_proxy else "",
    )
    (place.state / "etc/cowrie.cfg").write_text(settings)
    (place.state / "etc/userdb.txt").write_text(ACCOUNTS)
    if is_old(place.version):
        write_old_parts(place.state, place.environment)
    shutil.copy(HERE / "start_cowrie.py", place.state)
    if place.has_clock and not (place.state / CLOCK_FILE).is_file():
        write_clock(place.state, 0.0)
    if os.getuid() == 0:
        for path in (place.state, *place.state.rglob("*")):
            os.chown(path, place.user, place.user)


def _identity(user: int) -> dict[str, Any]:
    return {"user": user, "group": user, "extra_groups": []} if os.getuid() == 0 else {}


def _environment(place: Place) -> dict[str, str]:
    """Return all that Cowrie sees of its surroundings.

    TZ must be set: Cowrie writes local time with a `Z` when the machine's zone is not UTC.
    """
    found = {"TZ": "UTC", "HOME": str(place.state), "PATH": f"{place.environment}/bin:/usr/bin:/bin"}
    found["PYTHONDONTWRITEBYTECODE"] = "1"
    if place.has_clock:
        library = maybe_faketime()
        if library is None:
            raise RuntimeError("libfaketime is missing: apt-get install faketime")
        found |= {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(place.state / CLOCK_FILE),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
    return found
