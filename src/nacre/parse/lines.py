"""Bytes to lines: cut a stream at its newlines, with a limit on how much of one line is ever held."""

from __future__ import annotations

import blake3

from nacre.model.reject import REJECT_BYTES_MAX, Reason, Reject

# A real line of 12,000,304 bytes exists (one exec command of a million NULs, times six for the escape, twice).
LINE_BYTES_MAX = 32 * 1024 * 1024


class LineCutter:
    """Push bytes in any portions, pull whole lines; `position` is the offset of the first byte not yet pulled.

    A line longer than the limit is never held: its head, length and digest become a Reject.
    """

    def __init__(self, *, position: int = 0, line_bytes_max: int = LINE_BYTES_MAX) -> None:
        self.position = position
        self._limit = line_bytes_max
        self._tail: list[bytes] = []
        self._tail_bytes = 0
        self._oversize: _Oversize | None = None

    @property
    def tail_bytes(self) -> int:
        """Return how many bytes after `position` are held because their newline has not come."""
        return self._oversize.length if self._oversize else self._tail_bytes

    def feed(self, chunk: bytes) -> tuple[Reject | None, bytes]:
        """Take a portion; return a line over the limit that ended in it, and the whole lines up to its last newline.

        The lines come as one piece of bytes that ends in a newline, or empty. `position` is left at its first byte:
        the caller adds its length when it has used it.
        """
        refused = None
        if self._oversize is not None:
            newline = chunk.find(b"\n")
            if newline < 0:
                self._oversize.add(chunk)
                return None, b""
            self._oversize.add(chunk[:newline])
            refused = self._oversize.reject(self.position)
            self.position += self._oversize.length + 1
            self._oversize = None
            chunk = chunk[newline + 1 :]
        cut = chunk.rfind(b"\n") + 1
        if cut == 0:
            self._hold(chunk)
            return refused, b""
        whole = b"".join((*self._tail, chunk[:cut])) if self._tail else chunk[:cut]
        self._tail.clear()
        self._tail_bytes = 0
        self._hold(chunk[cut:])
        return refused, whole

    def finish(self) -> tuple[Reject | None, bytes]:
        """Return what is held after the last newline, as the source has ended: a line over the limit, or its bytes."""
        if self._oversize is not None:
            return self._oversize.reject(self.position), b""
        return None, b"".join(self._tail)

    def _hold(self, chunk: bytes) -> None:
        if not chunk:
            return
        self._tail.append(chunk)
        self._tail_bytes += len(chunk)
        if self._tail_bytes > self._limit:
            self._oversize = _Oversize()
            for piece in self._tail:
                self._oversize.add(piece)
            self._tail.clear()
            self._tail_bytes = 0


class _Oversize:
    """A line over the limit while its end is awaited: head, length and digest, never the whole."""

    def __init__(self) -> None:
        self.length = 0
        self._head = b""
        self._hasher = blake3.blake3()

    def add(self, chunk: bytes) -> None:
        """Take the next bytes of the line."""
        if len(self._head) < REJECT_BYTES_MAX:
            self._head += chunk[: REJECT_BYTES_MAX - len(self._head)]
        self.length += len(chunk)
        self._hasher.update(chunk)

    def reject(self, offset: int) -> Reject:
        """Return the reject that stands for the line, which began at `offset`."""
        return refuse_too_long(offset, self.length, self._head, self._hasher.digest())


def refuse_too_long(offset: int, length: int, head: bytes, digest: bytes) -> Reject:
    """Return the reject of a line over the limit, of which only the head is kept."""
    detail = f"a line of {length} bytes is over the limit; its first {min(length, REJECT_BYTES_MAX)} are kept"
    return Reject(offset, length, Reason.TOO_LONG, detail, head[:REJECT_BYTES_MAX], digest)
