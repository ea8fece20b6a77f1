"""Attack a Cowrie on loopback in a minute: every kind of visit, a storm over midnight, commands that make long lines.

Run by the interpreter that has asyncssh: python -m sample.siege STATE PART --ssh … --telnet …
"""

from __future__ import annotations

import argparse
import asyncio
import http.server
import inspect
import random
import threading
from dataclasses import dataclass
from pathlib import Path

from sample import ssh_visits, telnet_visits
from sample.attack import DAY_SECONDS, ONCE_A_DAY, Malware, Visit
from sample.honeypot import CLOCK_FILE
from sample.scene import Clock, Scene, make_own_sources, make_sources, true_seconds
from sample.words import RECON

AT_ONCE = 8
STORM = 200
STORM_LEAD_SECONDS = 60  # before midnight; Cowrie throws out who has not logged in within 120 seconds
SILENCE_SECONDS = 0.5
STORM_RIGHT = 4  # one in so many guesses right
LONG = 4
BIG_CHARS = 100_000
LONG_CHARS = (
    1_000_000  # SSH packs 1 MiB; as NULs they make a line of 12 MB: six bytes each, and `message` says it again
)
DAY: tuple[Visit, ...] = (*ONCE_A_DAY, ssh_visits.upload_by_sftp)


@dataclass(frozen=True, slots=True)
class Siege(Scene):
    """A scene with a view on what Cowrie writes."""

    log: Path = Path()


class Steady(Clock):
    """A clock that goes at its own pace, because Cowrie's timeouts go by it and many visits come at once."""

    def passes(self, seconds: float) -> None:
        """Let nothing pass."""

    def reach(self, moment: float) -> None:
        """Go forward to this moment."""
        super().passes(moment - self.now())


class Web(http.server.ThreadingHTTPServer):
    """A web server that minds nothing: Cowrie dies in the middle of downloads."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


async def visits(scene: Scene, kinds: tuple[Visit, ...]) -> None:
    """Make these visits, some at the same time."""
    turnstile = asyncio.Semaphore(AT_ONCE)

    async def come(visit: Visit) -> None:
        async with turnstile:
            if inspect.iscoroutinefunction(visit):
                await visit(scene, scene.source())
            else:
                await asyncio.to_thread(visit, scene, scene.source())

    await asyncio.gather(*(come(visit) for visit in kinds))


async def storm(scene: Siege) -> None:
    """Guess in 200 sessions at the same time; those who got in are still there when the day changes."""
    answered, is_next_day = asyncio.Semaphore(0), asyncio.Event()

    async def come(number: int) -> None:
        guesses = [f"wrong{number % 17}", f"wrong{number}"]
        if number % STORM_RIGHT == 0:
            guesses[1] = ssh_visits.DOOR + str(number)
        async with ssh_visits.session(scene, scene.source(), "root", guesses) as made:
            answered.release()
            if made is not None:
                await is_next_day.wait()
                await ssh_visits.run(made, scene.ranked(RECON))

    midnight = (scene.clock.now() // DAY_SECONDS + 1) * DAY_SECONDS
    scene.clock.reach(midnight - STORM_LEAD_SECONDS)
    sessions = [asyncio.create_task(come(number)) for number in range(STORM)]
    for _ in sessions:
        await answered.acquire()
    await silence(scene)
    scene.clock.reach(midnight + 1)
    is_next_day.set()
    await asyncio.gather(*sessions)


async def silence(scene: Siege) -> None:
    """Wait until Cowrie has nothing to write.

    Twisted's DailyLogFile looks at the date before a write and takes note of it after: a midnight in between is one
    without a rotation. It came to that with 2.9.0, which writes a line in 53 pieces.
    """
    size = -1
    while size != (size := scene.log.stat().st_size):
        await asyncio.sleep(SILENCE_SECONDS)


async def big(scene: Scene, source: str) -> None:
    """Run a command whose line is large, and leave Cowrie the time to write it."""
    async with ssh_visits.session(scene, source, "root", [ssh_visits.DOOR]) as made:
        if made is not None:
            await ssh_visits.run(made, "\0" * BIG_CHARS)


async def long_lines(scene: Scene) -> None:
    """Run commands whose lines take Cowrie long to write; it may die meanwhile."""
    async with ssh_visits.session(scene, scene.source(), "root", [ssh_visits.DOOR]) as made:
        for _ in range(LONG if made is not None else 0):
            await ssh_visits.run(made, "\0" * LONG_CHARS)


async def day_and_night(scene: Siege) -> None:
    """Make every kind of visit, the storm over midnight, and every kind of visit again."""
    await visits(scene, DAY)
    await storm(scene)
    await visits(scene, DAY)


AFTER: tuple[Visit, ...] = (telnet_visits.glance, ssh_visits.commands, ssh_visits.vandal, telnet_visits.worm, big)


async def after(scene: Scene) -> None:
    """Come back when Cowrie is up again."""
    await visits(scene, AFTER)


PARTS = {"siege": day_and_night, "long": long_lines, "after": after}


def main() -> None:
    """Read the arguments and attack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path, help="Cowrie's working directory, where its clock is")
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--ssh", type=int, required=True)
    parser.add_argument("--telnet", type=int, required=True)
    parser.add_argument("--proxy", action="store_true", help="Cowrie expects PROXY headers")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    dice = random.Random(given.seed)
    server = Web(("127.0.0.1", 0), Malware)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    scene = Siege(
        dice=dice,
        clock=Steady(given.state, true_seconds() + float((given.state / CLOCK_FILE).read_text())),
        ssh_port=given.ssh,
        telnet_port=given.telnet,
        web_port=server.server_port,
        sources=make_sources(dice) if given.proxy else make_own_sources(dice),
        has_proxy=given.proxy,
        log=given.state / "var/log/cowrie/cowrie.json",
    )
    asyncio.run(PARTS[given.part](scene))
    server.shutdown()


if __name__ == "__main__":
    main()
