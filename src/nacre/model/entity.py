"""Entities: the things analysts pivot on, and the codes under which the store keeps their kinds."""

from __future__ import annotations

import json
from enum import IntEnum

import blake3
import msgspec

from nacre.model.text import ENTITY_CHARS_MAX


class Kind(IntEnum):
    """What an entity is. The numbers are stored: append, never renumber."""

    IP = 1
    USERNAME = 2
    PASSWORD = 3
    CREDENTIAL = 4
    COMMAND = 5
    CLIENT = 6
    HASSH = 7
    URL = 8
    FILE = 9
    KEY = 10
    FORWARD = 11
    JA4 = 12
    JA4H = 13

    @property
    def label(self) -> str:
        """Return the kind's name as users type it."""
        return self.name.lower()


class EntityGrowth(msgspec.Struct, array_like=True, gc=False):
    """What one batch saw of an entity: when first and last, by event time in microseconds UTC."""

    kind: int
    value: str
    first_ts: int
    last_ts: int


def credential(username: str, password: str) -> str:
    """Return the value of a credential entity: a JSON array, so that no separator can be forged."""
    return json.dumps([username, password], ensure_ascii=False, separators=(",", ":"))


def bounded(value: str) -> str:
    """Return `value`, or its head and digest when longer than a dictionary entry may be."""
    if len(value) <= ENTITY_CHARS_MAX:
        return value
    digest = blake3.blake3(value.encode()).hexdigest(16)
    return f"{value[:ENTITY_CHARS_MAX]}…[{len(value)} characters, blake3 {digest}]"
