"""How old a line of a real Cowrie under a storm of connections is when a query first sees it."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
import time
from array import array
from pathlib import Path

from live.companion import Companion, Side
from live.following import Follower
from live.observing import BY_PLACE, ask, ask_early, observe, until
from live.outcome import Outcome, spread
from live.stage import BATCHES

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "tools"))

from sample.honeypot import COWRIE_VERSION, Place, free_port, install_cowrie, start  # noqa: E402 - see the line above

PEEK_SECONDS = 0.0002
AT_ONCE = 8
ANSWER_SECONDS = 5.0
PATIENCE_SECONDS = 60.0
BANNER = b"SSH-2.0-Go\r\n"
HEAD = ("Cowrie", "lines", "lines/s", "p50 ms", "p99 ms", "max ms", "batches", "follower CPU s per 1,000 events")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--seconds", type=float, default=30.0)
    standing = ROOT / ".e2e" / f"cowrie-{COWRIE_VERSION}"
    parser.add_argument(
        "--cowrie", type=Path, default=standing, help="its virtual environment; made where it is absent"
    )


def run(wanted: argparse.Namespace, work: Path) -> Outcome:
    """Attack a Cowrie and follow its log."""
    work.chmod(0o755)  # Cowrie is nobody, where this is root
    place = Place(
        environment=install_cowrie(wanted.cowrie.absolute()),
        state=work / "cowrie",
        ssh_port=free_port(),
        telnet_port=free_port(),
        has_proxy=False,
    )
    honeypot = start(place)
    try:
        return measured(honeypot.logs, place, work, wanted.seconds)
    finally:
        honeypot.stop()


def measured(logs: Path, place: Place, work: Path, seconds: float) -> Outcome:
    """Measure while the storm lasts."""
    store, log = work / "nacre.db", logs / "cowrie.json"
    knock(place.ssh_port)
    with Follower(store, [log], talk=work / "follow.err") as follower:
        until(
            lambda: 0 < log.stat().st_size == ask_early(store, "SELECT sum(checkpoint) FROM sources"), "the first lines"
        )
        begin = log.stat().st_size
        last = ask(store, "SELECT max(id) FROM raw_events")
        batches, cpu = ask(store, BATCHES), follower.cpu_seconds()
        with (
            Companion(observe, store, BY_PLACE, last) as observer,
            Companion(peek, log, begin) as reader,
            Companion(storm, place.ssh_port) as attacker,
        ):
            time.sleep(seconds)
            attacker.finish()
            until(lambda: log.stat().st_size == ask(store, "SELECT sum(checkpoint) FROM sources"), "the last lines")
            places, moments, gaps = reader.finish()
            observer.wait_for(len(places), PATIENCE_SECONDS)
            cpu, batches = follower.cpu_seconds() - cpu, ask(store, BATCHES) - batches
            seen = observer.finish()
        follower.end()
    waits = [seen[at] - moment for at, moment in zip(places, moments, strict=True) if at in seen]
    span = (moments[-1] - moments[0]) / 1e9
    row = (
        place.version,
        f"{len(places):,}",
        f"{len(places) / span:,.0f}",
        *spread(waits).cells(),
        f"{batches:,}",
        f"{cpu / len(places) * 1000:.3f}",
    )
    late = spread(gaps)
    notes = [
        "A real Cowrie gives no moment of write(2). A process looks at the log's size every 0.2 ms and takes for a "
        "line's moment when it first sees its newline: late by at most the pause before, for half of the lines "
        f"{late.p50:.1f} ms, for 99 of 100 {late.p99:.1f} ms, once {late.slowest:.1f} ms. So the true figures are "
        "larger by no more than that."
    ]
    lost = len(places) - len(waits)
    return Outcome(
        what=f"Cowrie {place.version} on loopback, {AT_ONCE} clients that connect to its SSH port, read the banner, "
        f"send theirs and go, as fast as it lets them, for {seconds:g} s; attackers, Cowrie, follower and observers "
        "share the machine",
        head=HEAD,
        rows=[row],
        notes=[*notes, f"{lost} lines were never seen"] if lost else notes,
        is_sound=lost == 0,
    )


def peek(side: Side, log: Path, position: int) -> tuple[array[int], array[int], array[int]]:
    """Look at a growing log; return each line's place, when its newline was there, and how long nobody had looked."""
    places, moments, gaps, line = array("q"), array("q"), array("q"), position
    with log.open("rb", buffering=0) as content:
        looked = time.monotonic_ns()
        while not side.stop.is_set():
            size, before = os.fstat(content.fileno()).st_size, looked
            looked = time.monotonic_ns()
            data = os.pread(content.fileno(), size - position, position) if size > position else b""
            newline = data.find(b"\n")
            while newline >= 0:
                places.append(line)
                moments.append(looked)
                gaps.append(looked - before)
                line = position + newline + 1
                newline = data.find(b"\n", newline + 1)
            position += len(data)
            time.sleep(PEEK_SECONDS)
    return places, moments, gaps


def storm(side: Side, port: int) -> None:
    """Connect as fast as Cowrie answers, from a few threads."""

    def attack() -> None:
        while not side.stop.is_set():
            knock(port)

    threads = [threading.Thread(target=attack) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def knock(port: int) -> None:
    """Connect, read the banner, send one, go; a Cowrie that cannot follow is tried again."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS) as made:
            made.recv(256)
            made.sendall(BANNER)
    except OSError:
        time.sleep(0.05)
