"""What can be wrong with a file, as records: why it is skipped, or where its content breaks off."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class SkipReason(StrEnum):
    """Why a path is not read as a source."""

    EMPTY = "empty"  # no bytes, or none but NUL and blanks
    UNREADABLE = "unreadable"  # the system refuses to open, list or read it
    BINARY = "binary"  # not text
    FOREIGN = "foreign"  # text, but nothing in it that Cowrie writes
    NO_SUCH = "no_such"  # gone, or a symbolic link that leads nowhere
    SPECIAL = "special"  # a FIFO, socket, device or directory
    CORRUPT = "corrupt"  # an archive that breaks off before anything useful
    OUTSIDE = "outside"  # a log, but wholly outside the time range that was asked for
    LEASED = "leased"  # another process of nacre reads it into the same store


@dataclass(frozen=True, slots=True)
class Skipped:
    """A path that is not a source, and why."""

    path: Path  # as found
    reason: SkipReason
    detail: str  # one phrase for a person


class DamageKind(StrEnum):
    """How reading a source ended before its proper end, or beyond it."""

    TRUNCATED = "truncated"  # the archive stops in mid-stream
    CORRUPT = "corrupt"  # the archive contradicts itself
    IO = "io"  # the system could not deliver the bytes
    TRAILING = "trailing"  # the content is whole, but foreign bytes follow it


@dataclass(frozen=True, slots=True)
class Damage:
    """Where reading ended and what was wrong there."""

    kind: DamageKind
    offset: int  # decompressed bytes that could be read before it
    detail: str  # one phrase for a person

    @property
    def loses_content(self) -> bool:
        """Tell whether bytes of the log are missing, rather than surplus bytes present."""
        return self.kind is not DamageKind.TRAILING


_NO_SUCH = {
    errno.ENOENT: "no such file",
    errno.ENOTDIR: "no such file",
    errno.ELOOP: "symbolic links in a loop",
}
_SPECIAL = {stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket", stat.S_IFDIR: "a directory"}


def skipped_for(path: Path, error: OSError) -> Skipped:
    """Return the reason for which the system's refusal makes `path` unusable."""
    number = error.errno or 0
    if number in _NO_SUCH:
        dangles = number == errno.ENOENT and path.is_symlink()
        return Skipped(path, SkipReason.NO_SUCH, "symbolic link to nothing" if dangles else _NO_SUCH[number])
    return Skipped(path, SkipReason.UNREADABLE, os.strerror(number) if number else str(error))


def special_kind(mode: int) -> str:
    """Return the name of a file type that is not read."""
    return _SPECIAL.get(stat.S_IFMT(mode), "a device")


def printable(path: Path | str) -> str:
    """Return `path` as text that can be stored: bytes that are not UTF-8 become backslash escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
