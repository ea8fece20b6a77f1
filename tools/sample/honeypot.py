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

COWRIE_VERSION = "3.1.4"
HERE = Path(__file__).resolve().parent
READY = "Ready to accept Telnet connections"  # the last line of cowrie.log at start
READY_SECONDS_MAX = 30.0  # the first start makes host keys: 0.7 s here, far more on a loaded machine
STOP_SECONDS_MAX = 20.0
CLOCK_FILE = "clock"
FAKETIME_LIBRARIES = "*/faketime/libfaketime.so.1"

# Everything else is Cowrie's default, and so are the relative paths: no path of this machine reaches the log.
SETTINGS = """\
[honeypot]
sensor_name = {sensor}
uuid = 6f1e5f0e-2d3c-4b7a-9a51-0c6d1f2b3a47
timezone = UTC
logtype = rotating
internet_facing_ip = 198.51.100.10
internet_facing_ipv6 = 2001:db8::10
[shell]
wget_rate_limit_enabled = false
curl_rate_limit_enabled = false
[ssh]
listen_endpoints = {proxy}tcp:{ssh_port}:interface=127.0.0.1
[telnet]
enabled = true
cve_2026_24061_vulnerable = true
listen_endpoints = {proxy}tcp:{telnet_port}:interface=127.0.0.1
[output_jsonlog]
enabled = true
logfile = var/log/cowrie/cowrie.json
epoch_timestamp = false
"""

# Stock Cowrie lets nearly everyone in at once; real attackers meet both answers.
ACCOUNTS = """\
root:x:!root
root:x:!123456
root:x:admin
root:x:1234
root:x:password
root:x:xc3511
root:x:vizxv
root:x:/^let me in/
admin:x:admin
admin:x:1234
pi:x:raspberry
ubnt:x:ubnt
test:x:test
*:x:/^let me in/
*:x:!*
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and as whom a Cowrie runs."""

    environment: Path  # the virtual environment that `install` made
    state: Path  # its working directory; readable by user
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


def install(folder: Path, *packages: str) -> Path:
    """Make a virtual environment with these packages of PyPI; one that stands already is taken as it is.

    It uses /usr/bin/python3 where there is one, because Cowrie's user must be able to read the interpreter.
    """
    if not (folder / "installed").is_file():
        system = Path("/usr/bin/python3")
        python = str(system) if system.is_file() else sys.executable
        subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(folder / "bin/pip"), "install", "--quiet", *packages], check=True)
        (folder / "installed").write_text("\n".join(packages) + "\n")
    return folder


def install_cowrie(folder: Path, version: str = COWRIE_VERSION) -> Path:
    """Make the virtual environment of one release of Cowrie."""
    return install(folder, f"cowrie=={version}")


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
        ssh_port=place.ssh_port,
        telnet_port=place.telnet_port,
        proxy="haproxy:" if place.has_proxy else "",
    )
    (place.state / "etc/cowrie.cfg").write_text(settings)
    (place.state / "etc/userdb.txt").write_text(ACCOUNTS)
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
        library = next(Path("/usr/lib").glob(FAKETIME_LIBRARIES), None)
        if library is None:
            raise RuntimeError("libfaketime is missing: apt-get install faketime")
        found |= {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(place.state / CLOCK_FILE),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
    return found
