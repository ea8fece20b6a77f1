"""The session summary and the merge by which it grows, in any order and any number of steps."""

from __future__ import annotations

from enum import IntFlag

import msgspec


class Flag(IntFlag):
    """What is unusual in a session; merged by OR. The bits are stored: append, never renumber."""

    LATE = 1  # an event that Cowrie itself marked as late
    DRIFT = 2  # an event with something that the registry did not know
    ESCAPED = 4  # an event whose payload had to be escaped to be storable
    KEY_LOGIN = 8  # a login with a public key


class SessionGrowth(msgspec.Struct, array_like=True, gc=False):
    """What some events of one session add up to.

    Every field merges by an operation that is commutative and associative (the comment names it), so any
    order, any chunking and any repetition of *new* events give the same row. Text that ought to be one value a
    session (an address, a client) merges by `least`: of two different values, both orders keep the same one.
    Unknown is None and loses against anything.
    """

    sensor: int  # key; index into the batch's sensors, or the store's sensor id
    session: str  # key; Cowrie's session id
    first_ts: int  # least; microseconds UTC
    last_ts: int  # greatest
    events: int = 0  # sum
    connects: int = 0  # sum; more than one means that the id was used again
    connect_ts: int | None = None  # least
    closed_ts: int | None = None  # greatest
    duration_ms: int | None = None  # greatest
    src_ip: str | None = None  # least
    src_port: int | None = None  # least; of session.connect only
    dst_ip: str | None = None  # least; of session.connect only
    dst_port: int | None = None  # least; of session.connect only
    protocol: str | None = None  # least
    client: str | None = None  # least; the version string
    hassh: str | None = None  # least
    arch: str | None = None  # least
    logins_failed: int = 0  # sum
    logins_succeeded: int = 0  # sum
    success_ts: int | None = None  # least, together with the two below: the first success credential
    success_username: str | None = None
    success_password: str | None = None
    commands: int = 0  # sum
    commands_failed: int = 0  # sum
    downloads: int = 0  # sum
    uploads: int = 0  # sum
    forwards: int = 0  # sum
    ttylogs: int = 0  # sum
    shape: int = 0  # sum modulo 2**63 of the shapes of its commands: equal for equal multisets of shapes
    flags: int = 0  # or


LEAST = (
    "first_ts",
    "connect_ts",
    "src_ip",
    "src_port",
    "dst_ip",
    "dst_port",
    "protocol",
    "client",
    "hassh",
    "arch",
)
GREATEST = ("last_ts", "closed_ts", "duration_ms")
SUM = (
    "events",
    "connects",
    "logins_failed",
    "logins_succeeded",
    "commands",
    "commands_failed",
    "downloads",
    "uploads",
    "forwards",
    "ttylogs",
)
SHAPE_MODULUS = 1 << 63


def success_key(growth: SessionGrowth) -> tuple[int, str, str]:
    """Order successes by time, then by text: the first one is the same in any order of arrival."""
    return (growth.success_ts or 0, growth.success_username or "", growth.success_password or "")


def merge(into: SessionGrowth, other: SessionGrowth) -> None:
    """Add `other` to `into`; both must be of the same session."""
    for name in LEAST:
        theirs = getattr(other, name)
        if theirs is not None:
            ours = getattr(into, name)
            if ours is None or theirs < ours:
                setattr(into, name, theirs)
    for name in GREATEST:
        theirs = getattr(other, name)
        if theirs is not None:
            ours = getattr(into, name)
            if ours is None or theirs > ours:
                setattr(into, name, theirs)
    for name in SUM:
        setattr(into, name, getattr(into, name) + getattr(other, name))
    into.shape = (into.shape + other.shape) % SHAPE_MODULUS
    into.flags |= other.flags
    if other.success_ts is not None and (into.success_ts is None or success_key(other) < success_key(into)):
        into.success_ts = other.success_ts
        into.success_username = other.success_username
        into.success_password = other.success_password
