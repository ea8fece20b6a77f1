"""One Cowrie attacked, turned over midnight, killed in the middle of a line and restarted, while nacre follows."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.components import ROOT, RUNNING_EVENT
from tests.e2e.installing import VERSIONS

from sample.furniture import is_old
from sample.honeypot import Honeypot, Place, free_port, start, write_clock

ATTACK_SECONDS_MAX = 300
CAUGHT_UP_SECONDS_MAX = 120
STOP_SECONDS_MAX = 5.0  # what `nacre follow` promises
TRIES_MAX = 15  # to kill Cowrie within one write(2) of 12 MB, which takes it some 10 ms
LONG_BYTES = 500_000  # nothing but the commands of the part `long` makes the log grow as much at once
LOG = "cowrie.json"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is left of a campaign: beside this record, `logs` and `nacre.db`."""

    tries: int  # kills, until one fell into a line
    is_torn: bool  # the last one did
    stored_live: int  # events in the store while Cowrie was still running
    follow_exit: int
    receipt: dict[str, Any]  # what `nacre follow` printed
    account_exit: int
    account: dict[str, Any]  # what `nacre account --recount` printed then


@dataclass(frozen=True, slots=True)
class Stage:
    """What a campaign is played with."""

    place: Place
    attacker: Path  # the environment with asyncssh
    folder: Path  # for the store and what the commands say

    @property
    def logs(self) -> Path:
        """Where Cowrie writes."""
        return self.place.state / "var/log/cowrie"

    @property
    def store(self) -> Path:
        """Where nacre writes."""
        return self.folder / "nacre.db"

    def nacre(self, *arguments: str) -> list[str]:
        """Return a command line of nacre."""
        return [sys.executable, "-m", "nacre", "--store", str(self.store), *arguments]

    def attack(self, part: str) -> list[str]:
        """Return the command line of an attack."""
        ports = ["--ssh", str(self.place.ssh_port), "--telnet", str(self.place.telnet_port)]
        command = [str(self.attacker / "bin/python"), "-m", "sample.siege", str(self.place.state), part, *ports]
        return [*command, "--proxy"] if self.place.has_proxy else command


@contextmanager
def stage(version: str, cowrie: Path, attacker: Path, folder: Path) -> Iterator[Stage]:
    """Yield a stage in a temporary directory that Cowrie's user can reach, its clock in the morning of a coming day."""
    state = Path(tempfile.mkdtemp(prefix="nacre-e2e-"))
    try:
        state.chmod(0o755)
        place = Place(
            environment=cowrie,
            version=version,
            state=state,
            sensor=f"e2e-{version}",
            ssh_port=free_port(),
            telnet_port=free_port(),
            has_clock=True,
            # 2.9.0 takes the session of an event from the name of its connection, which HAProxy's wrapper changes.
            has_proxy=not is_old(version),
        )
        # In the future: rotation compares the clock with the age of the file.
        morning = datetime.now(UTC).replace(hour=8, minute=0) + timedelta(days=3)
        write_clock(state, morning.timestamp() - time.time())
        yield Stage(place, attacker, folder)
    finally:
        shutil.rmtree(state)


def play(scene: Stage) -> Outcome:
    """Play the whole campaign; what remains is in the scene's folder."""
    tries, is_torn = 0, False
    honeypot = begin(scene)
    try:
        with following(scene) as follower:
            attack(scene, "siege")
            while not is_torn and tries < TRIES_MAX:
                is_torn = kill_in_long_line(scene, honeypot)
                honeypot = begin(scene)
                tries += 1
            attack(scene, "after")
            catch_up(scene)
            stored_live = count(scene.store, "SELECT count(*) FROM raw_events")
            honeypot.stop()
            catch_up(scene)
            follower.send_signal(signal.SIGTERM)
            said, _ = follower.communicate(timeout=STOP_SECONDS_MAX)
    finally:
        honeypot.kill()
    recount = subprocess.run(scene.nacre("account", "--recount", "--json"), capture_output=True, check=False)
    shutil.copytree(scene.logs, scene.folder / "logs", dirs_exist_ok=True)
    return Outcome(
        tries=tries,
        is_torn=is_torn,
        stored_live=stored_live,
        follow_exit=follower.returncode,
        receipt=json.loads(said),
        account_exit=recount.returncode,
        account=json.loads(recount.stdout),
    )


def begin(scene: Stage) -> Honeypot:
    """Start Cowrie; announce what is really running, by its own log and by what the kernel has mapped into it."""
    honeypot = start(scene.place)
    told = (scene.logs / "cowrie.log").read_text(errors="replace")
    for version in VERSIONS:
        if f"Cowrie Version {version}" in told:
            sys.audit(RUNNING_EVENT, f"Cowrie {version}")
    if "libfaketime" in Path(f"/proc/{honeypot.process.pid}/maps").read_text():
        sys.audit(RUNNING_EVENT, "libfaketime")
    return honeypot


@contextmanager
def following(scene: Stage) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a running `nacre follow`; it does not outlive the block."""
    with (scene.folder / "follow.err").open("wb") as talk:
        command = scene.nacre("follow", "--json", str(scene.logs))
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=talk, cwd=scene.folder) as process:
            try:
                yield process
            finally:
                process.kill()


def surroundings() -> dict[str, str]:
    """Return the environment of an attack; asyncssh wants a name of whoever runs it, which not every user id has."""
    return {"LOGNAME": "attacker", **os.environ, "PYTHONPATH": str(ROOT / "tools")}


def attack(scene: Stage, part: str) -> None:
    """Play one part of the attack to its end."""
    with (scene.folder / f"{part}.err").open("wb") as talk:
        subprocess.run(scene.attack(part), env=surroundings(), stderr=talk, check=True, timeout=ATTACK_SECONDS_MAX)
    sys.audit(RUNNING_EVENT, "asyncssh")


def kill_in_long_line(scene: Stage, honeypot: Honeypot) -> bool:
    """Kill Cowrie when its log grows by a long line; tell whether the line is torn."""
    path = scene.logs / LOG
    with path.open("rb") as log, (scene.folder / "long.err").open("wb") as talk:
        before = os.fstat(log.fileno()).st_size
        with subprocess.Popen(scene.attack("long"), env=surroundings(), stderr=talk) as attacker:
            while os.fstat(log.fileno()).st_size < before + LONG_BYTES and attacker.poll() is None:
                pass  # a pause would be longer than the write
            honeypot.kill()
            attacker.kill()
        log.seek(-1, os.SEEK_END)
        return log.read() != b"\n"


def catch_up(scene: Stage) -> None:
    """Wait until the store has read all that stands in the log."""
    deadline = time.monotonic() + CAUGHT_UP_SECONDS_MAX
    wanted = read = -1
    while time.monotonic() < deadline:
        wanted = sum(path.stat().st_size for path in scene.logs.glob(f"{LOG}*"))
        read = count(scene.store, "SELECT coalesce(sum(checkpoint), 0) FROM sources")
        if wanted == read:
            return
        time.sleep(0.1)
    raise AssertionError(f"nacre follow has read {read} of {wanted} bytes: see {scene.folder / 'follow.err'}")


def count(store: Path, query: str) -> int:
    """Return the one number that a query of the store gives; -1 while there is no store."""
    try:
        with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True, timeout=10)) as connection:
            return int(connection.execute(query).fetchone()[0])
    except sqlite3.OperationalError:
        return -1
