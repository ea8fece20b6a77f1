"""Runs inside the booted machine, as root: starts, feeds, stops and breaks the units, and writes down what it saw."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LOGS = Path("/srv/cowrie/var/log/cowrie")
STORE = Path("/var/lib/nacre/nacre.db")
FOLLOW, CATCH_UP = "nacre-follow.service", "nacre-catch-up.service"
WAIT_SECONDS = 30


def write(first: int, last: int) -> None:
    """Append lines to the log as Cowrie does, with a umask of 0027."""
    log = LOGS / "cowrie.json"
    with log.open("a", encoding="utf-8") as file:
        for number in range(first, last):
            stamp = f"2026-11-24T00:00:{number % 60:02d}.{number:06d}Z"
            event = {"eventid": "cowrie.command.input", "session": f"{number:012x}", "timestamp": stamp}
            file.write(json.dumps({**event, "input": f"echo {number}", "src_ip": "198.51.100.7"}) + "\n")
    log.chmod(0o640)
    shutil.chown(log, "cowrie", "cowrie")


def stored() -> int:
    """Return how many events the store holds; 0 while there is none."""
    try:
        connection = sqlite3.connect(f"file:{STORE}?mode=ro", uri=True)
        try:
            return int(connection.execute("SELECT count(*) FROM raw_events").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return 0


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, or for as long as patience lasts."""
    end = time.monotonic() + WAIT_SECONDS
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)


def wait_for(events: int) -> int:
    """Return how many events the store holds, once they are so many or patience ends."""
    wait_until(lambda: stored() >= events)
    return stored()


def shell(lines: list[str]) -> list[int]:
    """Run lines of the how-to; return their exit statuses."""
    return [subprocess.run(line, shell=True, check=False).returncode for line in lines]


def systemctl(*arguments: str) -> int:
    """Run systemctl; return its exit status."""
    return subprocess.run(["systemctl", *arguments], check=False).returncode


def state(unit: str, *names: str) -> list[str]:
    """Return properties of a unit."""
    wanted = [f"--property={name}" for name in names]
    shown = subprocess.run(["systemctl", "show", unit, *wanted], capture_output=True, text=True, check=True).stdout
    values = dict(line.split("=", 1) for line in shown.splitlines())
    return [values[name] for name in names]


def follow(lines: list[str]) -> dict[str, Any]:
    """Start it by the how-to's lines, let lines come, kill it, let it start again, stop it."""
    write(0, 20)
    found: dict[str, Any] = {"begun": shell(lines), "stored": [wait_for(20)]}
    write(20, 40)
    found["stored"].append(wait_for(40))
    found.update(look_at(int(state(FOLLOW, "MainPID")[0])))
    systemctl("start", CATCH_UP)
    found["second_reader"] = state(CATCH_UP, "ActiveState", "ExecMainStatus")
    systemctl("kill", "--kill-whom=main", "--signal=KILL", FOLLOW)
    wait_until(lambda: state(FOLLOW, "SubState") == ["auto-restart"])
    found["killed"] = state(FOLLOW, "SubState", "Result")
    write(40, 50)
    found["stored"].append(wait_for(50))
    found["again"] = state(FOLLOW, "ActiveState", "NRestarts")
    systemctl("stop", FOLLOW)
    found["stopped"] = state(FOLLOW, "ActiveState", "Result", "ExecMainStatus")
    found["mode"] = oct(STORE.stat().st_mode & 0o777)
    return found


def look_at(pid: int) -> dict[str, Any]:
    """Return who a process is and what holds it."""
    folder = Path(f"/proc/{pid}")
    status = dict(line.split(":\t", 1) for line in (folder / "status").read_text().splitlines() if ":\t" in line)
    return {
        "sandbox": {name: status[name] for name in ("NoNewPrivs", "Seccomp", "CapEff", "CapBnd")},
        "owner": folder.owner(),
        "has_own_network": (folder / "ns/net").readlink() != Path("/proc/self/ns/net").readlink(),
    }


def catch_up(lines: list[str]) -> dict[str, Any]:
    """Start the timer by the how-to's lines, then what it would start, twice."""
    write(50, 60)
    begun = shell(lines)
    runs = [(systemctl("start", CATCH_UP), stored()) for _ in range(2)]
    timer = state("nacre-catch-up.timer", "ActiveState", "Result")
    return {
        "begun": begun,
        "status": [status for status, _ in runs],
        "stored": [count for _, count in runs],
        "timer": timer,
    }


def wrong_setting() -> list[str]:
    """Start the follower with a setting that cannot be."""
    settings = STORE.with_name("nacre.toml")
    settings.write_text("tpo = 3\n", encoding="utf-8")
    settings.chmod(0o644)
    systemctl("start", FOLLOW)
    wait_until(lambda: state(FOLLOW, "ActiveState") == ["failed"])
    settings.unlink()
    return state(FOLLOW, "ActiveState", "ExecMainStatus", "NRestarts")


def main() -> None:
    """Take all steps, in this order."""
    os.umask(0o027)
    lines = json.loads(Path("/lines.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = {"init": Path("/proc/1/comm").read_text(encoding="ascii").strip()}
    found["follow"] = follow(lines["follow"])
    found["catch_up"] = catch_up(lines["catch_up"])
    found["wrong_setting"] = wrong_setting()
    Path("/found.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
