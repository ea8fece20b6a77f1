"""Visits of attackers, told without regard to a dialect: what happened and how long after the event before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from nacre.generate import words
from nacre.generate.dice import Dice

GUESSES_MAX = 6
COMMANDS_MAX = 12
FORWARDS_MAX = 5
SIZE_MAX = 2**32 - 1  # SSH sends columns and rows as 32 bits, and Cowrie writes what it is sent


class Act(NamedTuple):
    """One event, before a dialect gives it its form."""

    after_us: int  # µs since the act before
    name: str  # the event id of today without "cowrie."
    fields: dict[str, Any]
    message: str  # up to its duration, where it has one: each dialect writes that in its own way


@dataclass(slots=True)
class Visitor:
    """Who comes, and what he is inclined to."""

    dice: Dice
    hostile: float
    protocol: str
    host: str  # where his malware lies

    def says(self, usual: str) -> str:
        """Return the usual word or, now and then, a hostile one."""
        return self.dice.pick(words.HOSTILE) if self.dice.chance(self.hostile) else usual

    def after(self, most_seconds: float) -> int:
        """Draw a wait in µs: short ones far more often."""
        return int(self.dice.between(0, 1) ** 3 * most_seconds * 1_000_000) + 1


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _greeting(visitor: Visitor) -> Iterator[Act]:
    if visitor.protocol == "telnet":
        return
    version, kex, ciphers = visitor.dice.ranked(words.CLIENTS)
    said = visitor.says(version)
    lists = {
        "kexAlgs": list(kex),
        "keyAlgs": list(words.KEY_ALGORITHMS),
        "encCS": list(ciphers),
        "macCS": list(words.MACS),
        "compCS": ["none"],
        "langCS": [""],
    }
    offer = ";".join(",".join(lists[name]) for name in ("kexAlgs", "encCS", "macCS", "compCS"))
    hassh = hashlib.md5(offer.encode(), usedforsecurity=False).hexdigest()
    yield Act(visitor.after(0.5), "client.version", {"version": said}, f"Remote SSH version: {said}")
    yield Act(
        visitor.after(0.1),
        "client.kex",
        {"hassh": hassh, "hasshAlgorithms": offer, **lists},
        f"SSH client hassh fingerprint: {hassh}",
    )


def _login(visitor: Visitor, *, succeeds: bool) -> Act:
    if visitor.protocol == "telnet":
        usual = visitor.dice.ranked(words.FACTORY_LOGINS)
    else:
        usual = (visitor.dice.ranked(words.USERNAMES), visitor.dice.ranked(words.PASSWORDS))
    username, password = visitor.says(usual[0]), visitor.says(usual[1])
    how = "succeeded" if succeeds else "failed"
    return Act(
        visitor.after(4),
        "login.success" if succeeds else "login.failed",
        {"username": username, "password": password},
        f"login attempt [{username}/{password}] {how}",
    )


def _command(visitor: Visitor) -> Iterator[Act]:
    token = f"{visitor.dice.below(10**6):06d}"
    usual = visitor.dice.ranked(words.COMMANDS).replace("{host}", visitor.host).replace("{token}", token)
    said = visitor.says(usual)
    yield Act(visitor.after(6), "command.input", {"input": said}, f"CMD: {said}")
    if "wget" in said:
        url = visitor.says(f"http://{visitor.host}/{visitor.dice.ranked(words.FILES)}")
        shasum = _sha256(url)
        outfile = f"var/lib/cowrie/downloads/{shasum}"
        yield Act(
            visitor.after(3),
            "session.file_download",
            {"url": url, "outfile": outfile, "shasum": shasum},
            f"Downloaded URL ({url}) with SHA-256 {shasum} to {outfile}",
        )
    elif visitor.dice.chance(0.15):
        yield Act(visitor.after(0.01), "command.failed", {"input": said}, f"Command not found: {said}")


def _shell(visitor: Visitor) -> Iterator[Act]:
    """Open a shell, run commands in it, close it."""
    arch = visitor.dice.ranked(words.ARCHITECTURES)
    yield Act(visitor.after(0.3), "session.params", {"arch": arch}, "")
    if visitor.dice.chance(0.2):
        value = visitor.says("en_US.UTF-8")
        yield Act(visitor.after(0.1), "client.var", {"name": "LANG", "value": value}, f"request_env: LANG={value}")
        width, height = (SIZE_MAX, 0) if visitor.dice.chance(visitor.hostile) else (80, 24)
        fields = {"width": width, "height": height}
        yield Act(visitor.after(0.1), "client.size", fields, f"Terminal Size: {width} {height}")
    opened_us = 0
    typed = ""
    for _ in range(1 + visitor.dice.below(COMMANDS_MAX)):
        for act in _command(visitor):
            opened_us += act.after_us
            typed += act.fields.get("input", "")
            yield act
    shasum = _sha256(typed)
    ttylog = f"var/lib/cowrie/tty/{shasum}"
    rest_us = visitor.after(2)
    yield Act(
        rest_us,
        "log.closed",
        {
            "ttylog": ttylog,
            "size": len(typed),
            "shasum": shasum,
            "duplicate": False,
            "duration_us": opened_us + rest_us,
        },
        f"Closing TTY Log: {ttylog}",
    )


def _forward(visitor: Visitor) -> Iterator[Act]:
    """Ask for connections to elsewhere, and send something through them."""
    for number in range(1 + visitor.dice.below(FORWARDS_MAX)):
        host, port = visitor.dice.ranked(words.FORWARDS)
        host, orig_port = visitor.says(host), visitor.dice.below(65536)
        target = {"dst_ip": host, "dst_port": port}
        yield Act(
            visitor.after(3),
            "direct-tcpip.request",
            {**target, "orig_ip": "127.0.0.1", "orig_port": orig_port},
            f"direct-tcp connection request to {host}:{port} from 127.0.0.1:{orig_port}",
        )
        data = repr(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        yield Act(
            visitor.after(0.2),
            "direct-tcpip.data",
            {**target, "data": data, "id": number},
            f"discarded direct-tcp forward request {number} to {host}:{port} with data {data}",
        )


def _scan(visitor: Visitor) -> Iterator[Act]:
    if visitor.dice.chance(0.4) and visitor.protocol == "ssh":
        said = visitor.says(visitor.dice.pick(words.ODD_VERSIONS))
        yield Act(visitor.after(1), "client.version", {"version": said}, f"Remote SSH version: {said}")


def _guess(visitor: Visitor) -> Iterator[Act]:
    yield from _greeting(visitor)
    for _ in range(1 + visitor.dice.below(GUESSES_MAX)):
        yield _login(visitor, succeeds=False)


def _break_in(visitor: Visitor) -> Iterator[Act]:
    yield from _greeting(visitor)
    if visitor.dice.chance(0.3):
        yield _login(visitor, succeeds=False)
    yield _login(visitor, succeeds=True)
    yield from _shell(visitor)


def _use_as_proxy(visitor: Visitor) -> Iterator[Act]:
    yield from _greeting(visitor)
    yield _login(visitor, succeeds=True)
    yield from _forward(visitor)


# How often each comes, in 100.
SSH: tuple[tuple[Callable[[Visitor], Iterator[Act]], float], ...] = (
    (_scan, 0.2),
    (_guess, 0.45),
    (_break_in, 0.25),
    (_use_as_proxy, 0.1),
)
TELNET: tuple[tuple[Callable[[Visitor], Iterator[Act]], float], ...] = (
    (_scan, 0.2),
    (_guess, 0.4),
    (_break_in, 0.4),
)


def visit(visitor: Visitor) -> list[Act]:
    """Return what happens between connect and close, in order; both of them are left to the caller."""
    kinds = TELNET if visitor.protocol == "telnet" else SSH
    drawn = visitor.dice.between(0, 1)
    for kind, share in kinds:
        drawn -= share
        if drawn < 0:
            return list(kind(visitor))
    return list(kinds[-1][0](visitor))
