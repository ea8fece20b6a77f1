"""The stage of an attack: clock, sources, ports, and how to open a connection from an address of one's choice."""

from __future__ import annotations

import asyncio
import random
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sample.honeypot import write_clock
from sample.words import WEB

T = TypeVar("T")
WAIT_SECONDS_MAX = 20.0
SOURCES = 180
SENSOR_4, SENSOR_6 = "198.51.100.10", "2001:db8::10"
NETWORKS = ("192.0.2.", "198.51.100.", "203.0.113.")  # RFC 5737; IPv6: RFC 3849


def true_seconds() -> float:
    """Return the machine's own time."""
    return time.time()  # noqa: TID251 - the attack has a real counterpart, and moves its clock against this one


class Clock:
    """Cowrie's clock, moved from here: forward only, so that its log stays in order."""

    def __init__(self, state: Path, start: float) -> None:
        self._state = state
        self._lock = threading.Lock()  # telnet visits come from threads
        self._offset = start - true_seconds()
        write_clock(state, self._offset)

    def now(self) -> float:
        """Return what Cowrie takes for the time, in seconds since 1970."""
        return true_seconds() + self._offset

    def passes(self, seconds: float) -> None:
        """Let time go by for Cowrie, at once for us."""
        with self._lock:
            self._offset += max(0.0, seconds)
            write_clock(self._state, self._offset)

    def reach(self, moment: float) -> None:
        """Go forward to this moment; stay where it is already past."""
        self.passes(moment - self.now())


@dataclass(frozen=True, slots=True)
class Scene:
    """What every visit is given."""

    dice: random.Random
    clock: Clock
    ssh_port: int
    telnet_port: int
    web_port: int
    sources: tuple[str, ...]
    has_proxy: bool = True  # else the sources are addresses of this machine, 127.0.0.0/8

    @property
    def web(self) -> str:
        """Where the malware lies."""
        return WEB.format(port=self.web_port)

    def ranked(self, words: tuple[T, ...] | list[T]) -> T:
        """Draw a word, the front ones far more often: the square of a uniform draw leans to zero."""
        return words[int(len(words) * self.dice.random() ** 2.5)]

    def source(self) -> str:
        """Draw an address, some far more often."""
        return self.ranked(self.sources)

    def pause(self, least: float, most: float) -> None:
        """Let a believable time go by."""
        self.clock.passes(self.dice.uniform(least, most))

    def connect(self, source: str, port: int) -> socket.socket:
        """Open a connection that Cowrie believes to come from this address.

        The header is version 1 of HAProxy's PROXY protocol, which Cowrie's endpoint expects.
        """
        if not self.has_proxy:
            return socket.create_connection(("127.0.0.1", port), WAIT_SECONDS_MAX, source_address=(source, 0))
        family, target = ("TCP6", SENSOR_6) if ":" in source else ("TCP4", SENSOR_4)
        public = 22 if port == self.ssh_port else 23
        made = socket.create_connection(("127.0.0.1", port), WAIT_SECONDS_MAX)
        header = f"PROXY {family} {source} {target} {self.dice.randrange(1024, 65536)} {public}\r\n"
        made.sendall(header.encode())
        return made


def make_sources(dice: random.Random) -> tuple[str, ...]:
    """Draw the attackers' addresses, all of ranges that are reserved for documentation."""
    found = {f"{dice.choice(NETWORKS)}{dice.randrange(20, 250)}" for _ in range(SOURCES)}
    found |= {f"2001:db8:{dice.randrange(65536):x}::{dice.randrange(65536):x}" for _ in range(SOURCES // 12)}
    ordered = sorted(found)
    dice.shuffle(ordered)
    return tuple(ordered)


def make_own_sources(dice: random.Random) -> tuple[str, ...]:
    """Draw addresses that every Linux machine has: all of 127.0.0.0/8."""
    return tuple(f"127.{dice.randrange(1, 255)}.{dice.randrange(256)}.{dice.randrange(1, 255)}" for _ in range(SOURCES))


async def quietly(work: asyncio.Future[T]) -> T | None:
    """Await what an attacked server may cut short at any time."""
    try:
        return await asyncio.wait_for(work, WAIT_SECONDS_MAX)
    except (OSError, EOFError, TimeoutError):
        return None
