"""Recognise a log by its content: fingerprints of its head, markers of the place where reading stopped."""

from __future__ import annotations

import blake3

from nacre.model.source import SourceIdentity

# An event is 300-500 bytes, so the head holds about ten with their timestamps and session ids: no two logs
# share it.
HEAD_BYTES_MAX = 4096

# The end of one event at least: its timestamp or session id makes the place unique.
MARKER_BYTES = 256


def fingerprint(head: bytes) -> bytes:
    """Return the digest of `head`, 32 bytes."""
    return blake3.blake3(head).digest()


def is_same_head(identity: SourceIdentity, head: bytes) -> bool:
    """Tell whether a log with this `head` is, or grew from, the one that `identity` describes.

    `head` is what `Source.head` gives: up to HEAD_BYTES_MAX bytes. One that is shorter than the identity's
    is not the same. A short identity is weak evidence: verify the marker before you skip bytes on its word.
    """
    known = head[: identity.head_bytes]
    return 0 < identity.head_bytes == len(known) and fingerprint(known) == identity.fingerprint


def marker_of(before: bytes) -> bytes:
    """Return the marker of a place: digest of the last MARKER_BYTES `before` it, fewer only at the start."""
    return blake3.blake3(before[-MARKER_BYTES:]).digest()
