"""Attack a Cowrie on loopback by the script: several days of visits in a few minutes.

Run by the interpreter that has asyncssh: python -m sample.attack STATE --start … --days …
"""

from __future__ import annotations

import argparse
import asyncio
import http.server
import inspect
import random
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from sample import ssh_visits, telnet_visits
from sample.scene import Clock, Scene, make_sources

DAY_SECONDS = 86_400
SLOW_SECONDS = 0.7
MIDNIGHT_LEAD_SECONDS = 20

Visit = Callable[[Scene, str], Awaitable[None] | None]

# How often each kind comes, in 100.
PLAN: tuple[tuple[Visit, int], ...] = (
    (ssh_visits.glance, 12),
    (ssh_visits.odd_banner, 6),
    (ssh_visits.guess, 22),
    (ssh_visits.campaign, 10),
    (ssh_visits.commands, 8),
    (ssh_visits.drop, 5),
    (ssh_visits.plant_key, 4),
    (ssh_visits.type_commands, 2),
    (ssh_visits.upload, 3),
    (ssh_visits.forward, 5),
    (ssh_visits.offer_key, 2),
    (ssh_visits.vandal, 2),
    (ssh_visits.cut_off, 2),
    (telnet_visits.worm, 5),
    (telnet_visits.guess, 6),
    (telnet_visits.glance, 3),
    (telnet_visits.negotiate, 1),
    (telnet_visits.exploit, 1),
    (telnet_visits.vandal, 1),
)
ONCE_A_DAY: tuple[Visit, ...] = (ssh_visits.leave_early, *(visit for visit, _ in PLAN))


class Malware(http.server.BaseHTTPRequestHandler):
    """A web server with something for every path but those under /gone/."""

    def do_GET(self) -> None:
        """Serve bytes that depend on the path alone, so that the same path is the same file."""
        if self.path.startswith("/slow/"):
            time.sleep(SLOW_SECONDS)
        is_gone = self.path.startswith("/gone/")
        body = b"" if is_gone else f"#!/bin/sh\n# {self.path}\nexit 0\n".encode() * 20
        self.send_response(404 if is_gone else 200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


def timetable(dice: random.Random, visits: int, days: int) -> list[tuple[float, Visit]]:
    """Return when which visit comes, in seconds after the start; one of each kind each day, nights busier."""
    kinds = [visit for visit, weight in PLAN for _ in range(weight)]
    found = [(day * DAY_SECONDS + dice.random() * DAY_SECONDS, visit) for day in range(days) for visit in ONCE_A_DAY]
    while len(found) < visits:
        second = dice.random() * days * DAY_SECONDS
        if dice.random() < (1.0 if second % DAY_SECONDS < DAY_SECONDS / 3 else 0.6):
            found.append((second, dice.choice(kinds)))
    # A terminal that is open over each midnight: its session stands in two files.
    found += [(day * DAY_SECONDS - MIDNIGHT_LEAD_SECONDS, ssh_visits.type_commands) for day in range(1, days)]
    return sorted(found, key=lambda each: each[0])


async def attack(scene: Scene, start: float, plan: list[tuple[float, Visit]]) -> None:
    """Make the visits in order, each at its time."""
    for second, visit in plan:
        scene.clock.reach(start + second)
        if inspect.iscoroutinefunction(visit):
            await visit(scene, scene.source())
        else:
            await asyncio.to_thread(visit, scene, scene.source())


def main() -> None:
    """Read the arguments and attack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path, help="Cowrie's working directory, where its clock is")
    parser.add_argument("--ssh", type=int, default=2222)
    parser.add_argument("--telnet", type=int, default=2223)
    parser.add_argument("--web", type=int, default=8088)
    parser.add_argument("--start", type=datetime.fromisoformat, required=True)
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--visits", type=int, default=450)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    dice = random.Random(given.seed)
    start = given.start.timestamp()
    scene = Scene(
        dice=dice,
        clock=Clock(given.state, start),
        ssh_port=given.ssh,
        telnet_port=given.telnet,
        web_port=given.web,
        sources=make_sources(dice),
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", given.web), Malware)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    asyncio.run(attack(scene, start, timetable(dice, given.visits, given.days)))
    scene.clock.reach(start + given.days * DAY_SECONDS - 1)
    server.shutdown()


if __name__ == "__main__":
    main()
