"""The shape of a command: what stays the same when an attacker's script runs again with other names."""

from __future__ import annotations

import re
from functools import lru_cache

import blake3

from nacre.model.session import SHAPE_MODULUS

# What is looked at of a longer command: a loader that echoes a whole binary has its shape in its first bytes.
COMMAND_CHARS_MAX = 4096

# 99.9 % of real commands are shorter than this, and 16,384 of them take 20 MB at worst.
_CACHED_CHARS_MAX = 1024
_CACHED_COMMANDS_MAX = 16_384

# In this order: a URL may hold an address, a name a number. Possessive or bounded throughout, and a quote
# that is never closed reaches to the end, so that hostile text takes no more time than other text.
_CHANGING = re.compile(
    r"""
    (?P<url> \b[A-Za-z][A-Za-z0-9+.-]{1,15}+://[^\s'"`;|&<>()]++ )
  | (?P<text> "[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z) | '[^']*+(?:'|\Z) )
  | (?P<bytes> (?:\\x[0-9A-Fa-f]{2}|\\[0-7]{3})++ )
  | (?P<ip> (?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w.])
          | (?<![\w:])(?=[0-9A-Fa-f]|::[0-9A-Fa-f])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:]) )
  | (?P<hex> (?<![A-Za-z0-9])(?:0x)?+(?=[A-Fa-f]*+[0-9])[0-9A-Fa-f]{8,}+(?![A-Za-z0-9]) )
  | (?P<base64> (?<![A-Za-z0-9+/=.-])(?=[A-Za-z+/]*+[0-9])(?=[A-Z0-9+/]*+[a-z])(?=[a-z0-9+/]*+[A-Z])
                [A-Za-z0-9][A-Za-z0-9+/]{15,}+={0,2}+ )
  | (?P<name> (?<=/tmp/)[\w.-]++ | (?<=/dev/shm/)[\w.-]++ | (?<=/var/run/)[\w.-]++
            | (?<=/)\.?+(?=[A-Za-z._-]*+[0-9])[\w.-]++ | (?<=busybox[ ])[A-Z]{4,}+(?!\w) )
  | (?P<n> (?<![A-Za-z0-9_])[0-9]++ )
  | (?P<space> \s++ )
    """,
    re.VERBOSE | re.DOTALL,
)
_HASH_BYTES = 8


def command_shape(command: str) -> str:
    """Return the command with what changes from run to run replaced by its kind, and single spaces.

    Replaced are URLs, quoted text, escaped bytes, addresses, hexadecimal of 8 and base64 of 16 characters and
    more, file names that hold digits or lie in a directory for temporary files, and numbers. Only the first
    COMMAND_CHARS_MAX characters count.
    """
    return _CHANGING.sub(_kind, command[:COMMAND_CHARS_MAX]).strip()


def _kind(match: re.Match[str]) -> str:
    kind = match.lastgroup
    return " " if kind == "space" else f"<{kind}>"


def shape_hash(command: str) -> int:
    """Return a number in [0, 2**63) that is the same for all commands of one shape."""
    if len(command) <= _CACHED_CHARS_MAX:
        return _cached_hash(command)
    return _hash(command)


def _hash(command: str) -> int:
    shape = command_shape(command).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake3.blake3(shape).digest(_HASH_BYTES), "big") % SHAPE_MODULUS


_cached_hash = lru_cache(maxsize=_CACHED_COMMANDS_MAX)(_hash)
